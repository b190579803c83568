package idem

import (
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// gate lets the bytes of a call's requests leave, and counts them in the key's
// state.
type gate struct{ operation *operation }

func (g gate) Begin(now clock.Timestamp) { g.operation.key.begin(now) }

func (g gate) Late(now clock.Timestamp) { g.operation.key.late(now) }

// Check reads both clocks: whether the lease still holds and, for a key,
// whether the window is still open. The very first send under a key needs no
// window; whether it is the first is known only here, since another call may
// have used the key while this machine slept. Another owner of the same record
// may have, too: without the lease nothing is known.
func (g gate) Check(read func(clock.Clock) clock.Timestamp) error {
	o := g.operation
	k := o.key.snapshot()
	if o.request.Operation.Class == KeyUnverified && k.excludingSelf().maybeExecuted() {
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

// onlySend reports whether the one attempt that is under way at most is all
// that may have been sent under the key.
func (k keySnapshot) onlySend() bool { return k.outcome == OutcomeNotSent && k.pending <= 1 }

// needsSendCheck reports whether the attempt that begins could come too late to
// leave, however long the machine sleeps: not where there is neither lease nor
// key, and not if it is the first send under a key that no other call knows.
func (s *attempts) needsSendCheck() bool {
	switch {
	case s.claim != nil:
		return true
	case s.request.Operation.Class == Keyed:
		return !s.key.isPrivate || s.progress.last != nil
	default:
		return s.request.Operation.Class == KeyUnverified && !s.key.isPrivate
	}
}
