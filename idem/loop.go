package idem

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
	"github.com/bardge/bardge-go/internal/retryloop"
)

// send makes attempts until the call's operation is settled or given up.
func (c *call) send(ctx context.Context) {
	to, err := c.newURL()
	if err != nil {
		c.judged = classification{verdict: VerdictNothingSent, reason: "the request could not be built"}
		c.decision.stop, c.lastErr = stopSettled, err
		return
	}
	c.reached = c.held.snapshot().effectiveOutcome() == OutcomeUnknown
	c.sender.Session, c.sender.Gate, c.sender.TracksSent = c.engine.session, gate{c}, c.claim != nil
	var underWay *attempt // until it is concluded
	defer func() { c.endSending(underWay) }()
	err = retryloop.Run(ctx, func(ctx context.Context) (time.Duration, bool) {
		a := c.begin()
		underWay = a
		abort := c.roundTrip(ctx, to, a)
		c.decision = c.conclude(ctx, a, c.decision.wait, abort)
		underWay = nil
		return c.decision.wait, c.decision.stop == stopNone
	})
	if err != nil {
		c.decision.stop = c.contextStop(ctx) // it ended a wait
	}
}

// endSending records the attempt that a panic has ended (nil: there is none), and ends
// what the last one has left.
func (c *call) endSending(underWay *attempt) {
	defer c.sender.Close()
	if underWay != nil {
		c.recordUnjudged(underWay)
	}
}

// contextStop tells the caller's context from the loss of the lease.
func (c *call) contextStop(ctx context.Context) stop {
	if c.ctx.Err() == nil && ctx.Err() != nil {
		return stopLease
	}
	return stopCaller
}

// conclude judges an attempt, folds it into what is known, and decides.
func (c *call) conclude(ctx context.Context, a *attempt, waited time.Duration, abort stop) decision {
	j := classify(&c.request.Operation, &c.engine.profile, c.policy.NoRetryOn500, &a.seen, c.known(ctx, a))
	if j.forgotten {
		c.loseKey()
	}
	k := c.recordVerdict(a, j.verdict)
	suspended := c.suspended(a, waited)
	c.note(j, a)
	d := decision{stop: stopSettled}
	if !j.isFinal() {
		now := c.situation(ctx, a, k)
		now.suspended = suspended
		d = c.spend(j, now, decide(j, now, *c.policy))
		c.lastUsed = c.lastUsed || d.extra
	}
	if d.stop == stopCaller {
		d.stop = c.contextStop(ctx)
	}
	if abort != stopNone {
		d.stop = abort
	}
	if c.task() != nil && d.stop == stopNone {
		d = c.requeue(j, k, d, a.seen.End)
	}
	if a.sent {
		c.record(a, j, k, d)
		c.emitAttempt(EventAttemptEnded, c.attempts[len(c.attempts)-1], a.seen.Header)
	}
	return d
}

// known is what the attempts so far say beside this one.
func (c *call) known(ctx context.Context, a *attempt) known {
	k := known{
		outcome:          c.held.snapshot().outcome,
		refusalRechecked: c.asked,
		pooledConnFailed: c.broke,
		intermediaries:   int(c.between),
		sameLost:         c.lost.equal(&a.seen),
	}
	class := c.request.Operation.Class
	k.inDoubt = k.outcome == OutcomeUnknown && c.reached && (class == Keyed || class == Idempotent)
	k.newCredentials = k.inDoubt && a.seen.Status == http.StatusUnauthorized && c.credentialsChanged(ctx)
	return k
}

// loseKey ends the key's window: no call and no recovery sends under it again.
func (c *call) loseKey() {
	c.held.expire()
	if c.claim != nil {
		c.claim.gone = true
	}
}

// note keeps what later attempts and the result need of this one.
func (c *call) note(j classification, a *attempt) {
	s := &a.seen
	c.judged, c.last = j, a
	c.lastErr = s.Err
	if s.Err == nil {
		c.answered = a
		c.lastErr = cmp.Or(s.BodyErr, s.unfit())
	}
	if j.retry == retryUncounted {
		c.progress++
	} else {
		c.made++
	}
	if j.verdict == VerdictAmbiguous || j.verdict == VerdictResponseLost {
		c.inDoubt = c.inDoubt || j.retry != retryNever
		c.reached = c.reached || !j.passing
	}
	if j.verdict == VerdictResponseLost {
		c.lost.add(s)
	}
	c.asked = c.asked || j.retry == retryOnce
	if j.intermediary {
		c.between++
	}
	if s.AtServer {
		c.slow = min(c.slow+1, 2)
	}
	c.broke = c.broke || s.Reused && s.Err != nil
	c.needNewConn = s.Reused && (s.Err != nil || s.BodyErr != nil)
	if j.verdict.definite() {
		c.engine.budget.release()
	}
}

// spend takes a retry from the budget; without one, an operation in doubt that may be
// repeated still gets one late attempt (R16, R33), limited in rate.
func (c *call) spend(j classification, s retryState, d decision) decision {
	if d.stop != stopNone || !j.consumesBudget() || c.policy.DisableRetryBudget || c.engine.budget.acquire() {
		return d
	}
	switch {
	case c.isSettlingRead():
	case s.extraUsed || !s.repeatableInDoubt():
		return decision{stop: stopBudget}
	case !d.extra:
		d.wait, d.extra = s.finalAttemptDelay(d.wait, *c.policy), true
	}
	room, _ := s.maxDelayLeft()
	d.wait = max(d.wait, c.engine.budget.reserveTurn(s.now))
	if d.wait > max(room, 0) && !s.isElapsed() {
		return decision{stop: stopBudget}
	}
	return d
}

// suspended reports whether the process did not run for a while: the wait before an
// attempt, or the attempt, lasted longer than it can have. It is asked before the
// attempt becomes the last one.
func (c *call) suspended(a *attempt, wait time.Duration) bool {
	const tolerance = time.Second
	due := c.started.Mono
	if c.last != nil {
		due = c.last.seen.End.Mono + wait
	}
	return a.start.Mono-due > tolerance || a.start.Elapsed(a.seen.End) > a.timeout+tolerance
}

// situation is what a decision rests on, as it was when the attempt ended.
func (c *call) situation(ctx context.Context, a *attempt, k keySnapshot) retryState {
	now := a.seen.End
	s := retryState{
		class:           c.request.Operation.Class,
		outcome:         k.outcome,
		countedAttempts: int(c.made),
		inProgressCount: int(c.progress),
		retryAfter:      retryAfter(a.seen.Header, now.WallTime()),
		callerDone:      ctx.Err() != nil,
		windowed:        c.windowed(k),
		windowLeft:      c.engine.window().left(k, now),
		elapsedLeft:     c.maxElapsed - c.started.Elapsed(now),
		reserve:         c.reserve,
		extraUsed:       c.lastUsed,
		now:             now.Mono,
	}
	if errors.Is(a.seen.Err, sendonce.ErrSlept) { // it was given up early, and may be on its way (A1)
		s.minDelay = c.policy.KeyTTLMargin
	}
	if deadline, has := ctx.Deadline(); has {
		s.hasDeadline, s.deadline = true, time.Until(deadline)
	}
	return s
}
