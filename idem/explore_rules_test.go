package idem

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// verdicts is the verdict column of the table in docs/retries.md.
var verdicts = map[row]Verdict{
	rowUntried: VerdictNothingSent, rowNoConn: VerdictNothingSent, rowDialFailed: VerdictNothingSent,
	rowNoByte: VerdictNothingSent, rowBroken: VerdictAmbiguous, rowDone: VerdictDone, rowLost: VerdictResponseLost,
	rowContradicted: VerdictAmbiguous, rowStrange: VerdictAmbiguous, rowNoStatus: VerdictAmbiguous,
	rowRedirect: VerdictAmbiguous, rowStored500: VerdictAmbiguous, rowNotThere: VerdictAmbiguous,
	rowFinal500: VerdictAmbiguous, rowServerError: VerdictAmbiguous, rowAlready: VerdictAlreadyApplied,
	rowKeyReused: VerdictKeyReused, rowStored400: VerdictRejectedStored, rowSlowDown: VerdictRejected,
	rowByStatus: VerdictRejected, rowRefused: VerdictRejected, rowCut: VerdictAmbiguous, rowProxy: VerdictAmbiguous,
	rowBusy: VerdictAmbiguous, rowFailed: VerdictAmbiguous, rowCannotTell: VerdictAmbiguous, rowExists: VerdictAmbiguous,
}

// words are what an attempt's reason may be in each row, and no other words (R23).
var words = map[row][]string{
	rowUntried: {causeWords}, rowNoConn: {causeWords}, rowDialFailed: {causeWords}, rowNoByte: {causeWords},
	rowBroken: {causeWords},
	rowDone:   {"executed"},
	rowLost: {
		"executed; the answer is over the size limit", "executed; the answer was cut",
		"executed; the answer cannot be read", reasonIncomplete,
	},
	rowContradicted: {"the response shows another state"},
	rowStrange: {
		"a success that holds an error", "a success of something else", "a success that a gateway may have written",
		"a success that the API does not give",
	},
	rowNoStatus:    {"no HTTP status for an answer"},
	rowRedirect:    {"redirected"},
	rowStored500:   {"server error, stored under this key", "failed, perhaps after it was executed"},
	rowNotThere:    {"server error"},
	rowFinal500:    {"server error, final by policy"},
	rowServerError: {"server error"},
	rowAlready:     {reasonAlready},
	rowKeyReused:   {"the key belongs to another request"},
	rowStored400:   {"rejected by the API, stored under this key"},
	rowSlowDown:    {"asked to slow down"},
	rowByStatus:    {reasonIntermediary},
	rowRefused:     {"rejected by the API"},
	rowCut:         {"timed out at an intermediary (proxy or gateway)", "a rejection that was cut"},
	rowProxy:       {reasonIntermediary},
	rowBusy:        {"still in progress"},
	rowFailed:      {"server error", "failed, perhaps after it was executed"},
	rowCannotTell:  {"the server cannot tell"},
	rowExists:      {reasonExists, reasonExistsForeign},
}

const causeWords = "a cause" // of the transport

// verdict is a row's, where it depends on what was known before: that the
// operation exists is this program's doing if no other has its key, or it may
// have been executed already (R12).
func (p *position) verdict(y *symbol) Verdict {
	if y.row == rowExists && p.firstUsed() {
		return VerdictAlreadyApplied
	}
	return verdicts[y.row]
}

func (p *position) firstUsed() bool {
	unsent := p.truths.every(func(w serverState) bool { return w.executed == 0 && !w.mayStillExecute() })
	return p.private || !unsent && !p.foreign
}

