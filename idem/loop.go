package idem

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/internal/retryloop"
)

// send makes attempts until the call's operation is settled or given up.
func (c *call) send(ctx context.Context) {
	req, err := c.bare(ctx)
	if err != nil {
		c.judged = judgement{verdict: VerdictNothingSent, reason: "the request could not be built"}
		c.decision.stop, c.lastErr = stopJudged, err
		return
	}
	c.reached = c.held.look().settled() == OutcomeUnknown
	defer c.bound.close()
	c.client.Transport, c.client.CheckRedirect = c, noRedirect
	if c.request.Operation.Class == Safe {
		c.client.CheckRedirect = sameOrigin
	}
	attempt := func(ctx context.Context, before decision) (decision, time.Duration, bool) {
		d := c.attempt(ctx, req.WithContext(ctx), before)
		return d, d.wait, d.stop == stopNone
	}
	c.decision, err = retryloop.Run(ctx, decision{}, attempt)
	if err != nil {
		c.decision.stop = c.contextStop(ctx) // it ended a wait
	}
}

// contextStop tells the caller's context from the loss of the lease.
func (c *call) contextStop(ctx context.Context) stop {
	if c.ctx.Err() == nil && ctx.Err() != nil {
		return stopLease
	}
	return stopCaller
}

// noRedirect follows no redirect: a mutation stays where it was sent (R20).
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// sameOrigin follows the redirects of a read within one origin (R20), and with its
// method: a POST that became a GET would carry its body where none belongs.
func sameOrigin(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1]
	same := req.URL.Scheme == from.URL.Scheme && req.URL.Host == from.URL.Host && req.Method == from.Method
	if !same || len(via) >= 10 {
		return http.ErrUseLastResponse
	}
	return nil
}

// attempt makes one attempt, and returns what follows it.
func (c *call) attempt(ctx context.Context, req *http.Request, before decision) decision {
	resp, err := c.client.Do(req)
	if err == nil {
		_ = resp.Body.Close() // it was read
	}
	f := c.flight
	c.flight = nil
	if f == nil { // refused above the transport
		f = &flight{call: c}
		f.refused(err, cause{reason: "the request could not be sent"})
	}
	return c.conclude(ctx, f, before)
}

// conclude judges an attempt, folds it into what is known, and decides.
func (c *call) conclude(ctx context.Context, f *flight, before decision) decision {
	j := judge(&c.request.Operation, &c.engine.profile, c.policy.NoRetryOn500, &f.seen, c.known(ctx, f))
	k := f.land(j.verdict)
	suspended := c.suspended(f, before.wait)
	c.note(j, f)
	d := decision{stop: stopJudged}
	if !j.final() {
		now := c.situation(ctx, f, k)
		now.suspended = suspended
		d = c.spend(j, now, decide(j, now, *c.policy))
		c.lastUsed = c.lastUsed || d.last
	}
	if d.stop == stopCaller {
		d.stop = c.contextStop(ctx)
	}
	if c.halt != stopNone {
		d.stop = c.halt
	}
	if c.task() != nil && d.stop == stopNone {
		d = c.requeue(j, k, d, f.end)
	}
	if f.handed {
		c.record(f, j, k, d)
		c.tellAttempt(EventAttemptEnded, c.attempts[len(c.attempts)-1], f.seen.header)
	}
	return d
}

// known is what the attempts so far say beside this one.
func (c *call) known(ctx context.Context, f *flight) known {
	k := known{
		outcome:  c.held.look().outcome,
		asked:    c.asked,
		broke:    c.broke,
		between:  int(c.between),
		sameLost: c.lost.equal(&f.seen),
	}
	class := c.request.Operation.Class
	k.doubt = k.outcome == OutcomeUnknown && c.reached && (class == Keyed || class == Idempotent)
	k.newCredentials = k.doubt && f.seen.status == http.StatusUnauthorized && c.credentialsChanged(ctx)
	return k
}

// note keeps what later attempts and the result need of this one.
func (c *call) note(j judgement, f *flight) {
	s := &f.seen
	c.judged, c.last = j, f
	c.lastErr = s.err
	if s.err == nil {
		c.answered = f
		c.lastErr = cmp.Or(s.bodyErr, s.unfit())
	}
	if j.again == againProgress {
		c.progress++
	} else {
		c.made++
	}
	if j.verdict == VerdictAmbiguous || j.verdict == VerdictResponseLost {
		c.inDoubt = c.inDoubt || j.again != againNo
		c.reached = c.reached || !j.passing
	}
	if j.verdict == VerdictResponseLost {
		c.lost.add(s)
	}
	c.asked = c.asked || j.again == againOnce
	if j.between {
		c.between++
	}
	c.broke = c.broke || s.reused && s.err != nil
	c.fresh = s.reused && (s.err != nil || s.bodyErr != nil)
	if j.verdict.definite() {
		c.engine.budget.giveBack()
	}
}

// spend takes a retry from the budget; without one, an operation in doubt that may be
// repeated still gets one late attempt (R16, R33), limited in rate.
func (c *call) spend(j judgement, s situation, d decision) decision {
	if d.stop != stopNone || !j.costs() || c.engine.budget.take() {
		return d
	}
	switch {
	case c.settling():
	case s.lastUsed || !s.repeatableInDoubt():
		return decision{stop: stopBudget}
	case !d.last:
		d.wait, d.last = s.last(d.wait, *c.policy), true
	}
	room, _ := s.room()
	d.wait = max(d.wait, c.engine.budget.turn(s.now))
	if d.wait > max(room, 0) && !s.beyondBound() {
		return decision{stop: stopBudget}
	}
	return d
}

// suspended reports whether the process did not run for a while: the wait before an
// attempt, or the attempt, lasted longer than it can have. It is asked before the
// attempt becomes the last one.
func (c *call) suspended(f *flight, wait time.Duration) bool {
	const tolerance = time.Second
	due := c.started.Mono
	if c.last != nil {
		due = c.last.end.Mono + wait
	}
	return f.start.Mono-due > tolerance || f.start.Elapsed(f.end) > f.timeout+tolerance
}

// situation is what a decision rests on, as it was when the attempt ended.
func (c *call) situation(ctx context.Context, f *flight, k knowledge) situation {
	now := f.end
	s := situation{
		class:      c.request.Operation.Class,
		outcome:    k.outcome,
		made:       int(c.made),
		asked:      int(c.progress),
		floor:      retryAfter(f.seen.header, now.WallTime()),
		callerOver: ctx.Err() != nil,
		windowed:   c.windowed(k),
		left:       c.engine.window().left(k, now),
		patience:   c.maxElapsed - c.started.Elapsed(now),
		reserve:    c.reserve,
		lastUsed:   c.lastUsed,
		now:        now.Mono,
	}
	if errors.Is(f.seen.err, errSlept) { // it was given up early, and may be on its way (A1)
		s.rest = c.policy.KeyTTLMargin
	}
	if deadline, has := ctx.Deadline(); has {
		s.hasDeadline, s.deadline = true, time.Until(deadline)
	}
	return s
}
