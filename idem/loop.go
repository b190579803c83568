package idem

import (
	"context"
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
		c.stop, c.lastErr = stopJudged, err
		return
	}
	defer c.bound.close()
	c.client.Transport, c.client.CheckRedirect = c, noRedirect
	if c.request.Operation.Class == Read {
		c.client.CheckRedirect = sameOrigin
	}
	c.loop.HTTPClient = &c.client
	c.loop.RetryMax = math.MaxInt32 // the call counts for itself
	c.loop.CheckRetry = c.checkRetry
	c.loop.Backoff = func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.wait }
	// The library would otherwise throw the last answer away.
	c.loop.ErrorHandler = func(r *http.Response, err error, _ int) (*http.Response, error) { return r, err }
	_, _ = c.loop.Do(&retryablehttp.Request{Request: req}) //nolint:bodyclose // its attempt has read and closed it
	if c.stop == stopNone {
		// The context ended a wait; the library returns its bare error then.
		c.stop = c.contextStop(ctx)
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
	if req.URL.Scheme != from.URL.Scheme || req.URL.Host != from.URL.Host || req.Method != from.Method || len(via) >= 10 {
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
	return c.stop == stopNone, nil
}

// conclude judges an attempt, folds it into what is known, and decides.
func (c *call) conclude(ctx context.Context, f *flight) {
	j := judge(&c.request.Operation, &c.engine.profile, c.policy.ServerErrorsAreFinal, &f.seen, known{
		outcome: c.held.look().outcome,
		asked:   c.asked,
		broke:   c.broke,
		between: c.between,
	})
	k := f.land(j.verdict)
	c.note(j, f)
	c.wait, c.stop = 0, stopJudged
	if !j.final() {
		now := c.situation(ctx, f, k)
		c.wait, c.stop = decide(j, now, c.policy)
		if c.stop == stopCaller {
			c.stop = c.contextStop(ctx)
		}
		c.spend(j, now)
	}
	if c.halt != stopNone {
		c.stop = c.halt
	}
	if f.handed {
		c.record(f, j, k)
		c.tellAttempt(EventAttemptEnded, c.attempts[len(c.attempts)-1], f.seen.header)
	}
}

// note keeps what later attempts and the result need of this one.
func (c *call) note(j judgement, f *flight) {
	s := &f.seen
	c.judged, c.last = j, f
	c.lastErr = s.err
	if s.err == nil {
		c.answered = f
		c.lastErr = s.bodyErr
	}
	if j.again == againProgress {
		c.progress++
	} else {
		c.made++
	}
	if j.again != againNo && (j.verdict == VerdictAmbiguous || j.verdict == VerdictAnswerLost) {
		c.inDoubt = true
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

// spend takes a retry from the budget; without one, a keyed operation in doubt
// still gets one late attempt (R16).
func (c *call) spend(j judgement, s situation) {
	if c.stop != stopNone || !j.costs() || c.engine.budget.take() {
		return
	}
	if c.resorted || s.class != Keyed || s.outcome != OutcomeUnknown {
		c.stop = stopBudget
		return
	}
	c.resorted = true
	c.wait = s.last(c.wait, c.policy)
}

// situation is what a decision rests on, as it was when the attempt ended.
func (c *call) situation(ctx context.Context, f *flight, k knowledge) situation {
	now := f.end
	patience := min(c.engine.profile.Patience, c.policy.Window) - c.policy.WindowMargin
	s := situation{
		class:      c.request.Operation.Class,
		outcome:    k.outcome,
		made:       c.made,
		asked:      c.progress,
		floor:      retryAfter(f.seen.header, now.wall.wallTime()),
		callerOver: ctx.Err() != nil,
		windowed:   c.windowed(k),
		left:       c.engine.window().left(k, now),
		patience:   patience - c.started.age(now),
	}
	if deadline, has := ctx.Deadline(); has {
		s.hasDeadline, s.deadline = true, time.Until(deadline)
	}
	return s
}