// after adds an attempt to the history.
func (h history) after(p *position, y *symbol) history {
	h.extra = h.extra || p.extra
	h.broke = h.broke || y.attempt.seen.Err != nil && y.attempt.seen.Reused
	switch v := p.verdict(y); {
	case v == VerdictNothingSent:
	case v != VerdictAmbiguous && v != VerdictResponseLost:
		h.began = true
	default:
		h.began = true
		passing := y.row == rowRedirect || y.row == rowProxy || y.row == rowNotThere
		h.reached = h.reached || !passing
	}
	if y.row == rowRedirect || y.row == rowProxy {
		h.proxies = min(h.proxies+1, maxIntermediaryRetries)
	}
	switch {
	case y.limited():
		h.limited = min(h.limited+1, defaultMaxAttempts)
	case y.row != rowBusy:
		h.counted = min(h.counted+1, defaultMaxAttempts)
	}
	if s := &y.attempt.seen; y.row == rowLost && s.readWhole() {
		if body := string(s.Body); h.body != body {
			h.body, h.same = body, 0
		}
		h.same = min(h.same+1, maxLostRetries)
	}
	return h
}

// limited reports whether the operation is repeated at the client's pace (R41).
func (y *symbol) limited() bool {
	return y.row == rowSlowDown && y.attempt.seen.Status == http.StatusTooManyRequests
}

// repeats reports whether the table in docs/retries.md repeats an operation
// after this row, in its columns "repeated" and "in doubt".
func (d *driver) repeats(p *position, y *symbol) bool {
	h, class := &p.history, d.class
	twice := class == Keyed || class == Idempotent // that may be executed twice without effect
	inDoubt := twice && p.outcome == OutcomeUnknown && h.reached
	switch y.row {
	case rowUntried, rowNoConn, rowNotThere, rowByStatus:
		return inDoubt
	case rowDialFailed, rowNoByte, rowSlowDown:
		return true
	case rowBroken, rowStrange, rowNoStatus, rowServerError, rowCut, rowBusy, rowFailed, rowCannotTell:
		return twice || class == Safe
	case rowLost:
		same := h.same >= maxLostRetries && h.body == string(y.attempt.seen.Body) && y.attempt.seen.readWhole()
		return !same && !y.attempt.seen.TooLarge && (class == Keyed || class == Safe && !y.stays)
	case rowRedirect, rowProxy:
		return twice && (h.proxies < maxIntermediaryRetries || inDoubt)
	case rowRefused:
		return y.fresh && inDoubt || class == Keyed && p.outcome == OutcomeUnknown && !h.asked
	default:
		return false
	}
}

// expected is whether an attempt follows where nothing is in the way, and
// whether it is the one beyond the rules (R15, R33).
func (d *driver) expected(p *position, y *symbol, now Outcome) (goesOn, extra bool) {
	h := p.history.after(p, y)
	v, limit := p.verdict(y), defaultMaxAttempts
	if d.maxAttempts > 0 {
		limit = d.maxAttempts
	}
	if !d.repeats(p, y) {
		once := d.class == Idempotent && v == VerdictAmbiguous && now == OutcomeUnknown && y.row != rowContradicted
		return once && !h.extra && d.maxAttempts == 0, true
	}
	open := v == VerdictNothingSent || now == OutcomeUnknown && d.class != KeyUnverified && d.class != NonIdempotent ||
		y.row == rowLost && d.class == Keyed
	more := d.maxAttempts == 0 && open && d.class != Safe && y.row != rowFailed
	free := y.row == rowBusy || y.limited() && d.maxAttempts == 0
	return free || int(h.counted+h.limited) < limit || more, false
}

// broken are the rules that were found broken, each with its first example.
type broken map[string]string

func (b broken) rulef(rule, format string, about ...any) {
	if _, known := b[rule]; !known {
		b[rule] = fmt.Sprintf(format, about...)
	}
}

