package pace

import "time"

// mark is how many responses there were at one moment.
type mark struct {
	answered int64
	at       time.Time
}

const (
	// markEvery is how many responses go by between two looks at the clock.
	markEvery = 16
	// markAfter is the shortest time between two marks, and the shortest over
	// which a rate is measured: a burst is no rate.
	markAfter = time.Second
)

// mark notes the responses so far, unless that was done just now.
func (p *Pacer) mark(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.marks[1].at) >= markAfter {
		p.marks[0], p.marks[1] = p.marks[1], mark{p.answered.Load(), now}
	}
}

// measured is how many responses a second came before now: a limit is hardly
// lower than what the server has just done. It is zero for fewer than a mark's.
func (p *Pacer) measured(now time.Time) (rate float64) {
	for _, m := range p.marks {
		if !m.at.IsZero() {
			passed := max(now.Sub(m.at), markAfter)
			rate = max(rate, float64(p.answered.Load()-m.answered)/passed.Seconds())
		}
	}
	return rate
}
