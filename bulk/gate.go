package bulk

import (
	"context"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// An outage begins after tripAfter consecutive failures, or when half of at
// least ratioOf calls within failureWindow fail.
const (
	tripAfter     = 5
	ratioOf       = 20
	failureWindow = 30 * time.Second
	bucket        = 3 * time.Second
)

// gate lets items through. In an outage it holds them back, and lets one
// through from time to time.
type gate struct {
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	pause   time.Duration
	notify  func()

	mu      sync.Mutex
	until   time.Time     // of the pause; zero: none
	changed chan struct{} // closed when the state changes
	pauses  int
}

// newGate makes an open gate. notify is called when a pause begins or ends.
func newGate(pause time.Duration, notify func()) *gate {
	g := &gate{pause: pause, notify: notify, changed: make(chan struct{})}
	g.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests:  1,
		Interval:     failureWindow,
		BucketPeriod: bucket,
		Timeout:      pause,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.ConsecutiveFailures > tripAfter || c.Requests >= ratioOf && 2*c.TotalFailures >= c.Requests
		},
		IsSuccessful:  func(err error) bool { return !isOutage(err) },
		IsExcluded:    func(err error) bool { return err != nil && !isOutage(err) && !isAnswer(err) },
		OnStateChange: func(_ string, from, to gobreaker.State) { g.change(from, to) },
	})
	return g
}

// change is called by the breaker, under its lock.
func (g *gate) change(from, to gobreaker.State) {
	g.mu.Lock()
	g.until = time.Time{}
	if to == gobreaker.StateOpen {
		g.until = time.Now().Add(g.pause)
		if from == gobreaker.StateClosed {
			g.pauses++
		}
	}
	g.wake()
	g.mu.Unlock()
	g.notify()
}

// wakeNext lets another item try, where one that was let through in an outage
// has shown nothing.
func (g *gate) wakeNext() {
	if g.breaker.State() != gobreaker.StateHalfOpen {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wake()
}

func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// enter waits until an item may be sent, and returns how its end is reported.
// It reports false if ctx ends first.
func (g *gate) enter(ctx context.Context) (leave func(error), entered bool) {
	for ctx.Err() == nil {
		until, changed := g.state()
		done, err := g.breaker.Allow()
		if err == nil {
			return func(err error) {
				done(err)
				g.wakeNext()
			}, true
		}
		g.wait(ctx, until, changed)
	}
	return nil, false
}

func (g *gate) state() (until time.Time, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until, g.changed
}

// wait returns when the pause is over or the state changes.
func (g *gate) wait(ctx context.Context, until time.Time, changed <-chan struct{}) {
	var over <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until) + time.Millisecond) // the breaker opens after its time, not at it
		defer t.Stop()
		over = t.C
	}
	select {
	case <-ctx.Done():
	case <-changed:
	case <-over:
	}
}

// paused returns how often the run has paused, and the end of a pause that goes
// on.
func (g *gate) paused() (pauses int, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pauses, g.until
}