// step checks what an attempt has shown, and what follows where nothing is in
// the way.
func (d *driver) step(p, next *position, y *symbol) {
	c := d.s.progress.last.class
	fail := func(rule string) {
		d.broken.rulef(rule, "%s, row %d, %+v\nbefore %+v\nafter  %+v\n%+v",
			d.class, y.row, c, *p, *next, d.s.progress.decision)
	}
	if c.verdict != p.verdict(y) {
		fail("the table gives another verdict")
	}
	if proven := next.truths.proven(next.history.began); next.outcome != proven {
		fail("R11: the outcome is not what is proven: " + proven.String())
	}
	if next.sent != next.history.began {
		fail("R7: the window begins with the first byte that may have been sent")
	}
	if p.outcome == OutcomeDone && next.outcome != OutcomeDone {
		fail("R11: done is final")
	}
	spent, free := int64(budgetCapacity/2), c.verdict == VerdictNothingSent || y.row == rowBusy || y.limited()
	if c.verdict != VerdictAmbiguous && c.verdict != VerdictNothingSent && !y.limited() {
		spent--
	}
	if d.s.progress.decision.stop == stopNone && !free {
		spent++
	}
	if d.s.engine.budget.spent.Load() != spent {
		fail("R16: a definite response gives a retry back")
	}
	goesOn, extra := d.expected(p, y, next.outcome)
	if y.attempt.seen.Cancelled {
		return
	}
	if got := d.s.progress.decision; got.stop == stopNone != goesOn || goesOn && got.extra != extra {
		fail("R12, R15, R33, R35: the table repeats otherwise")
	}
	s := &y.attempt.seen
	atOnce := s.Reused && !s.slept() && (y.row == rowNoByte || y.row == rowBroken && !s.Cause.TimedOut && !p.history.broke)
	if got := d.s.progress.decision; goesOn && (got.wait == 0) != atOnce {
		fail("R17: a reused connection that breaks is replaced at once, the first time")
	}
}

// check checks one decision in one environment.
func (d *driver) check(a *attempt, p *progress, k *keySnapshot, e environment, got decision) {
	fail := func(rule string) {
		d.broken.rulef(rule, "%s, %+v, %+v, %+v\n%+v: %+v", d.class, a.class, p.facts, *k, e, got)
	}
	free := a.class.verdict == VerdictNothingSent || a.class.retry == retryUncounted ||
		a.class.retry == retryPaced
	inDoubt := k.outcome == OutcomeUnknown && (d.class == Keyed || d.class == Idempotent)
	asked := e.retryAfter
	if a.seen.Err != nil {
		asked = 0
	}
	least := e.elapsed - minAttempt
	if d.class == Keyed && k.since != unsent {
		least = min(least, e.window-minAttempt)
	}
	if e.deadline > 0 {
		least = min(least, e.deadline/2)
	}
	if got.stop != stopNone {
		d.checkStop(fail, a, p, k, e, got)
		return
	}
	switch {
	case e.done:
		fail("R13: nothing follows once the caller has gone")
	case a.class.verdict == VerdictDone:
		fail("R11: nothing follows a response that settles the call")
	case d.class == Keyed && k.since != unsent && (k.expired || got.wait > e.window-minAttempt):
		fail("R8: the attempt would begin outside the window")
	case e.deadline > 0 && got.wait >= e.deadline:
		fail("R9: the attempt would begin after the deadline")
	case got.wait > e.elapsed-minAttempt && (!got.extra || !e.suspended || e.elapsed > 0):
		fail("R32: the attempt would begin after the call's time")
	case got.wait < asked && !got.extra:
		fail("R15: Retry-After is a lower bound")
	case got.wait < defaultBaseDelay/2 && !p.facts.needsNewConn && !got.extra:
		fail("R15: only a reused connection that broke is replaced at once")
	case a.seen.slept() && got.wait < min(defaultWindowMargin, least):
		fail("A1: what a sleep gave up may still arrive")
	case got.extra && p.facts.extraUsed:
		fail("R16, R32, R33, R34: there is one attempt beyond the rules")
	case got.extra && d.maxAttempts > 0 && p.counts.attempts >= int32(d.maxAttempts) && a.class.retry != retryUncounted:
		fail("R15: a number of attempts that was set is final")
	case e.budgetEmpty && !free && (!got.extra || !inDoubt):
		fail("R16: an empty budget leaves one attempt, in doubt")
	}
	spent := d.s.engine.budget.spent.Load()
	switch {
	case e.budgetEmpty && spent != budgetCapacity, !e.budgetEmpty && free && spent != 0:
		fail("R16: what is free takes nothing")
	case !e.budgetEmpty && !free && spent != 1:
		fail("R16: a retry takes one")
	}
}

