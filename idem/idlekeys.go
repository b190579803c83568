package idem

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// keyDigest identifies a key that no call uses: it is shorter than the key.
type keyDigest [16]byte

func digestOfKey(value string) keyDigest {
	var room [256]byte
	sum := sha256.Sum256(append(room[:0], value...))
	return keyDigest(sum[:16])
}

// idleKeys remembers keys that no call uses for a window after their last use.
// They are kept in generations, which are dropped as a whole: no call pays for
// more than its own key, and none waits for a sweep. Time is the monotonic
// clock's, which no step makes run ahead; a machine that sleeps remembers
// longer.
type idleKeys struct {
	window      time.Duration
	generations []idleGeneration // the newest first
}

type idleGeneration struct {
	began clock.Timestamp
	used  clock.Timestamp // when the last key came
	keys  map[keyDigest]*keyTracker
}

// put remembers a key, whose last use was now.
func (k *idleKeys) put(d keyDigest, s *keyTracker, now clock.Timestamp) {
	k.drop(now)
	if len(k.generations) == 0 || k.generations[0].began.Elapsed(now) >= k.window/4 {
		next := idleGeneration{began: now, keys: map[keyDigest]*keyTracker{}}
		k.generations = slices.Insert(k.generations, 0, next)
	}
	newest := &k.generations[0]
	newest.used = now
	newest.keys[d] = s
}

// take returns what is remembered of a key, which is in use from now on; or
// nil.
func (k *idleKeys) take(d keyDigest, now clock.Timestamp) *keyTracker {
	k.drop(now)
	for _, g := range k.generations {
		if s, ok := g.keys[d]; ok {
			delete(g.keys, d)
			return s
		}
	}
	return nil
}

// drop forgets the generations whose last key's window is over.
func (k *idleKeys) drop(now clock.Timestamp) {
	over := func(g idleGeneration) bool { return g.used.Elapsed(now) > k.window }
	k.generations = slices.DeleteFunc(k.generations, over)
}
