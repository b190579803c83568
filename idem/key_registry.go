package idem

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// keyRegistry remembers the keys that callers gave in a window, so that calls
// which share a key share what is known of it (R4).
type keyRegistry struct {
	mu    sync.Mutex
	inUse map[string]registryEntry
	// idle are keys that no call uses, for a window after their last use. Of
	// more than a million or so, which windows of days can bring, the oldest are
	// known by sent alone.
	idle generations[keyDigest, *keyTracker]
	// sent are hashes of keys that may have been executed within a day, of up
	// to a million, so that such a key is not new when it is given again (R40).
	sent generations[sentHash, struct{}]
}

// keyDigest identifies a key that no call uses: it is shorter than the key.
type keyDigest [16]byte

type sentHash [8]byte

const (
	sentMemory      = 24 * time.Hour
	sentGenerations = 4
	sentPerGen      = 250_000
	idleGenerations = 6 // those of a window, the newest and the oldest are not whole
)

func digestOfKey(value string) keyDigest {
	var room [256]byte
	sum := sha256.Sum256(append(room[:0], value...))
	return keyDigest(sum[:16])
}

// registryEntry is a key that calls use now.
type registryEntry struct {
	tracker *keyTracker
	digest  keyDigest
	calls   int
}

// keyHandle is one call's use of a key.
type keyHandle struct {
	*keyTracker

	value     string
	isPrivate bool // no other call knows the key
	isShared  bool // it is in use in the registry, and to be released
}

func newKeyRegistry(window time.Duration) *keyRegistry {
	r := &keyRegistry{inUse: map[string]registryEntry{}}
	r.idle.keep, r.idle.span, r.idle.size, r.idle.most = window, window/4, sentPerGen, idleGenerations
	r.sent.keep, r.sent.span, r.sent.size, r.sent.most = sentMemory, sentMemory/2, sentPerGen, sentGenerations
	return r
}

// acquire takes a key into use. release must follow.
func (r *keyRegistry) acquire(k Key, now clock.Timestamp) keyHandle {
	digest := digestOfKey(k.value)
	k.tracker.anchorMonotonic(now)
	r.mu.Lock()
	defer r.mu.Unlock()
	use, ok := r.inUse[k.value]
	if !ok {
		use = registryEntry{tracker: r.recall(k, digest, now), digest: digest}
	}
	use.calls++
	r.inUse[k.value] = use
	use.tracker.join(k.tracker)
	return keyHandle{value: k.value, keyTracker: use.tracker, isShared: true}
}

// release ends a call's use of a key.
func (r *keyRegistry) release(h keyHandle, now clock.Timestamp) {
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
	r.idle.put(use.digest, use.tracker, now)
	// As a ref that was rejected is free again (J2), so is such a key once the
	// server has forgotten it.
	if use.tracker.snapshot().maybeExecuted() {
		r.sent.put(sentHash(use.digest[:8]), struct{}{}, now)
	}
}

// recall returns what is known of a key that no call uses. One whose window is
// over is not new because a caller calls it so (R40).
func (r *keyRegistry) recall(k Key, digest keyDigest, now clock.Timestamp) *keyTracker {
	if g := r.idle.find(digest, now); g != nil {
		s := g.values[digest]
		delete(g.values, digest)
		return s
	}
	if g := r.sent.find(sentHash(digest[:8]), now); g != nil {
		k.tracker.merge(keySnapshot{since: g.began, outcome: OutcomeUnknown})
	}
	return k.tracker
}

// newHandle is the handle of a key that no other call can know.
func newHandle(k Key) keyHandle { return keyHandle{value: k.value, keyTracker: k.tracker} }

func (h keyHandle) key() Key {
	if h.value == "" {
		return Key{}
	}
	return Key{value: h.value, tracker: h.keyTracker}
}