// checkStop checks that what is named as the end is what ended it.
func (d *driver) checkStop(fail func(string), a *attempt, p *progress, k *keySnapshot, e environment, got decision) {
	inDoubt := k.outcome == OutcomeUnknown && (d.class == Keyed || d.class == Idempotent)
	own := e.elapsed - minAttempt
	if e.suspended && e.elapsed <= 0 && !p.facts.extraUsed { // R32: one more
		own = maxFinalDelay
	}
	least := own
	windowed := d.class == Keyed && k.since != unsent
	if windowed {
		least = min(least, e.window-minAttempt)
	}
	if e.deadline > 0 {
		least = min(least, e.deadline-min(minAttempt, e.deadline/2))
	}
	short := least < defaultBaseDelay/2 || e.retryAfter > least && a.seen.Err == nil
	bound := got.stop == stopWindow || got.stop == stopElapsed || got.stop == stopDeadline
	switch {
	case a.class.isFinal():
		if got.stop != stopSettled {
			fail("R13: a definite end is not blamed on the caller")
		}
	case e.done != (got.stop == stopCaller):
		fail("R13: the caller's context is what ended it")
	case bound && !short && !k.expired:
		fail("R9: there was time left")
	case got.stop == stopWindow && (!windowed || !k.expired && e.window-minAttempt > least):
		fail("R9: it was not the window")
	case got.stop == stopDeadline && (e.deadline == 0 || e.deadline-min(minAttempt, e.deadline/2) > least):
		fail("R9: it was not the deadline")
	case got.stop == stopElapsed && own > least:
		fail("R9: it was not the call's time")
	case got.stop == stopBudget && !e.budgetEmpty:
		fail("R16: the budget was not empty")
	case got.stop == stopBudget && inDoubt && least > 0 && e.elapsed > 0 && !p.facts.extraUsed:
		fail("R16: doubt has one more attempt")
	case got.stop == stopClass && d.class != KeyUnverified && d.class != NonIdempotent:
		fail("R15: the class allows it")
	case got.asked != 0 && (got.asked != e.retryAfter || inDoubt && e.elapsed > 0 && least > 0 && !p.facts.extraUsed):
		fail("R34: the error reports what was asked for")
	}
}

// admission checks that the next attempt begins exactly where it may, and that
// one which may not begin ends the call as it was.
func (d *driver) admission(p *position) {
	if !p.truths.repeatable(d.class) {
		d.broken.rulef("another attempt may execute the operation twice", "%s, %+v", d.class, *p)
	}
	for _, left := range []time.Duration{60 * time.Second, 2 * time.Second, 1999 * time.Millisecond, -time.Second} {
		for _, done := range bools {
			for timeouts := range 3 {
				was := *p
				was.counts.timeouts = uint8(timeouts)
				d.enter(&was, left)
				d.admit(&was, left, done)
			}
		}
	}
	if d.class == KeyUnverified || d.class == NonIdempotent {
		d.enter(p, time.Minute)
		d.s.key.fold(VerdictAmbiguous) // another call's
		if why, err := d.s.admit(d.alive, &attempt{start: d.now}); err == nil || why != stopClass {
			d.broken.rulef("R7: what another call may have executed is not sent", "%s", d.class)
		}
	}
}

