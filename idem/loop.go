package idem

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// The loop is go-retryablehttp's: it sends, asks checkRetry, waits what backoff
// hands it, and ends a wait with the context. Everything that depends on the
// operation is here: one Client value per call, whose hooks are this call's
// methods. What is left to the library is nothing else: it logs nothing, decides
// nothing, reads no answer, and cannot close anybody's idle connections, since its
// transport is the call itself. The request that it carries is bare: each attempt
// dresses its own, so that there is nothing to rewind.

// send runs the loop until the call's operation is settled or given up.
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
	c.loop.HTTPClient = &c.client
	c.loop.RetryMax = math.MaxInt32 // the call counts for itself
	c.loop.CheckRetry = c.checkRetry
	c.loop.Backoff = func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.decision.wait }
	// The library would otherwise throw the last answer away.
	c.loop.ErrorHandler = func(r *http.Response, err error, _ int) (*http.Response, error) { return r, err }
	_, _ = c.loop.Do(&retryablehttp.Request{Request: req}) //nolint:bodyclose // its attempt has read and closed it
	if c.decision.stop == stopNone {
		// The context ended a wait; the library returns its bare error then.
		c.decision.stop = c.contextStop(ctx)
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

// checkRetry concludes one attempt and says whether another follows. The
// library calls it once after each.
func (c *call) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	f := c.flight
	c.flight = nil
	if f == nil { // refused above the transport
		f = &flight{call: c}
		f.refused(err, cause{reason: "the request could not be sent"})
	}
	c.conclude(ctx, f)
	return c.decision.stop == stopNone, nil
}

// conclude judges an attempt, folds it into what is known, and decides.
func (c *call) conclude(ctx context.Context, f *flight) {
	j := judge(&c.request.Operation, &c.engine.profile, c.policy.NoRetryOn500, &f.seen, c.known(ctx, f))
	k := f.land(j.verdict)
	suspended := c.suspended(f)
	c.note(j, f)
	c.decision = decision{stop: stopJudged}
	if !j.final() {
		now := c.situation(ctx, f, k)
		now.suspended = suspended
		c.decision = decide(j, now, *c.policy)
		c.spend(j, now)
		c.lastUsed = c.lastUsed || c.decision.last
	}
	if c.decision.stop == stopCaller {
		c.decision.stop = c.contextStop(ctx)
	}
	if c.halt != stopNone {
		c.decision.stop = c.halt
	}
	if c.task() != nil && c.decision.stop == stopNone {
		c.decision = c.requeue(j, k, f.end)
	}
	if f.handed {
		c.record(f, j, k)
		c.tellAttempt(EventAttemptEnded, c.attempts[len(c.attempts)-1], f.seen.header)
	}
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
func (c *call) spend(j judgement, s situation) {
	d := &c.decision
	if d.stop != stopNone || !j.costs() || c.policy.DisableRetryBudget || c.engine.budget.take() {
		return
	}
	switch {
	case c.settling():
	case s.lastUsed || !s.repeatableInDoubt():
		*d = decision{stop: stopBudget}
		return
	case !d.last:
		d.wait, d.last = s.last(d.wait, *c.policy), true
	}
	room, _ := s.room()
	d.wait = max(d.wait, c.engine.budget.turn(s.now))
	if d.wait > max(room, 0) && !s.beyondBound() {
		*d = decision{stop: stopBudget}
	}
}

// suspended reports whether the process did not run for a while: the wait before an
// attempt, or the attempt, lasted longer than it can have. It is asked before the
// attempt becomes the last one.
func (c *call) suspended(f *flight) bool {
	const tolerance = time.Second
	due := c.started.mono
	if c.last != nil {
		due = c.last.end.mono.add(c.decision.wait)
	}
	return f.start.mono.sub(due) > tolerance || f.start.elapsed(f.end) > f.timeout+tolerance
}

// situation is what a decision rests on, as it was when the attempt ended.
func (c *call) situation(ctx context.Context, f *flight, k knowledge) situation {
	now := f.end
	s := situation{
		class:      c.request.Operation.Class,
		outcome:    k.outcome,
		made:       int(c.made),
		asked:      int(c.progress),
		floor:      retryAfter(f.seen.header, now.wall.wallTime()),
		callerOver: ctx.Err() != nil,
		windowed:   c.windowed(k),
		left:       c.engine.window().left(k, now),
		patience:   c.maxElapsed - c.started.elapsed(now),
		reserve:    c.reserve,
		lastUsed:   c.lastUsed,
		now:        now.mono,
	}
	if errors.Is(f.seen.err, errSlept) { // it was given up early, and may be on its way (A1)
		s.rest = c.policy.KeyTTLMargin
	}
	if deadline, has := ctx.Deadline(); has {
		s.hasDeadline, s.deadline = true, time.Until(deadline)
	}
	return s
}
