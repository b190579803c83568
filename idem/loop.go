package idem

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
	"github.com/bardge/bardge-go/internal/retryloop"
)

// attempts makes the attempts of one operation, one after the other.
type attempts struct {
	*operation

	url      *url.URL
	body     []byte // of each request
	sender   sendonce.Sender
	progress progress
	current  *attempt // under way; nil once its verdict is recorded
	ahead    *attempt // the first one, if its turn came before the intent was recorded
}

// run makes attempts until the operation is settled or given up.
func (s *attempts) run() {
	to, err := s.newURL()
	if err != nil {
		s.unsendable(err)
		return
	}
	s.url, s.body = to, s.call.Request.Body
	if s.call.Request.Operation.Class.sendsKey() && s.engine.profile.KeyField != "" {
		s.body = withKey(&s.engine.profile, s.body, s.key.value)
	}
	s.sender.Session, s.sender.Gate, s.sender.TracksSent = s.engine.session, gate{s.operation}, s.claim != nil
	ctx := s.ctx
	if s.claim != nil {
		var release func()
		ctx, release = s.holdClaim(&s.sender)
		defer release()
	}
	defer s.end()
	if err := retryloop.Run(ctx, s); err != nil { // it ended a wait
		s.progress.decision.stop = s.contextStop(ctx)
	}
}

// Attempt makes one attempt, and returns whether another one follows, after
// what wait.
func (s *attempts) Attempt(ctx context.Context) (wait time.Duration, again bool) {
	s.current, s.ahead = s.ahead, nil
	if s.current == nil {
		s.current = &attempt{start: s.started}
	}
	if s.progress.last != nil || s.claim != nil { // recording the intent has taken time
		s.current.start = s.engine.clock.Now()
	}
	abort := s.roundTrip(ctx, s.current)
	s.concludeAttempt(ctx, s.current, abort)
	d := &s.progress.decision
	return d.wait, d.stop == stopNone
}

func (s *attempts) unsendable(err error) {
	a := &attempt{class: classification{verdict: VerdictNothingSent, reason: "the request could not be built"}}
	a.seen.Err = err
	s.progress.last, s.progress.decision.stop = a, stopSettled
}

// end records the attempt that a panic has ended, if any, and ends what the
// last one has left.
func (s *attempts) end() {
	defer s.sender.Close()
	if s.current != nil {
		s.recordUnfinished(s.current)
		s.leavePace(s.current)
	}
	s.current = nil
}

// forget drops what the attempts have shown. A connection may keep s until its
// next use, for its gate, and a transport an attempt's hooks, and with them the
// attempt.
func (s *attempts) forget() {
	for _, a := range []*attempt{s.progress.last, s.progress.answered} {
		if a != nil {
			a.seen = evidence{}
		}
	}
	s.progress = progress{}
}

// contextStop distinguishes the caller's context from the loss of the lease.
func (o *operation) contextStop(ctx context.Context) stop {
	if o.ctx.Err() == nil && ctx.Err() != nil {
		return stopLease
	}
	return stopCaller
}

// concludeAttempt classifies an attempt, folds it into the progress, and
// decides what follows.
func (s *attempts) concludeAttempt(ctx context.Context, a *attempt, abort stop) {
	op := &s.call.Request.Operation
	a.class = classify(op, &s.engine.profile, s.limits.policy.NoRetryOn500, &a.seen, s.known(ctx, a))
	if len(a.seen.Header["Retry-After"]) > 0 {
		a.retryAfter = retryAfter(a.seen.Header, a.seen.End.WallTime())
	}
	s.leavePace(a)
	if a.class.forgotten {
		s.expireKey()
	}
	if a.class.exists && a.class.verdict == VerdictAmbiguous {
		s.key.disown()
	}
	var k keySnapshot
	if a.seen.Counted {
		k = s.key.end(a.class.verdict)
	} else {
		k = s.key.snapshot()
	}
	s.current = nil
	if a.class.verdict.definite() && a.class.retry != retryPaced {
		s.engine.budget.release()
	}
	p := s.progress.fold(a)
	p.decision = s.decideNext(ctx, a, &p, k, abort)
	if a.sent {
		entry := s.timelineEntry(a, k, &p)
		p.attempts = append(p.attempts, entry)
		if s.claim != nil && p.decision.stop == stopNone {
			s.noteRetry(&p)
		}
		if s.engine.observe != nil {
			s.emitAttempt(EventAttemptEnded, entry, a.seen.Header)
		}
	}
	s.progress = p
}

