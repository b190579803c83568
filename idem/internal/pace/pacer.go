package pace

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	startRate   = 20.0 // requests a second after the first 429, or ofMeasured, if that is more
	ofMeasured  = 0.7  // of the rate of responses before it
	floorRate   = 1.0  // requests a second, at least
	firstGrowth = 2.0  // requests a second, for each second in which requests wait
	laterGrowth = 1.0  // likewise, once the rate was cut
	cutTo       = 0.85 // of the rate, once per episode
	ofKnown     = 0.96 // of a limit that is known
	maxInFlight = 64   // after a 429, unless the settings have another number

	maxCredit = 50 * time.Millisecond // that a late timer's requests may catch up
	maxJitter = 100 * time.Millisecond
	// maxPause bounds a pause of all requests, so that a wrong Retry-After does
	// not silence a client. The request that got it waits for all of it.
	maxPause = time.Minute
	// forgetAfter is how long after the last 429 an unknown limit is forgotten.
	forgetAfter = 10 * time.Minute

	startOpen = 10 // in flight, before more have gone well
	openPer   = 3  // responses, for one more in flight
	openEvery = 100 * time.Millisecond
)

// Limiter is the caller's own limiter of the rate.
type Limiter interface {
	// Wait returns nil once a request may be sent, or why it may not.
	Wait(ctx context.Context) error
}

// Settings are what the caller knows of the server's limits. The zero value is
// nothing.
type Settings struct {
	Rate        float64 // the server's limit, in requests a second; zero: unknown
	MaxInFlight int     // requests at the same time; zero: no limit of the caller's
	Limiter     Limiter // in place of a rate; or nil
}

// Pacer is the turnstile of one client. It is safe for concurrent use.
type Pacer struct {
	// What TryEnter and Leave look at without the lock.
	inFlight atomic.Int64 // requests that have entered and not left
	open     atomic.Int64 // so many may be in flight without a look at the rate; 0: each looks
	queued   atomic.Int64 // len(queue)
	answered atomic.Int64 // responses that were not rejected because of the rate

	set    Settings
	random func(limit time.Duration) time.Duration

	mu     sync.Mutex
	queue  queue
	urgent int // of those in it
	seq    uint64
	timer  *time.Timer // fires where time alone lets a request through; nil before its first use
	busy   bool        // a request waits for the limiter

	rate     float64   // requests a second; 0: none is kept
	last     time.Time // the slot of the last request
	waiting  bool      // requests have waited for the rate since grownAt
	grownAt  time.Time
	cutAt    time.Time // or when the rate was first kept
	wasCut   bool
	pause    time.Time // no request before it
	limited  time.Time // the last 429; zero: none, or it is forgotten
	ramp     int64     // in flight while no rate is kept
	rampOK   int       // responses since it last grew
	rampIdle bool      // none came since rampAt
	rampAt   time.Time // when it was last looked at
	marks    [2]mark   // of answered, the older one first
}

// New makes a pacer.
func New(s Settings) *Pacer {
	p := &Pacer{set: s, ramp: startOpen, rate: ofKnown * s.Rate}
	p.random = func(limit time.Duration) time.Duration { return rand.N(limit + 1) }
	p.setOpen()
	return p
}

// TryEnter lets a request in if nothing is in its way and no rate is kept. It
// takes no lock.
func (p *Pacer) TryEnter() bool {
	if p.queued.Load() > 0 {
		return false
	}
	for {
		n := p.inFlight.Load()
		if n >= p.open.Load() {
			return false
		}
		if p.inFlight.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Queues reports whether requests may have to wait for the rate, or for the
// caller's limit of those in flight. It takes no lock.
func (p *Pacer) Queues() bool { return p.set.MaxInFlight > 0 || p.open.Load() == 0 }

// Leave ends a request that has entered. ok: the server has responded, and did
// not reject it because of the rate.
func (p *Pacer) Leave(ok bool) {
	p.inFlight.Add(-1)
	if ok && p.answered.Add(1)%markEvery == 0 {
		p.mark(time.Now())
	}
	if p.queued.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if ok && p.rate == 0 {
		p.rampIdle = false
		p.rampOK++
		if p.rampOK >= openPer {
			p.rampOK = 0
			p.ramp++
			p.setOpen()
		}
	}
	p.dispatch(time.Now())
}

// Paces reports whether a rate is kept.
func (p *Pacer) Paces() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate > 0 || p.set.Limiter != nil
}

// Throttled reports that the server rejected a request because of the rate. wait
// is its Retry-After, zero if there was none. sent is when the request entered:
// the rate is cut once for all that were sent before the cut.
func (p *Pacer) Throttled(sent time.Time, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.grow(now)
	p.limited = now
	switch {
	case p.set.Limiter != nil: // the rate is the limiter's
	case p.rate == 0:
		p.rate, p.last, p.cutAt = max(startRate, ofMeasured*p.measured(now)), now, now
	case sent.After(p.cutAt) || p.cutAt.IsZero():
		p.rate, p.cutAt, p.wasCut = max(cutTo*p.rate, min(floorRate, p.rate)), now, true
	}
	if wait > 0 {
		if until := now.Add(min(wait, maxPause) + p.random(maxJitter)); until.After(p.pause) {
			p.pause = until
			p.refuseLate(now)
		}
	}
	p.setOpen()
	p.dispatch(now)
}

// Pause is how long no request is sent.
func (p *Pacer) Pause() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(time.Until(p.pause), 0)
}

// highest is the highest rate that is kept; 0: there is none.
func (p *Pacer) highest() float64 { return ofKnown * p.set.Rate }

// grow raises the rate for the time since it was last raised in which requests
// waited for it, without pauses.
func (p *Pacer) grow(now time.Time) {
	from := p.grownAt
	if p.pause.After(from) {
		from = p.pause
	}
	if d := now.Sub(from); p.waiting && p.rate > 0 && d > 0 {
		p.rate += p.growth() * d.Seconds()
		if top := p.highest(); top > 0 {
			p.rate = min(p.rate, top)
		}
	}
	p.grownAt, p.waiting = now, false
}

func (p *Pacer) interval() time.Duration { return time.Duration(float64(time.Second) / p.rate) }

func (p *Pacer) growth() float64 {
	if p.wasCut {
		return laterGrowth
	}
	return firstGrowth
}

// due is when the next request may be sent.
func (p *Pacer) due() time.Time {
	due := p.pause
	if p.rate > 0 {
		if next := p.last.Add(p.interval()); next.After(due) {
			due = next
		}
	}
	return due
}

// setOpen sets how many requests may be in flight while each needs no look at
// the rate.
func (p *Pacer) setOpen() {
	if p.rate > 0 || p.set.Limiter != nil {
		p.open.Store(0)
	} else {
		p.open.Store(p.most())
	}
}

// most is how many requests may be in flight.
func (p *Pacer) most() int64 {
	own := int64(p.set.MaxInFlight)
	switch {
	case p.rate == 0 && p.set.Limiter == nil:
		if own == 0 {
			return p.ramp
		}
		return min(own, p.ramp)
	case own > 0:
		return own
	case p.set.Rate > 0 || p.set.Limiter != nil:
		return 1<<63 - 1
	default:
		return maxInFlight
	}
}

// forget drops a limit that the server has not shown for long.
func (p *Pacer) forget(now time.Time) {
	if p.limited.IsZero() || len(p.queue) > 0 || now.Sub(p.limited) < forgetAfter || now.Before(p.pause) {
		return
	}
	p.limited, p.cutAt, p.wasCut = time.Time{}, time.Time{}, false
	p.rate, p.ramp = p.highest(), startOpen
	p.setOpen()
}
