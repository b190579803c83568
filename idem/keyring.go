package idem

import (
	"sync"
	"time"
)

// keyring remembers the keys that callers gave, while their window lasts, so
// that calls which share a key share what is known of it (R4). Its size is
// bounded by the keys given in one window.
type keyring struct {
	mu     sync.Mutex
	window time.Duration
	keys   map[string]*ring
	sweep  stamp // when the last sweep was
}

type ring struct {
	state *keyState
	used  stamp
	calls int // calls that use the key now
}

// heldKey is the hold that one call has on a key.
type heldKey struct {
	*keyState

	value string
}

func newKeyring(window time.Duration) *keyring {
	return &keyring{window: window, keys: map[string]*ring{}}
}

// hold takes a key into use. release must follow.
func (r *keyring) hold(k Key, now stamp) heldKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	k.state.anchor(now)
	e := r.keys[k.value]
	if e == nil {
		e = &ring{state: k.state}
		r.keys[k.value] = e
	}
	e.calls++
	e.used = now
	e.state.join(k.state)
	return heldKey{value: k.value, keyState: e.state}
}

// release ends a call's use of a key.
func (r *keyring) release(h heldKey, now stamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.keys[h.value]; e != nil {
		e.calls--
		e.used = now
	}
}

// forget drops the keys whose window is over, at most once per window's
// quarter, so that its cost is spread over the calls.
func (r *keyring) forget(now stamp) {
	if !r.sweep.isZero() && r.sweep.age(now) < r.window/4 {
		return
	}
	r.sweep = now
	for value, e := range r.keys {
		if e.calls == 0 && e.used.age(now) > r.window {
			delete(r.keys, value)
		}
	}
}

// holdNew is the hold on a key that nobody else can know.
func holdNew(k Key) heldKey { return heldKey{value: k.value, keyState: k.state} }

func (h heldKey) key() Key {
	if h.value == "" {
		return Key{}
	}
	return Key{value: h.value, state: h.keyState}
}
