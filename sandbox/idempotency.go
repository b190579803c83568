package sandbox

import (
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// keyRules say what a vendor does with idempotency keys.
type keyRules struct {
	header   string                   // request header with the key
	mark     string                   // response header that says "true" on an answer that was kept
	memory   time.Duration            // how long a key is remembered, from the moment it was first taken up
	honoured func(gen.Operation) bool // the operations that look at keys at all
	reused   *apiError                // the refusal of a key that belongs to another request
}

// bardgeRules are the vendor's, from its page on idempotent requests. That the errors of an operation are kept like
// its other answers, that the 90 s begin when the key arrives and not when the answer is ready, and that both
// confirmations and the purchase of a co-pay honour keys is inferred.
func bardgeRules() keyRules {
	return keyRules{
		header:   "Idempotency-Key",
		mark:     "X-Idempotent-Replayed",
		memory:   90 * time.Second,
		honoured: func(op gen.Operation) bool { return op.Class == gen.RetryClassKeyed },
		reused: &apiError{
			http.StatusConflict, gen.ErrorTypeIdempotencyError, gen.ErrorCodeIdempotencyKeyReused,
			"This idempotency key was used with another request",
		},
	}
}

// fingerprint stands for all that makes two requests the same.
type fingerprint [sha256.Size]byte

func fingerprintOf(r *http.Request, body []byte) fingerprint {
	digest := sha256.New()
	for _, part := range []string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery} {
		_, _ = io.WriteString(digest, part+"\x00") // a hash takes everything
	}
	_, _ = digest.Write(body)
	return fingerprint(digest.Sum(nil))
}

// scopedKey is a key of one reseller: keys of different resellers never meet.
type scopedKey struct{ reseller, key string }

// keyring remembers keys and the answers given under them.
type keyring struct {
	rules keyRules
	now   func() time.Time

	mu    sync.Mutex
	slots map[scopedKey]*keySlot
	queue []*keySlot // in the order in which the keys were taken up
}

// keySlot is one key in use.
type keySlot struct {
	key     scopedKey
	sum     fingerprint
	takenUp time.Time
	done    chan struct{} // closed when answer is there
	answer  *answer       // nil if the server stopped before it could answer
}

func newKeyring(rules keyRules, now func() time.Time) *keyring {
	return &keyring{rules: rules, now: now, slots: map[scopedKey]*keySlot{}}
}

// key returns the key by which a request is protected, "" if by none.
func (k *keyring) key(op gen.Operation, r *http.Request) string {
	if !k.rules.honoured(op) {
		return ""
	}
	return r.Header.Get(k.rules.header)
}

// verdict is what the keyring makes of a request.
type verdict int

const (
	verdictRun    verdict = iota // the key is new: run was called
	verdictReplay                // the answer is an earlier request's
	verdictReused                // the key belongs to another request
)

// answer runs a request under its key at most once while the key is remembered. Whoever comes while it runs waits for
// its answer.
func (k *keyring) answer(key scopedKey, sum fingerprint, run func() *answer) (*answer, verdict) {
	if key.key == "" {
		return run(), verdictRun
	}
	slot, fresh := k.take(key, sum)
	switch {
	case fresh:
		defer close(slot.done)
		slot.answer = run()
		return slot.answer, verdictRun
	case slot.sum != sum:
		return nil, verdictReused
	default:
		<-slot.done
		return slot.answer, verdictReplay
	}
}

// take finds the slot of a key or makes one.
func (k *keyring) take(key scopedKey, sum fingerprint) (slot *keySlot, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	k.forget(now)
	if slot := k.slots[key]; slot != nil && !k.over(slot, now) {
		return slot, false
	}
	slot = &keySlot{key: key, sum: sum, takenUp: now, done: make(chan struct{})}
	k.slots[key] = slot
	k.queue = append(k.queue, slot)
	return slot, true
}

// forget drops the oldest keys that are over.
func (k *keyring) forget(now time.Time) {
	for len(k.queue) > 0 && k.over(k.queue[0], now) {
		oldest := k.queue[0]
		if k.slots[oldest.key] == oldest {
			delete(k.slots, oldest.key)
		}
		k.queue = k.queue[1:]
	}
}

// over reports whether a key is no longer remembered. One whose request still runs always is.
func (k *keyring) over(slot *keySlot, now time.Time) bool {
	select {
	case <-slot.done:
		return now.Sub(slot.takenUp) >= k.rules.memory
	default:
		return false
	}
}
