package chaos

import (
	"sync"
	"time"
)

// keys is the server's memory of idempotency keys.
type keys struct {
	mu    sync.Mutex
	ttl   time.Duration
	known map[string]*entry
}

type entry struct {
	fingerprint string
	taken       time.Time     // by the server's clock
	done        chan struct{} // closed when the response is there
	response    response      // set before done is closed; without a status: it was rolled back
	op          string        // of the first request
	executed    bool          // the operation was, by the first request
	dropped     bool          // nothing was stored
}

func newKeys(ttl time.Duration) *keys { return &keys{ttl: ttl, known: map[string]*entry{}} }

// take returns what is known of a key, and whether the caller is the first with
// it and has to execute. A key in use is never forgotten.
func (k *keys) take(key, fingerprint, op string, now time.Time) (e *entry, first bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.known[key]; e != nil && (!e.finished() || !k.expired(e, now)) {
		return e, false
	}
	e = &entry{fingerprint: fingerprint, op: op, taken: now, done: make(chan struct{})}
	k.known[key] = e
	return e, true
}

// expired compares without regard to sign: two requests whose clocks a pause
// has parted may be handled in the reverse of the order in which they reached
// the server, and their distance counts all the same.
func (k *keys) expired(e *entry, now time.Time) bool { return now.Sub(e.taken).Abs() >= k.ttl }

func (e *entry) finish(r response) {
	e.response = r
	close(e.done)
}

func (k *keys) forget(key string, e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known[key] == e {
		delete(k.known, key)
	}
}

func (e *entry) finished() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}
