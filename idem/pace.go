package idem

import (
	"context"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem/internal/pace"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
	"github.com/bardge/bardge-go/journal"
)

// ErrRateLimited ends a call whose last attempt was rejected with 429, or whose
// turn at the client's pace did not come in time (R41). Nothing has to be put
// right: wait, for Result.RetryAfter at least, and repeat the call.
var ErrRateLimited = errors.New("the rate of requests is limited")

// Limiter limits the rate of an engine's attempts. A *rate.Limiter of
// golang.org/x/time/rate is one.
type Limiter interface {
	// Wait returns nil once an attempt may be sent. It must return when ctx
	// ends, and be safe for concurrent use, though one attempt waits at a time.
	// An error ends the call, and that attempt sends nothing.
	Wait(ctx context.Context) error
}

// highestRate is the highest Config.RateLimit, in requests a second.
const highestRate = 1e6

func (c *Config) checkPace() error {
	switch {
	case math.IsNaN(c.RateLimit) || c.RateLimit < 0 || c.RateLimit > highestRate:
		return &InvalidError{Field: "RateLimit", Reason: "is negative, or more than a million a second"}
	case c.RateLimit > 0 && c.Limiter != nil:
		return &InvalidError{Field: "RateLimit", Reason: "and Limiter are two limits of one rate"}
	case c.MaxConcurrent < 0:
		return &InvalidError{Field: "MaxConcurrent", Reason: "is negative"}
	}
	return nil
}

// takeTurn lets an attempt pass at the client's pace. The error is why it may
// not be sent, the stop what bounds the wait.
func (s *attempts) takeTurn(ctx context.Context, a *attempt) (stop, error) {
	if a.inFlight { // it came before the intent was recorded
		return stopNone, nil
	}
	if s.engine.pace.TryEnter() { // the rule
		a.inFlight = true
		return stopNone, nil
	}
	return s.awaitPace(ctx, a)
}

// awaitPace waits for an attempt's turn.
//
//go:noinline
func (s *attempts) awaitPace(ctx context.Context, a *attempt) (stop, error) {
	p, now := s.engine.pace, s.engine.clock.Now()
	turn, why := s.turn(ctx, a)
	err := p.Wait(ctx, turn)
	a.start = s.engine.clock.Now()
	a.paceWait = a.start.Mono - now.Mono
	if err == nil {
		a.inFlight = true
		s.progress.decision.extra = s.progress.decision.extra || turn.Insists && !time.Now().Before(turn.Latest)
		return stopNone, nil
	}
	if is[*pace.LimiterError](err) {
		return stopNone, err
	}
	a.missedTurn = true
	if late, ok := errors.AsType[*pace.LateError](err); ok {
		a.pauseLeft = late.Wait
		return why, err
	}
	a.pauseLeft = p.Pause()
	return stopNone, err
}

// takeTurnAhead waits for the turn of the first attempt before the intent is
// recorded: a crash during the wait then leaves no doubt. What is open already
// waits later, and what gets no turn in time goes on, to end for want of one. It
// returns how the call ends if its context has.
func (s *attempts) takeTurnAhead(want, found entry) *Result {
	if found.Version > 0 && !found.free() {
		return nil
	}
	a := &attempt{start: s.engine.clock.Now()}
	if _, err := s.takeTurn(s.ctx, a); err == nil {
		s.ahead = a
		return nil
	}
	if s.ctx.Err() == nil {
		return nil
	}
	why := &endError{stop: stopCaller, causes: []error{s.ctx.Err(), ErrRateLimited}}
	if cause := context.Cause(s.ctx); !errors.Is(s.ctx.Err(), cause) {
		why.causes = append(why.causes, cause)
	}
	outcome := s.knewBefore(want, found, journal.ErrNotCommitted)
	if outcome == OutcomeUnknown {
		why.reason = wordsNothingSent
	}
	r := s.notSent(outcome, why)
	r.RetryAfter = a.pauseLeft
	return r
}

// returnTurn gives back the turn of an attempt that was not made.
func (s *attempts) returnTurn() {
	if s.ahead != nil {
		s.engine.pace.Leave(false)
		s.ahead = nil
	}
}

// turn is what an attempt needs of the pace. What the server may have seen goes
// before new calls: a key's window may run. Where an operation in doubt would
// end because of the pace, it is sent all the same, once (R34).
func (s *attempts) turn(ctx context.Context, a *attempt) (pace.Turn, stop) {
	p, k, now := &s.progress, s.key.snapshot(), a.start
	state := retryState{
		policy:      s.limits.policy,
		random:      randomUpTo,
		class:       s.call.Request.Operation.Class,
		outcome:     k.outcome,
		windowed:    s.hasWindow(k),
		windowLeft:  s.engine.window.left(k, now),
		elapsedLeft: s.limits.maxElapsed - s.started.Elapsed(now),
		readReserve: s.limits.readReserve,
	}
	if p.last == nil {
		state.elapsedLeft += minAttempt // the first attempt needs no more time than its own
	}
	if deadline, has := ctx.Deadline(); has {
		state.hasDeadline, state.deadline = true, time.Until(deadline)
	}
	left, why := state.maxDelayLeft()
	t := pace.Turn{
		Urgent:  p.last != nil || state.windowed || s.isSettlingRead(),
		Insists: state.repeatableInDoubt() && (p.decision.extra || !p.facts.extraUsed) && left > 0,
	}
	switch {
	case p.decision.extra && t.Insists:
		left = 0 // it is made at its moment
	case t.Insists:
		left = state.lateDelay(left)
	}
	t.Latest = time.Now().Add(left)
	return t, why
}

// leavePace ends an attempt's turn, and slows the client down where the server
// requires it.
func (s *attempts) leavePace(a *attempt) {
	if !a.inFlight {
		return
	}
	a.inFlight = false
	p, limited := s.engine.pace, a.class.retry == retryPaced
	unavailable := a.seen.Err == nil && a.seen.Status == http.StatusServiceUnavailable
	if limited || unavailable && a.retryAfter > 0 && p.Paces() {
		p.Throttled(a.start.Timer(), a.retryAfter)
	}
	p.Leave(a.seen.Err == nil && !limited)
}

// isLimited reports whether the rate of requests has ended an attempt.
func (a *attempt) isLimited() bool { return a.class.retry == retryPaced || a.missedTurn }

// paceCause describes why an attempt's turn did not come.
func paceCause(err error) sendonce.Cause {
	switch {
	case is[*pace.LateError](err):
		return sendonce.Cause{Reason: "its turn at the client's pace did not come"}
	case is[*pace.LimiterError](err):
		return sendonce.Cause{Reason: "the limiter failed"}
	default:
		return sendonce.CauseOf(err)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
