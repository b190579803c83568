package idem

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// An operation that Recover leaves open is passed over by the next ones for a
// time that grows from a minute to a day (J15). It is the lease of a record
// without an owner, so that a call with the ref is not held up.
const (
	firstPause   = time.Minute
	longestPause = 24 * time.Hour
)

func recoveryPause(recoveries int) time.Duration {
	const doublings = 11 // exceed the longest
	return min(firstPause<<min(max(recoveries-1, 0), doublings), longestPause)
}

// nextPause is the pause after this recovery. Inside an open window it ends
// halfway to the last moment at which an attempt may begin.
func (o *operation) nextPause(outcome Outcome, recoveries int, now clock.Timestamp) time.Duration {
	d := recoveryPause(recoveries)
	t := o.task()
	resendable := o.call.Request.Operation.Class == Keyed && t.found.Ref() != "" && !t.found.Stored && !o.claim.stored
	if outcome != OutcomeUnknown || !resendable {
		return d
	}
	k := o.key.snapshot()
	if left := o.engine.window.left(k, now) - minAttempt; o.hasWindow(k) && left > 0 {
		d = min(d, left/2)
	}
	return d
}

// pauseAfterYield sets the record's pause once more if the loop's body has
// taken its time, or if the pause is longer than the minute that was written
// before: a process that ends in the loop's body leaves the operation to others
// after that.
func (t *recoveryTask) pauseAfterYield(ctx context.Context, l sealedJournal) {
	const tolerance = 5 * time.Second
	passed := l.clock.Now().WallTime().Sub(t.left.RecoveredAt)
	if t.after <= firstPause && passed < min(tolerance, t.after/2) {
		return
	}
	t.leave(ctx, l, func(e *entry) { e.Lease = t.after })
}

// dueAgain takes a recovery back whose result was not yielded.
func (t *recoveryTask) dueAgain(ctx context.Context, l sealedJournal) {
	t.leave(ctx, l, func(e *entry) {
		e.Recoveries, e.RecoveredAt, e.Lease = t.found.Recoveries, t.found.RecoveredAt, 0
	})
}

// leave changes the record as it was put back, unless it has changed since. If
// it cannot be written, the pause that was written before counts.
func (t *recoveryTask) leave(ctx context.Context, l sealedJournal, change func(*entry)) {
	e := t.left
	e.release(l.clock.Now())
	change(&e)
	e.Pause = e.Lease
	_, _ = l.Save(context.WithoutCancel(ctx), e)
}
