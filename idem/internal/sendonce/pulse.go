package sendonce

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

const (
	// tick is how often it is checked, while attempts are under way, whether
	// the machine has slept.
	tick = time.Second
	// maxLate is how late a timer may fire; one that is later has slept (R37).
	// The clocks may be as far apart.
	maxLate = 250 * time.Millisecond
)

// pulse finds out that the process or the machine has slept, and rings the
// alarms of all attempts under way. One timer serves them all: a timer of a
// second for each attempt would cost more than the rest of its alarm.
type pulse struct {
	clock clock.Clock

	mu      sync.Mutex
	timer   *time.Timer         // nil: none was needed yet
	beating bool                // the timer runs
	set     clock.Timestamp     // when it was set
	under   map[*alarm]struct{} // the alarms of the attempts under way
}

func (p *pulse) add(a *alarm, now clock.Timestamp) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under[a] = struct{}{}
	if !p.beating {
		p.arm(now)
	}
}

func (p *pulse) remove(a *alarm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.under, a)
}

// rest stops the timer, unless an attempt is under way.
func (p *pulse) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.under) == 0 && p.beating {
		p.beating = !p.timer.Stop()
	}
}

func (p *pulse) arm(now clock.Timestamp) {
	p.set, p.beating = now, true
	if p.timer == nil {
		p.timer = time.AfterFunc(tick, p.beat)
		return
	}
	p.timer.Reset(tick)
}

// beat is the timer's.
func (p *pulse) beat() {
	asleep, w := p.asleep()
	for _, a := range asleep {
		a.ring(w)
	}
}

// asleep returns the alarms that were set before or while the process or the
// machine slept, if it did. The timer goes on while anything is under way.
func (p *pulse) asleep() (all []*alarm, w period) {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	w = period{from: p.set, due: p.set.Mono + tick}
	if p.beating = len(p.under) > 0; !p.beating {
		return nil, w
	}
	p.arm(now)
	if w.slept(now) {
		all = slices.Collect(maps.Keys(p.under))
	}
	return all, w
}

// period is the time of a timer, from when it was set to when it was due.
type period struct {
	from clock.Timestamp
	due  time.Duration // by the monotonic clock
}

// since narrows the time to what is after a moment.
func (w period) since(s clock.Timestamp) period {
	if s.Mono > w.from.Mono {
		w.from = s
	}
	w.due = max(w.due, s.Mono)
	return w
}

// slept reports whether the process or the machine did: the timer fires late,
// or the wall clock has gone on without the monotonic one.
func (w period) slept(now clock.Timestamp) bool {
	return now.Mono-w.due > maxLate || now.Wall-w.from.Wall-w.from.Elapsed(now) > maxLate
}
