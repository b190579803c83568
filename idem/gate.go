package idem

import (
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// gate lets the bytes of a call's requests leave, and counts them in the key's state.
type gate struct{ call *call }

func (g gate) Begin(now clock.Timestamp) { g.call.held.begin(now) }

func (g gate) Late(now clock.Timestamp) { g.call.held.late(now) }

// Check asks both clocks whether the lease still holds and, for a key, whether the
// window is still open. The very first send under a key needs no window; whether it is
// the first is known only here, since another call may have used the key while this
// machine slept. Another owner of the same record may have, too: without the lease
// nothing is known.
func (g gate) Check(read func(clock.Clock) clock.Timestamp) error {
	c := g.call
	k := c.held.snapshot()
	if c.request.Operation.Class == KeyUnverified && k.excludingSelf().maybeExecuted() {
		return sendonce.ErrTooLate // another call under this key was quicker
	}
	windowed := c.windowed(k) && !k.onlySend()
	if c.claim == nil && !windowed {
		return nil
	}
	now := read(c.engine.clock) // once: it may cost system calls
	if c.claim != nil && c.claim.leftAt(now) <= 0 || windowed && c.engine.window().left(k, now) <= 0 {
		return sendonce.ErrTooLate
	}
	return nil
}

func (g gate) Only() bool { return g.call.held.snapshot().onlySend() }

// onlySend reports whether the one attempt that is under way at most is all that may
// have been sent under the key.
func (k keySnapshot) onlySend() bool { return k.outcome == OutcomeNotSent && k.pending <= 1 }

// needsSendCheck reports whether the attempt that begins could come too late to leave,
// however long the machine sleeps: not where there is neither lease nor key, and
// not if it is the first send under a key that no other call knows.
func (c *call) needsSendCheck() bool {
	switch {
	case c.claim != nil:
		return true
	case c.request.Operation.Class == Keyed:
		return !c.alone || len(c.attempts) > 0
	default:
		return c.request.Operation.Class == KeyUnverified && !c.alone
	}
}
