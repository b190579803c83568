package idem

import (
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// keyring remembers the keys that callers gave, while their window lasts, so
// that calls which share a key share what is known of it (R4). Its size is
// bounded by the keys given in one window.
type keyring struct {
	mu    sync.Mutex
	inUse map[string]keyUse
	idle  idleKeys
	sent  sentKeys
}

// keyUse is a key that calls use now.
type keyUse struct {
	state  *keyState
	digest keyDigest
	calls  int
}

// heldKey is the hold that one call has on a key.
type heldKey struct {
	*keyState

	value string
}

func newKeyring(window time.Duration) *keyring {
	return &keyring{inUse: map[string]keyUse{}, idle: idleKeys{window: window}}
}

// hold takes a key into use. release must follow.
func (r *keyring) hold(k Key, now clock.Timestamp) heldKey {
	digest := digestOfKey(k.value)
	k.state.anchor(now)
	r.mu.Lock()
	defer r.mu.Unlock()
	use, ok := r.inUse[k.value]
	if !ok {
		use = keyUse{state: r.recall(k, digest, now), digest: digest}
	}
	use.calls++
	r.inUse[k.value] = use
	use.state.join(k.state)
	return heldKey{value: k.value, keyState: use.state}
}

// release ends a call's use of a key.
func (r *keyring) release(h heldKey, now clock.Timestamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	use, ok := r.inUse[h.value]
	if !ok {
		return
	}
	use.calls--
	if use.calls > 0 {
		r.inUse[h.value] = use
		return
	}
	delete(r.inUse, h.value)
	r.idle.put(use.digest, use.state, now)
	// As a ref that was rejected is free again (J2), so is such a key once the server
	// has forgotten it.
	if use.state.look().executable() {
		r.sent.put(use.digest, now)
	}
}

// recall returns what is known of a key that no call uses. One whose window is over
// is not new because a caller calls it so (R40).
func (r *keyring) recall(k Key, digest keyDigest, now clock.Timestamp) *keyState {
	if s := r.idle.take(digest, now); s != nil {
		return s
	}
	if since, ok := r.sent.since(digest, now); ok {
		k.state.learn(knowledge{since: since, outcome: OutcomeUnknown})
	}
	return k.state
}

// holdNew is the hold on a key that nobody else can know.
func holdNew(k Key) heldKey { return heldKey{value: k.value, keyState: k.state} }

func (h heldKey) key() Key {
	if h.value == "" {
		return Key{}
	}
	return Key{value: h.value, state: h.keyState}
}