func (d *driver) admit(p *position, left time.Duration, done bool) {
	windowed := d.class == Keyed && p.sent
	d.setDone(done)
	defer d.setDone(false)
	a := &attempt{start: d.now}
	why, err := d.s.admit(d.s.ctx, a)
	if (err == nil) != (!done && (!windowed || left >= minAttempt)) {
		d.broken.rulef("R8: the window where the attempt begins", "%s, %s: %s, %v", d.class, left, why, err)
	}
	if err == nil {
		if windowed && a.timeout > left {
			d.broken.rulef("R8: the attempt ends in the window", "%s of %s", a.timeout, left)
		}
		return
	}
	d.s.refuse(a, err, admissionCause(err))
	d.s.concludeAttempt(d.s.ctx, a, why)
	stopped := d.s.progress.decision.stop
	if stopped != stopWindow && !done || done && stopped != stopCaller || d.s.key.snapshot().outcome != p.outcome {
		d.broken.rulef("R8, R13: an attempt that may not begin", "%s, %s: %s", d.class, left, stopped)
	}
}

// ends makes the engine conclude a call in each way in which it may end here.
func (d *driver) ends(p, next *position, y *symbol, o *outlook) {
	after := d.s.progress
	k := d.s.key.snapshot()
	for why, n := range o.stops {
		if n == 0 {
			continue
		}
		d.s.progress = after
		d.s.progress.decision = decision{stop: stop(why)}
		d.s.key = keyHandle{keyTracker: &keyTracker{state: k}}
		d.setDone(stop(why) == stopCaller)
		var r Result
		d.s.conclude(&d.s.progress, &r)
		d.setDone(false)
		d.ended(p, next, y, stop(why), &r)
	}
}

func (d *driver) ended(p, next *position, y *symbol, why stop, r *Result) {
	fail := func(rule string) {
		d.broken.rulef(rule, "%s, row %d, stop %d, %+v\nbefore %+v\nafter  %+v", d.class, y.row, why, *r, *p, *next)
	}
	once := d.class == KeyUnverified || d.class == NonIdempotent
	if r.Outcome != next.outcome || r.Verdict != p.verdict(y) || (r.Err == nil) != (y.row == rowDone) {
		fail("R22: the result is what the attempts have shown")
	}
	if why == stopCaller && !errors.Is(r.Err, context.Canceled) {
		fail("R13: the error is the context's too")
	}
	f := Failure{Class: d.class, Outcome: r.Outcome, SafeUntil: r.SafeUntil, Err: r.Err}
	protected := d.class == Keyed && next.sent && !next.expired && y.row != rowKeyReused
	if protected != !r.SafeUntil.IsZero() || protected && r.SafeUntil.After(d.now.WallTime().Add(time.Minute-minAttempt)) {
		fail("R8: SafeUntil is the last moment at which the key protects")
	}
	if f.canRepeat(d.now.WallTime()) && !next.truths.repeatable(d.class) {
		fail("R22: a repetition would execute the operation twice")
	}
	if unsent := r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected; unsent &&
		!next.truths.every(func(w serverState) bool { return w.executed == 0 && !w.mayStillExecute() }) {
		fail("R11: under a new key, it would be executed twice")
	}
	if r.Err == nil {
		return
	}
	if y.row == rowAlready && errors.Is(r.Err, ErrResponseLost) != p.history.doubted {
		fail("R14: after doubt, it is this call's")
	}
	helps := true
	switch {
	case r.Outcome == OutcomeDone, y.row == rowKeyReused, y.row == rowExists, once && r.Outcome == OutcomeUnknown:
		helps = false
	case r.Outcome == OutcomeRejected:
		helps = y.row == rowSlowDown || r.Verdict == VerdictNothingSent
	case y.row == rowFinal500, r.Outcome == OutcomeUnknown && isMarked(&y.attempt.seen):
		helps = d.class == Idempotent || d.class == Safe
	}
	if r.RetryHelps != helps {
		fail("R38: RetryHelps")
	}
}
