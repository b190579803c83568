package pace

import (
	"context"
	"math"
	"strings"
	"time"
)

// Turn is what a request needs of the turnstile.
type Turn struct {
	// Urgent requests, such as retries, go before others, the one that has the
	// least time first. The others go in the order in which they came.
	Urgent bool
	// Latest is the last moment at which the request may enter.
	Latest time.Time
	// Insists: at Latest the request enters, also above the rate.
	Insists bool
}

// LateError reports that a request's turn comes too late for it.
type LateError struct {
	Wait time.Duration // how long it would have to wait, at the least
}

// Error returns fixed words.
func (*LateError) Error() string { return "the turn at the client's pace comes too late" }

// LimiterError reports that the caller's limiter has failed.
type LimiterError struct{ Err error }

// Error returns fixed words.
func (*LimiterError) Error() string { return "the limiter failed" }

// Unwrap returns the limiter's error.
func (e *LimiterError) Unwrap() error { return e.Err }

// Wait waits for a request's turn. The error is ctx.Err(), a *LateError, or a
// *LimiterError; with any error the request has not entered.
func (p *Pacer) Wait(ctx context.Context, t Turn) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &waiter{Turn: t, ready: make(chan struct{})}
	p.join(w)
	late := time.NewTimer(time.Until(t.Latest))
	defer late.Stop()
	for {
		select {
		case <-w.ready:
			if w.err != nil || p.set.Limiter == nil {
				return w.err
			}
			return p.awaitLimiter(ctx, t)
		case <-ctx.Done():
			p.give(w, ctx.Err())
		case <-late.C:
			p.expire(w)
		}
		if w.err != nil { // else its turn has come meanwhile
			return w.err
		}
	}
}

// join puts a request into the queue, and refuses it at once if its turn cannot
// come in time.
func (p *Pacer) join(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.forget(now)
	p.seq++
	w.seq = p.seq
	if !w.Insists && now.Add(p.least(now, p.ahead(w, false))).After(w.Latest) {
		if wait := p.least(now, p.ahead(w, true)); now.Add(wait).After(w.Latest) {
			w.finish(&LateError{Wait: wait})
			return
		}
	}
	if len(p.queue) == 0 {
		if p.rate > 0 && p.last.Add(p.interval()).Before(now) { // what was not used is lost
			p.last = now.Add(-p.interval())
		}
		p.rampAt, p.rampIdle = now, true
	}
	p.joinQueue(w)
	p.dispatch(now)
}

// ahead is how many go before a request that joins; unless they are to be
// counted, no fewer.
func (p *Pacer) ahead(w *waiter, counted bool) int {
	switch {
	case !w.Urgent:
		return len(p.queue)
	case !counted:
		return p.urgent
	}
	n := 0
	for _, other := range p.queue {
		if other.Urgent && !w.Latest.Before(other.Latest) {
			n++
		}
	}
	return n
}

// least is how long a request with so many ahead of it waits at the least, with
// the rate as it is and grows.
func (p *Pacer) least(now time.Time, ahead int) time.Duration {
	wait := max(p.due().Sub(now), 0)
	if p.rate == 0 {
		return wait
	}
	n := float64(ahead)
	if top := p.highest(); top > 0 {
		return wait + seconds(n/top)
	}
	return wait + seconds((math.Sqrt(p.rate*p.rate+2*p.growth()*n)-p.rate)/p.growth())
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// dispatch lets requests through until one has to wait, and sets the timer for
// that.
func (p *Pacer) dispatch(now time.Time) {
	p.grow(now)
	p.queued.Store(int64(len(p.queue))) // before the look at what is in flight: who leaves then sees it
	next := time.Time{}
	for len(p.queue) > 0 && !p.busy {
		if p.inFlight.Load() >= p.most() {
			next = p.rampUp()
			break
		}
		if due := p.due(); due.After(now) {
			next, p.waiting = due, true
			break
		}
		p.enter(p.queue[0], now)
	}
	p.queued.Store(int64(len(p.queue)))
	p.wake(now, next)
}

// rampUp is when more requests may be in flight while no rate is kept although
// none of them has ended: they may take long.
func (p *Pacer) rampUp() time.Time {
	if p.rate > 0 || p.set.Limiter != nil || p.most() < p.ramp {
		return time.Time{}
	}
	return p.rampAt.Add(openEvery)
}

// wake sets the timer; zero stops it.
func (p *Pacer) wake(now, at time.Time) {
	switch {
	case at.IsZero():
		if p.timer != nil {
			p.timer.Stop()
		}
	case p.timer == nil:
		p.timer = time.AfterFunc(at.Sub(now), p.tick)
	default:
		p.timer.Reset(at.Sub(now))
	}
}

func (p *Pacer) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.rate == 0 && now.Sub(p.rampAt) >= openEvery {
		if p.rampIdle {
			p.ramp += p.ramp / 2
			p.setOpen()
		}
		p.rampIdle, p.rampAt = true, now
	}
	p.dispatch(now)
}

// enter lets a request through.
func (p *Pacer) enter(w *waiter, now time.Time) {
	p.leaveQueue(w)
	p.inFlight.Add(1)
	p.last = p.due()
	if least := now.Add(-maxCredit); p.last.Before(least) {
		p.last = least
	}
	p.busy = p.set.Limiter != nil
	w.finish(nil)
}

// give ends a request that still waits; one that has entered leaves.
func (p *Pacer) give(w *waiter, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !w.done {
		p.leaveQueue(w)
		w.finish(err)
	} else if w.err == nil {
		w.err = err
		p.inFlight.Add(-1)
		p.busy = false
	}
	p.dispatch(now)
}

// expire ends a request whose time is over, unless it insists.
func (p *Pacer) expire(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch {
	case w.done:
		return
	case w.Insists:
		p.enter(w, now)
	default:
		wait := p.least(now, 0)
		p.leaveQueue(w)
		w.finish(&LateError{Wait: wait})
	}
	p.dispatch(now)
}

// refuseLate ends the requests for which the pause is too long.
func (p *Pacer) refuseLate(now time.Time) {
	for _, w := range append(queue(nil), p.queue...) {
		if !w.Insists && p.pause.After(w.Latest) {
			p.leaveQueue(w)
			w.finish(&LateError{Wait: p.pause.Sub(now)})
		}
	}
}

// awaitLimiter waits for the caller's limiter. One request does at a time: the
// next one may be more urgent than those that came before it.
func (p *Pacer) awaitLimiter(ctx context.Context, t Turn) error {
	entered := false
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !entered { // also where the limiter panics
			p.inFlight.Add(-1)
		}
		p.busy = false
		p.dispatch(time.Now())
	}()
	bounded, cancel := context.WithDeadline(ctx, t.Latest)
	defer cancel()
	err := p.set.Limiter.Wait(bounded)
	switch {
	case err == nil:
		entered = true
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case t.Insists:
		entered = true
		return nil
	case bounded.Err() != nil, exceedsDeadline(err):
		return &LateError{}
	default:
		return &LimiterError{Err: err}
	}
}

// exceedsDeadline reports whether a limiter refuses to wait beyond the deadline
// of its context. The error of golang.org/x/time/rate (v0.16.0) is none that
// errors.Is finds (golang/go#54541).
func exceedsDeadline(err error) bool {
	return strings.Contains(err.Error(), "would exceed context deadline")
}
