package idem

import (
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// gate records in the key's state that bytes of a call's requests may leave.
type gate struct{ operation *operation }

func (g gate) Begin(now clock.Timestamp) { g.operation.key.begin(now) }

func (g gate) Late(now clock.Timestamp) { g.operation.key.late(now) }

// Check refuses bytes once the lease is lost or the key's window is over. The
// first send under a key needs no window; whether it is the first is known only
// here, since another call may have used the key while this machine slept.
func (g gate) Check(read func(clock.Clock) clock.Timestamp) error {
	o := g.operation
	k := o.key.snapshot()
	if o.call.Request.Operation.Class == KeyUnverified && k.excludingSelf().maybeExecuted() {
		return sendonce.ErrTooLate // another call under this key was quicker
	}
	windowed := o.hasWindow(k) && !k.onlySend()
	if o.claim == nil && !windowed {
		return nil
	}
	now := read(o.engine.clock) // once: it may cost system calls
	if o.claim != nil && o.claim.LeftAt(now) <= 0 || windowed && o.engine.window.left(k, now) <= 0 {
		return sendonce.ErrTooLate
	}
	return nil
}

func (g gate) Only() bool { return g.operation.key.snapshot().onlySend() }

// onlySend reports whether the attempt under way is all that may have been sent.
func (k keySnapshot) onlySend() bool { return k.outcome == OutcomeNotSent && k.pending <= 1 }

// needsSendCheck reports whether the attempt could be too late to be sent if the
// machine sleeps: not where there is neither lease nor key, and not if it is the
// first send under a key that no other call knows.
func (s *attempts) needsSendCheck() bool {
	switch {
	case s.claim != nil:
		return true
	case s.call.Request.Operation.Class == Keyed:
		return !s.key.isPrivate || s.progress.last != nil
	default:
		return s.call.Request.Operation.Class == KeyUnverified && !s.key.isPrivate
	}
}
