package fakeserver

import (
	"crypto/sha256"
	"io"
	"net/http"
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

// keyring remembers keys and the responses stored under them. [Control] guards
// it.
type keyring struct {
	rules *KeyRules // replaced, never changed
	slots map[scopedKey]*keySlot
	queue []*keySlot // in the order in which the keys were taken up
}

type keySlot struct {
	key     scopedKey
	sum     fingerprint
	takenUp time.Time
	done    chan struct{} // closed when the first request has its answer

	// Set before done is closed.
	answer   *Response // nil if the server stopped before there was one
	resource string    // id of what the first request touched
}

func newKeyring() *keyring { return &keyring{slots: map[scopedKey]*keySlot{}} }

// clear forgets all keys. Those that wait for a running request still get its
// response.
func (k *keyring) clear() { k.slots, k.queue = map[scopedKey]*keySlot{}, nil }

// take returns the slot of a key, and whether it is a new one.
func (k *keyring) take(key scopedKey, sum fingerprint, now time.Time) (slot *keySlot, fresh bool) {
	k.forget(now)
	if slot := k.slots[key]; slot != nil && !k.over(slot, now) {
		return slot, false
	}
	slot = &keySlot{key: key, sum: sum, takenUp: now, done: make(chan struct{})}
	k.slots[key] = slot
	k.queue = append(k.queue, slot)
	return slot, true
}

// settle keeps a slot's answer, and forgets the key if the rules do not store
// it.
func (k *keyring) settle(slot *keySlot, answer *Response, resource string) {
	slot.answer, slot.resource = answer, resource
	close(slot.done)
	stored := answer == nil || k.rules.Stored == nil || k.rules.Stored(answer.status)
	if !stored && k.slots[slot.key] == slot {
		delete(k.slots, slot.key)
	}
}

// forget drops the oldest expired keys.
func (k *keyring) forget(now time.Time) {
	for len(k.queue) > 0 && k.over(k.queue[0], now) {
		oldest := k.queue[0]
		if k.slots[oldest.key] == oldest {
			delete(k.slots, oldest.key)
		}
		k.queue[0] = nil
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

// verdict is the keyring's decision about a request.
type verdict int

const (
	verdictRun        verdict = iota // the key is new
	verdictReplay                    // the answer is an earlier request's
	verdictReused                    // the key belongs to another request
	verdictInProgress                // the first request with the key has no answer yet
)

// judge returns the verdict on a request whose key has a slot already.
func (r *KeyRules) judge(slot *keySlot, sum fingerprint) verdict {
	switch {
	case slot.sum != sum:
		return verdictReused
	case slot.running() && !r.Waits:
		return verdictInProgress
	default:
		return verdictReplay
	}
}

// key returns the key that protects a request, or "".
func (r *KeyRules) key(keyed bool, request *http.Request) string {
	if !keyed || r.Ignored {
		return ""
	}
	return request.Header.Get(r.Header)
}

// objection returns what is wrong with a key itself, or "".
func (r *KeyRules) objection(key string) Reason {
	if r.Check == nil {
		return ""
	}
	return r.Check(key)
}

// mark adds the key's headers to a response.
func (r *KeyRules) mark(a *Response, key string, replayed bool) *Response {
	if r.Mark == nil {
		return a
	}
	return a.marked(func(header http.Header) { r.Mark(header, key, replayed) })
}
