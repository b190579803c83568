package timeline

import (
	"math"
	"slices"
)

// scale maps seconds to the width of the plot. A stretch in which nothing
// happens, and which would leave no room for the rest, is cut out.
type scale struct {
	parts []part
	cuts  []cut
}

// part is a stretch that is drawn to scale.
type part struct {
	span

	x, width float64
}

// cut is a stretch that is left out.
type cut struct {
	span

	x float64
}

const (
	cutWidth  = 46.0
	minPart   = 30.0
	maxCuts   = 4
	cutFactor = 12.0 // times as long as all that is shown
	longGap   = 20.0 // seconds; shorter ones are always shown
)

// newScale fits a course into a width.
func newScale(c course, width float64) scale {
	busy := busySpans(c)
	cuts := chooseCuts(busy)
	var s scale
	from := c.start()
	for _, gap := range cuts {
		s.parts = append(s.parts, part{span: span{from, gap.from}})
		s.cuts = append(s.cuts, cut{span: gap})
		from = gap.to
	}
	s.parts = append(s.parts, part{span: span{from, math.Max(from, c.last())}})
	s.layOut(width)
	return s
}

// busySpans are the stretches in which something happens, in order and apart.
func busySpans(c course) []span {
	all := slices.Clone(c.spans)
	if end := c.window.to; end > c.start() && end < c.last() {
		all = append(all, span{end, end})
	}
	if c.until > c.end() {
		all = append(all, span{c.until, c.until})
	}
	slices.SortStableFunc(all, func(a, b span) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		default:
			return 0
		}
	})
	var apart []span
	for _, s := range all {
		if n := len(apart); n > 0 && s.from <= apart[n-1].to {
			apart[n-1].to = math.Max(apart[n-1].to, s.to)
			continue
		}
		apart = append(apart, s)
	}
	return apart
}

// chooseCuts returns the gaps that are left out, in order. From the shortest
// gap on, each is kept if it leaves room for what is shown already.
func chooseCuts(busy []span) []span {
	shown := 0.0
	var gaps []span
	for i, s := range busy {
		shown += s.to - s.from
		if i > 0 {
			gaps = append(gaps, span{busy[i-1].to, s.from})
		}
	}
	slices.SortStableFunc(gaps, func(a, b span) int {
		if a.to-a.from < b.to-b.from {
			return -1
		}
		return 1
	})
	var cuts []span
	for i, gap := range gaps {
		long := gap.to - gap.from
		if shown > 0 && long > cutFactor*shown && long > longGap || len(cuts) > 0 {
			cuts = append(cuts, gaps[i])
			continue
		}
		shown += long
	}
	cuts = cuts[max(0, len(cuts)-maxCuts):]
	slices.SortFunc(cuts, func(a, b span) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	return cuts
}

// layOut gives each part its share of the width, and at least minPart.
func (s *scale) layOut(width float64) {
	total := 0.0
	for _, p := range s.parts {
		total += p.to - p.from
	}
	room := width - cutWidth*float64(len(s.cuts)) - minPart*float64(len(s.parts))
	x := 0.0
	for i := range s.parts {
		p := &s.parts[i]
		p.x, p.width = x, minPart
		switch {
		case total > 0:
			p.width += room * (p.to - p.from) / total
		default:
			p.width += room / float64(len(s.parts))
		}
		x += p.width
		if i < len(s.cuts) {
			s.cuts[i].x = x
			x += cutWidth
		}
	}
}

// at returns where a moment is, within the plot.
func (s *scale) at(seconds float64) float64 {
	for i, p := range s.parts {
		if seconds <= p.to || i == len(s.parts)-1 {
			return p.at(seconds)
		}
		if i < len(s.cuts) && seconds < s.cuts[i].to {
			c := s.cuts[i]
			return c.x + cutWidth*(seconds-c.from)/(c.to-c.from)
		}
	}
	return 0
}

func (p part) at(seconds float64) float64 {
	if p.to <= p.from {
		return p.x
	}
	share := (seconds - p.from) / (p.to - p.from)
	return p.x + p.width*math.Min(1, math.Max(0, share))
}

// tick is a label of the axis.
type tick struct {
	x    float64
	text string
	line bool // it has a line
}

const tickDistance = 62.0 // at least, between labels

// ticks returns the axis: round times in the first part and, behind each cut,
// how long it is.
func (s *scale) ticks() []tick {
	first := s.parts[0]
	ticks := []tick{{first.at(0), "0", true}}
	if first.from < 0 {
		ticks = []tick{{first.x, since(first.from), true}}
	}
	last := first.x + first.width
	step := niceStep((first.to - first.from) * tickDistance / math.Max(first.width, 1))
	for n := 1; step > 0 && n < 100; n++ {
		at := math.Floor(first.from/step)*step + float64(n)*step
		x := first.at(at)
		if at > first.to || len(s.cuts) > 0 && x > last-tickDistance/2 {
			break
		}
		if x-ticks[len(ticks)-1].x >= tickDistance*0.8 {
			ticks = append(ticks, tick{x, axisTime(at), true})
		}
	}
	for _, c := range s.cuts {
		ticks = append(ticks, tick{c.x + cutWidth/2, roughly(c.to - c.from), false})
	}
	return ticks
}

// steps are the distances of ticks, in seconds.
var steps = []float64{
	1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
	minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
	hour, 2 * hour, 6 * hour, 12 * hour,
	day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day, 3650 * day, 36500 * day,
}

// niceStep returns the shortest round distance that is long enough; 0 if there
// is none, or nothing to measure.
func niceStep(least float64) float64 {
	for _, s := range steps {
		if least > 0 && s >= least {
			return s
		}
	}
	return 0
}

// axisTime returns a tick's time, in one unit: two have no room.
func axisTime(seconds float64) string {
	switch {
	case seconds < 0:
		return "\u2212" + axisTime(-seconds)
	case seconds < minute:
		return length(seconds)
	case seconds < hour:
		return decimal(seconds/minute, 2) + " min"
	case seconds < 2*day:
		return decimal(seconds/hour, 2) + " h"
	default:
		return decimal(seconds/day, 2) + " d"
	}
}

// roughly returns a length of time in one unit.
func roughly(seconds float64) string {
	for _, u := range []struct {
		least, unit float64
		name        string
	}{{365 * day, 365 * day, "y"}, {2 * day, day, "d"}, {2 * hour, hour, "h"}, {2 * minute, minute, "min"}} {
		if seconds >= u.least {
			return decimal(math.Round(seconds/u.unit), 0) + " " + u.name
		}
	}
	return decimal(seconds, 0) + " s"
}
