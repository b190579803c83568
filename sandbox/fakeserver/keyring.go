package fakeserver

import (
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"
)

// fingerprint identifies equal requests.
type fingerprint [sha256.Size]byte

func fingerprintOf(r *http.Request, body []byte) fingerprint {
	digest := sha256.New()
	for _, part := range []string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery} {
		_, _ = io.WriteString(digest, part+"\x00") // a hash does not fail
	}
	_, _ = digest.Write(body)
	return fingerprint(digest.Sum(nil))
}

// scopedKey is a key of one account: keys of different accounts never meet.
type scopedKey struct{ account, key string }

// keyring remembers keys and the responses stored under them.
type keyring struct {
	rules KeyRules
	now   func() time.Time

	mu    sync.Mutex
	slots map[scopedKey]*keySlot
	queue []*keySlot // in the order in which the keys were taken up
}

type keySlot struct {
	key     scopedKey
	sum     fingerprint
	takenUp time.Time
	answer  *Response     // set before done is closed; nil if the server stopped before there was one
	done    chan struct{} // closed when the first request has its answer
}

func newKeyring(rules KeyRules, now func() time.Time) *keyring {
	return &keyring{rules: rules, now: now, slots: map[scopedKey]*keySlot{}}
}

// key returns the key that protects a request, or "".
func (k *keyring) key(keyed bool, r *http.Request) string {
	if !keyed || k.rules.Ignored {
		return ""
	}
	return r.Header.Get(k.rules.Header)
}

// objection returns what is wrong with a key itself, or "".
func (k *keyring) objection(key string) Reason {
	if k.rules.Check == nil {
		return ""
	}
	return k.rules.Check(key)
}

// mark adds the key's headers to a response.
func (k *keyring) mark(a *Response, key string, replayed bool) *Response {
	if k.rules.Mark == nil {
		return a
	}
	return a.marked(func(header http.Header) { k.rules.Mark(header, key, replayed) })
}

// verdict is the keyring's decision about a request.
type verdict int

const (
	verdictRun        verdict = iota // the key is new: run was called
	verdictReplay                    // the answer is an earlier request's
	verdictReused                    // the key belongs to another request
	verdictInProgress                // the first request with the key has no answer yet
)

// answer runs a request under its key at most once while the key is remembered.
func (k *keyring) answer(key scopedKey, sum fingerprint, run func() *Response) (*Response, verdict) {
	slot, fresh := k.take(key, sum)
	switch {
	case fresh:
		defer close(slot.done)
		slot.answer = run()
		k.settle(slot)
		return slot.answer, verdictRun
	case slot.sum != sum:
		return nil, verdictReused
	case slot.running() && !k.rules.Waits:
		return nil, verdictInProgress
	default:
		<-slot.done
		return slot.answer, verdictReplay
	}
}

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

// settle forgets the key of a response that is not stored.
func (k *keyring) settle(slot *keySlot) {
	if slot.answer == nil || k.rules.Stored == nil || k.rules.Stored(slot.answer.status) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.slots, slot.key) // still this slot's: it has been running until now
}

// forget drops the oldest expired keys.
func (k *keyring) forget(now time.Time) {
	for len(k.queue) > 0 && k.over(k.queue[0], now) {
		oldest := k.queue[0]
		if k.slots[oldest.key] == oldest {
			delete(k.slots, oldest.key)
		}
		k.queue = k.queue[1:]
	}
}

// over reports whether a key is no longer remembered. A key whose request still
// runs always is.
func (k *keyring) over(slot *keySlot, now time.Time) bool {
	return !slot.running() && now.Sub(slot.takenUp) >= k.rules.Memory
}

func (s *keySlot) running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}
