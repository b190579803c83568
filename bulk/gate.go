package bulk

import (
	"context"
	"errors"
	"sync"
	"time"
)

// An outage begins after tripAfter consecutive failures, or when half of at
// least ratioOf calls that ended within failureWindow have failed.
const (
	tripAfter     = 6
	ratioOf       = 20
	failureWindow = 30 * time.Second
	buckets       = 10
)

// gate is a circuit breaker that holds items back instead of failing them. In
// an outage it lets one through from time to time. Calls may last for minutes,
// and count when they end; libraries count them when they begin, or forget them.
type gate struct {
	pause  time.Duration
	notify func() // is called when a pause begins or ends

	mu          sync.Mutex
	closedUntil time.Time     // the end of the pause
	outage      bool          // also after the pause, until an item gets through
	probing     bool          // the item that tries is under way
	episode     int           // counts changes of outage; results of earlier ones do not count
	changed     chan struct{} // closed when another item may try
	pauses      int

	consecutive int
	window      [buckets]bucket
}

// bucket counts what ended in a part of the window.
type bucket struct {
	number          int64 // of the part since the epoch
	failures, total int
}

func newGate(pause time.Duration, notify func()) *gate {
	return &gate{pause: pause, notify: notify, changed: make(chan struct{})}
}

// enter waits until an item may be sent, and returns how its end is reported.
// It reports false if ctx ends first.
func (g *gate) enter(ctx context.Context) (leave func(error), entered bool) {
	for ctx.Err() == nil {
		episode, until, changed := g.try()
		if changed == nil {
			return func(err error) { g.leave(episode, err) }, true
		}
		wait(ctx, until, changed)
	}
	return nil, false
}

// try lets an item through, or returns what it has to wait for.
func (g *gate) try() (episode int, until time.Time, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case !g.outage:
		return g.episode, time.Time{}, nil
	case g.probing || time.Now().Before(g.closedUntil):
		return 0, g.closedUntil, g.changed
	default:
		g.probing = true
		return g.episode, time.Time{}, nil
	}
}

// wait returns when the pause is over or something has changed.
func wait(ctx context.Context, until time.Time, changed <-chan struct{}) {
	var over <-chan time.Time
	if left := time.Until(until); left > 0 {
		t := time.NewTimer(left)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-ctx.Done():
	case <-changed:
	case <-over:
	}
}

// errFromJournal is the end of an item that the journal has answered. It shows
// nothing about the API.
var errFromJournal = errors.New("answered from the journal")

// leave counts the end of an item that was let through in this episode.
func (g *gate) leave(episode int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if episode != g.episode {
		return
	}
	failed := isOutage(err)
	if !failed && err != nil && !isAnswer(err) { // it shows nothing
		if g.outage {
			g.probing = false
			g.wake()
		}
		return
	}
	switch {
	case g.outage && failed:
		g.probing = false
		g.closedUntil = time.Now().Add(g.pause)
		g.wake()
	case g.outage:
		g.change(false)
	case g.trips(failed):
		g.pauses++
		g.closedUntil = time.Now().Add(g.pause)
		g.change(true)
	}
}

// trips counts a result, and reports whether an outage begins.
func (g *gate) trips(failed bool) bool {
	now := time.Now().UnixNano() / int64(failureWindow/buckets)
	b := &g.window[now%buckets]
	if b.number != now {
		*b = bucket{number: now}
	}
	b.total++
	g.consecutive++
	if failed {
		b.failures++
	} else {
		g.consecutive = 0
	}
	var failures, total int
	for _, b := range g.window {
		if now-b.number < buckets {
			failures, total = failures+b.failures, total+b.total
		}
	}
	return failed && (g.consecutive >= tripAfter || total >= ratioOf && 2*failures >= total)
}

func (g *gate) change(outage bool) {
	g.outage, g.probing = outage, false
	g.episode++
	g.consecutive, g.window = 0, [buckets]bucket{}
	g.wake()
	g.notify()
}

func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// paused returns how often the run has paused, and the end of a pause that goes
// on; zero: none.
func (g *gate) paused() (pauses int, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.outage {
		until = g.closedUntil
	}
	return g.pauses, until
}