// decideNext decides what follows an attempt, within the retry budget. Recovery
// does not wait: it requeues the operation.
func (s *attempts) decideNext(ctx context.Context, a *attempt, p *progress, k keySnapshot, abort stop) decision {
	switch {
	case abort != stopNone:
		return decision{stop: abort}
	case a.class.isFinal():
		return decision{stop: stopSettled}
	}
	state := s.retryState(ctx, a, p, k)
	d := s.spend(a.class, state, decide(a.class, state))
	switch {
	case d.stop == stopCaller:
		d.stop = s.contextStop(ctx)
	case d.stop == stopNone && s.task() != nil:
		d = s.requeue(a.class, state, d)
	}
	return d
}

// known is what the attempts so far show beside this one.
func (s *attempts) known(ctx context.Context, a *attempt) known {
	p, key := &s.progress, s.key.snapshot()
	k := known{
		outcome:          key.outcome,
		keyFirstUsed:     s.key.isPrivate || key.firstUsedHere(),
		refusalRechecked: p.facts.refusalRechecked,
		pooledConnFailed: p.facts.pooledConnFailed,
		intermediaries:   int(p.counts.intermediaries),
	}
	if p.lost.times > 0 {
		k.sameLost = p.lost.equal(&a.seen)
	}
	class := s.call.Request.Operation.Class
	k.inDoubt = k.outcome == OutcomeUnknown && p.facts.reachedServer && (class == Keyed || class == Idempotent)
	k.newCredentials = k.inDoubt && a.seen.Status == http.StatusUnauthorized && s.credentialsChanged(ctx, a)
	return k
}

// expireKey ends the key's window: nothing is sent under it again.
func (o *operation) expireKey() {
	o.key.expire()
	if o.claim != nil {
		o.claim.gone = true
	}
}

// spend takes a retry from the budget. Where it is empty, an operation in doubt
// that may be repeated still gets one late attempt (R16, R33), limited in rate.
func (o *operation) spend(c classification, s retryState, d decision) decision {
	budget := &o.engine.budget
	if d.stop != stopNone || !c.consumesBudget() || o.limits.policy.DisableRetryBudget || budget.acquire() {
		return d
	}
	switch {
	case o.isSettlingRead():
	case s.extraUsed || !s.repeatableInDoubt():
		return decision{stop: stopBudget}
	case !d.extra:
		d.wait, d.extra = s.finalAttemptDelay(d.wait), true
	}
	left, _ := s.maxDelayLeft()
	d.wait = max(d.wait, budget.reserveTurn(s.now))
	if d.wait > max(left, 0) && !s.isElapsed() {
		return decision{stop: stopBudget}
	}
	return d
}

// wasSuspended reports whether the process did not run for a while: the wait
// before an attempt, or the attempt, lasted longer than it can have.
func (s *attempts) wasSuspended(a *attempt) bool {
	const tolerance = time.Second
	due := s.started.Mono
	if before := &s.progress; before.last != nil {
		due = before.last.seen.End.Mono + before.decision.wait
	}
	due += a.paceWait
	return a.start.Mono-due > tolerance || a.start.Elapsed(a.seen.End) > a.timeout+tolerance
}

func (s *attempts) retryState(ctx context.Context, a *attempt, p *progress, k keySnapshot) retryState {
	now := a.seen.End
	state := retryState{
		policy:          s.limits.policy,
		random:          randomUpTo,
		class:           s.call.Request.Operation.Class,
		outcome:         k.outcome,
		countedAttempts: int(p.counts.attempts),
		limitedAttempts: int(p.counts.limited),
		inProgressCount: int(p.counts.inProgress),
		retryAfter:      a.retryAfter,
		callerDone:      ctx.Err() != nil,
		windowed:        s.hasWindow(k),
		windowLeft:      s.engine.window.left(k, now),
		elapsedLeft:     s.limits.maxElapsed - s.started.Elapsed(now),
		readReserve:     s.limits.readReserve,
		extraUsed:       p.facts.extraUsed,
		suspended:       s.wasSuspended(a),
		now:             now.Mono,
	}
	if errors.Is(a.seen.Err, sendonce.ErrSlept) { // it was given up early, and may be on its way (A1)
		state.minDelay = s.limits.policy.KeyTTLMargin
	}
	if deadline, has := ctx.Deadline(); has {
		state.hasDeadline, state.deadline = true, time.Until(deadline)
	}
	return state
}
