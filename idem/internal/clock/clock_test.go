package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// R10: a step of the wall clock is not a sleep where it is known how long the
// machine has slept. What is left of a step is what a host that pauses its
// machine may hide in it.
func TestR10_AStepIsDistinguishedFromASleep(t *testing.T) {
	const s, m = time.Second, time.Minute
	first := Timestamp{Mono: 1, Wall: 1, Slept: 1}.Back(-time.Hour)
	after := func(mono, wall, slept time.Duration) Timestamp {
		return Timestamp{Mono: first.Mono + mono, Wall: first.Wall + wall, Slept: first.Slept + slept}
	}
	for name, row := range map[string]struct {
		now          Timestamp
		age, unknown time.Duration // the second if the platform does not report sleep
	}{
		"both clocks run":                   {now: after(10*s, 10*s, 0), age: 10 * s, unknown: 10 * s},
		"slept":                             {now: after(10*s, 5*m+10*s, 5*m), age: 5*m + 10*s, unknown: 5*m + 10*s},
		"stepped forward":                   {now: after(10*s, 5*m+10*s, 0), age: 10*s + PauseAllowance, unknown: 5*m + 10*s},
		"stepped forward by little":         {now: after(10*s, 30*s, 0), age: 30 * s, unknown: 30 * s},
		"stepped back":                      {now: after(10*s, -time.Hour, 0), age: 10 * s, unknown: 10 * s},
		"slept, then stepped back as far":   {now: after(10*s, 10*s, 5*m), age: 5*m + 10*s, unknown: 10 * s},
		"slept, then stepped forward":       {now: after(10*s, 20*m, 5*m), age: 5*m + 10*s + PauseAllowance, unknown: 20 * m},
		"the wall clock lost time":          {now: after(5*m, 10*s, 0), age: 5 * m, unknown: 5 * m},
		"before: another goroutine's stamp": {now: after(-s, -s, 0), age: -s, unknown: -s},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, row.age, first.Age(row.now))
			assert.Equal(t, row.now.Mono-first.Mono, first.Elapsed(row.now), "R32: the monotonic clock alone")
			for _, blind := range [][2]Timestamp{{first, withoutSleep(row.now)}, {withoutSleep(first), row.now}} {
				assert.Equal(t, row.unknown, blind[0].Age(blind[1]), "the platform does not report sleep")
			}
			assert.Equal(t, row.now.Wall-first.Wall, Timestamp{Wall: first.Wall}.Age(row.now), "A7: another process's moment")
		})
	}
}

func withoutSleep(s Timestamp) Timestamp { return Timestamp{Mono: s.Mono, Wall: s.Wall} }

// walk is a machine whose clocks part: what is true is known.
type walk struct {
	passed, mono, wall, slept time.Duration
	watch                     sleepWatch
}

func newWalk() *walk {
	w := &walk{mono: time.Hour, wall: 400_000 * time.Hour}
	w.watch.ask = func() (time.Duration, bool) { return w.slept, true }
	return w
}

func (w *walk) hands() Timestamp {
	return Timestamp{Mono: w.mono, Wall: w.wall}
}

func (w *walk) quick() Timestamp {
	s := w.hands()
	s.Slept = w.watch.at(s)
	return s
}

func (w *walk) sure() Timestamp {
	s := w.hands()
	s.Slept = w.watch.refresh(s)
	return s
}

func (w *walk) step(t *rapid.T) {
	some := time.Duration(rapid.Int64Range(0, int64(5*time.Minute)).Draw(t, "d"))
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		w.passed, w.mono, w.wall = w.passed+some, w.mono+some, w.wall+some
	case 1:
		w.passed, w.wall, w.slept = w.passed+some, w.wall+some, w.slept+some
	case 2:
		w.wall += some
	case 3:
		w.wall -= some
	default: // which no clock but the platform's shows
		w.passed, w.slept = w.passed+some, w.slept+some
	}
}

// R10: if the platform reports sleep, no age that is checked before bytes leave
// is below the true one, for any sequence of sleeps and steps; and none is far
// above it.
func TestR10_NoAgeIsBelowTheTrueOne(t *testing.T) {
	type moment struct {
		Timestamp
		passed time.Duration
		exact  bool
	}
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk()
		var seen []moment
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			exact := rapid.Bool().Draw(t, "exact")
			s := w.quick()
			if exact {
				s = w.sure()
			}
			seen = append(seen, moment{s, w.passed, exact})
			w.step(t)
		}
		now := w.sure()
		for _, m := range seen {
			passed := w.passed - m.passed
			require.GreaterOrEqual(t, m.Age(now), passed-sleepGrain)
			if m.exact {
				require.LessOrEqual(t, m.Age(now), passed+PauseAllowance+sleepGrain)
			}
			for _, o := range seen {
				require.GreaterOrEqual(t, m.Earlier(o.Timestamp).Age(now), m.Age(now))
				blind := withoutSleep(m.Timestamp)
				require.GreaterOrEqual(t, blind.Earlier(o.Timestamp).Age(now), blind.Age(now), "sleep was not reported once")
			}
		}
	})
}

// The platform is queried when the clocks have drifted apart, and not
// otherwise.
func TestR10_ThePlatformIsAskedWhenTheClocksDriftApart(t *testing.T) {
	asked := 0
	w := newWalk()
	w.watch.ask = func() (time.Duration, bool) { asked++; return w.slept, true }
	pass := func(d time.Duration) { w.mono, w.wall = w.mono+d, w.wall+d }
	for range 100 {
		w.quick()
		pass(time.Minute)
	}
	assert.Equal(t, 1, asked, "at the first stamp")
	for name, part := range map[string]func(){
		"slept":           func() { w.wall, w.slept = w.wall+time.Minute, w.slept+time.Minute },
		"stepped":         func() { w.wall += time.Hour },
		"stepped back":    func() { w.wall -= time.Hour },
		"adjusted slowly": func() { w.wall += maxDrift + 1 },
	} {
		asked = 0
		part()
		for range 10 {
			assert.Equal(t, sleepOrigin+w.slept, w.quick().Slept, name)
			pass(time.Second)
		}
		assert.Equal(t, 1, asked, name)
	}
	w.watch.ask = func() (time.Duration, bool) { return 0, false }
	assert.Zero(t, w.sure().Slept, "sleep is no longer reported")
	assert.Zero(t, w.quick().Slept)
}
