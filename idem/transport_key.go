package idem

import (
	"math"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// doubtfulKeys are those in doubt, so that a request with one of its own goes
// on where it ended.
type doubtfulKeys struct {
	mu   sync.Mutex
	keys generations[string, Key]
}

// newDoubtfulKeys remembers keys for far longer than the vendor does.
func newDoubtfulKeys(ttl time.Duration) *doubtfulKeys {
	memory := 4 * ttl // of at most 50 years
	return &doubtfulKeys{keys: generations[string, Key]{keep: memory, span: memory, size: math.MaxInt, most: 2}}
}

func (k *doubtfulKeys) find(own string, now clock.Timestamp) (Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if g := k.keys.find(own, now); g != nil {
		return g.values[own], nil
	}
	return UnsentKey(own)
}

// remember keeps a key in doubt, and drops it when the doubt is over.
func (k *doubtfulKeys) remember(r Result, now clock.Timestamp) {
	if r.Key.IsZero() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Outcome == OutcomeUnknown {
		k.keys.put(r.Key.value, r.Key, now)
	} else {
		k.keys.remove(r.Key.value)
	}
}
