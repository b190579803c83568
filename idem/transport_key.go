package idem

import (
	"math"
	"sync"
	"time"
)

// doubtfulKeys are those in doubt, so that a request with one of its own goes
// on where it ended. Of their two generations the older is dropped as a whole,
// so that no request waits for a sweep.
type doubtfulKeys struct {
	memory time.Duration // at most doubled

	mu     sync.Mutex
	known  map[string]Key
	older  map[string]Key
	turned time.Time // when known became empty
}

// newDoubtfulKeys remembers keys for far longer than the vendor does.
func newDoubtfulKeys(ttl time.Duration) *doubtfulKeys {
	return &doubtfulKeys{memory: 4 * min(ttl, math.MaxInt64/4)}
}

// find returns what is known of a request's own key.
func (k *doubtfulKeys) find(own string) (Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if doubtful, ok := k.known[own]; ok {
		return doubtful, nil
	}
	if doubtful, ok := k.older[own]; ok {
		return doubtful, nil
	}
	return UnsentKey(own)
}

// remember keeps a key in doubt, and drops it when the doubt is over.
func (k *doubtfulKeys) remember(r Result) {
	if r.Key.IsZero() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	name := r.Key.String()
	if r.Outcome != OutcomeUnknown {
		delete(k.known, name)
		delete(k.older, name)
		return
	}
	if now := time.Now(); k.known == nil || now.Sub(k.turned) > k.memory {
		k.older, k.known, k.turned = k.known, map[string]Key{}, now
	}
	k.known[name] = r.Key
}
