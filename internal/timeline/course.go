package timeline

import (
	"math"
	"time"
)

// span is a stretch of time, in seconds since the first step.
type span struct{ from, to float64 }

// course is when each step ran, on one clock that never goes back.
type course struct {
	begin  time.Time // of the first step; the zero of the spans
	spans  []span    // of the steps
	back   bool      // the wall clock was set back between two attempts
	window span      // the key's; empty without one
	until  float64   // how far the axis goes at least
}

// course places the steps on one clock. Within a call the wall clock may be set
// back, so that an attempt would begin before the one before it has ended: it is
// then placed behind it and its wait.
func (t Timeline) course() course {
	c := course{begin: t.begin(), spans: make([]span, len(t.Steps))}
	var last span
	var wait float64
	for i, s := range t.Steps {
		at := seconds(s.Start, c.begin)
		switch follows := i > 0 && s.Number > 0 && t.Steps[i-1].Number > 0; {
		case s.Start.IsZero():
			at = last.to + wait
		case follows && at < last.to-tolerance:
			at = last.to + wait
			c.back = true
		}
		last = span{at, at + max(0, s.Took.Seconds())}
		wait = max(0, s.Wait.Seconds())
		c.spans[i] = last
	}
	if t.Window.End.After(t.Window.Start) {
		c.window = span{seconds(t.Window.Start, c.begin), seconds(t.Window.End, c.begin)}
	}
	if !t.Until.IsZero() && !c.begin.IsZero() {
		c.until = seconds(t.Until, c.begin)
	}
	return c
}

// tolerance is by how much the rounding of a clock may misplace an attempt, in
// seconds.
const tolerance = 0.002

func (t Timeline) begin() time.Time {
	for _, s := range t.Steps {
		if !s.Start.IsZero() {
			return s.Start
		}
	}
	return t.Window.Start
}

// seconds returns the time from begin to t. Differences that a Duration cannot
// hold are cut.
func seconds(t, begin time.Time) float64 { return t.Sub(begin).Seconds() }

// end returns when the last step ended.
func (c course) end() float64 {
	end := 0.0
	for _, s := range c.spans {
		end = math.Max(end, s.to)
	}
	return end
}

// last returns when the axis ends.
func (c course) last() float64 { return math.Max(c.end(), c.until) }

// start returns when the first one began; the steps of a journal need not begin
// with it.
func (c course) start() float64 {
	start := 0.0
	for _, s := range c.spans {
		start = math.Min(start, s.from)
	}
	return start
}
