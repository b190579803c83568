package idem

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestR9_R15_Decide(t *testing.T) {
	const s = time.Second
	p, err := Policy{}.withDefaults(Profile{KeyTTL: 90 * s, MaxElapsedTime: 90 * s})
	require.NoError(t, err)
	three := p
	three.MaxAttempts = 3
	later := func(v Verdict) classification { return classification{verdict: v, retry: retryBackoff} }
	open := retryState{class: Keyed, outcome: OutcomeUnknown, countedAttempts: 1, windowed: true, windowLeft: 80 * s, elapsedLeft: 80 * s}
	with := func(change func(*retryState)) retryState {
		c := open
		change(&c)
		return c
	}
	for name, row := range map[string]struct {
		j         classification
		s         retryState
		p         Policy
		low, high time.Duration
		stop      stop
	}{
		"first retry":                                 {j: later(VerdictAmbiguous), s: open, p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"R17 at once":                                 {j: classification{retry: retryNow}, s: open, p: p, stop: stopNone},
		"R13 the caller has gone":                     {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.callerDone = true }), p: p, stop: stopCaller},
		"R13 the caller has gone, nothing sent":       {j: classification{verdict: VerdictNothingSent}, s: with(func(s *retryState) { s.callerDone = true }), p: p, stop: stopCaller},
		"key unverified after ambiguous":              {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.class = KeyUnverified }), p: p, stop: stopClass},
		"non-idempotent after ambiguous":              {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.class = NonIdempotent }), p: p, stop: stopClass},
		"non-idempotent after refused":                {j: later(VerdictRejected), s: with(func(s *retryState) { s.class = NonIdempotent }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"non-idempotent, nothing sent":                {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.class, s.outcome = NonIdempotent, OutcomeNotSent }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"R15 what may be stored is asked a few times": {j: classification{retry: retryLimited}, s: with(func(s *retryState) { s.countedAttempts = 6 }), p: p, stop: stopAttempts},
		"R15 and not fewer":                           {j: classification{retry: retryLimited}, s: with(func(s *retryState) { s.countedAttempts = 5 }), p: p, low: 2 * s, high: 4 * s, stop: stopNone},
		"key unverified after refused":                {j: later(VerdictRejected), s: with(func(s *retryState) { s.class = KeyUnverified }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"key unverified, answer lost":                 {j: later(VerdictResponseLost), s: with(func(s *retryState) { s.class = KeyUnverified }), p: p, stop: stopClass},
		"read, answer lost":                           {j: later(VerdictResponseLost), s: with(func(s *retryState) { s.class = Safe }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"R15 keyed in doubt goes on":                  {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts = 6 }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R15 idempotent in doubt goes on":             {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts, s.class = 20, Idempotent }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R15 unless a number was set":                 {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts = 3 }), p: three, stop: stopAttempts},
		"R15 nothing sent goes on":                    {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.countedAttempts, s.outcome = 6, OutcomeNotSent }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R15 a read does not":                         {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.countedAttempts, s.class = 6, Safe }), p: p, stop: stopAttempts},
		"R15 a refusal does not":                      {j: later(VerdictRejected), s: with(func(s *retryState) { s.countedAttempts, s.outcome = 6, OutcomeRejected }), p: p, stop: stopAttempts},
		"R15 a refusal after doubt does":              {j: later(VerdictRejected), s: with(func(s *retryState) { s.countedAttempts = 6 }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R15 a lost answer does, keyed":               {j: later(VerdictResponseLost), s: with(func(s *retryState) { s.countedAttempts, s.outcome = 6, OutcomeDone }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"in progress is not counted":                  {j: classification{retry: retryUncounted}, s: with(func(s *retryState) { s.countedAttempts, s.inProgressCount = 50, 1 }), p: three, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"R15 Retry-After is a floor":                  {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.retryAfter = 30e9 }), p: p, low: 30 * s, high: 30 * s, stop: stopNone},
		"R9 Retry-After past the window":              {j: later(VerdictRejected), s: with(func(s *retryState) { s.retryAfter, s.outcome = 79e9, OutcomeRejected }), p: p, stop: stopWindow},
		"R9 Retry-After past the deadline": {j: later(VerdictRejected), s: with(func(s *retryState) {
			s.retryAfter, s.outcome, s.hasDeadline, s.deadline = 30e9, OutcomeRejected, true, 20e9
		}), p: p, stop: stopDeadline},
		"R34 in doubt, the window's end is the last attempt's": {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.retryAfter = 84e9 }), p: p, low: 65 * s, high: 78 * s, stop: stopNone},
		"R34 idempotent too":                         {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.retryAfter, s.class, s.windowed = 100e9, Idempotent, false }), p: p, low: 65 * s, high: 78 * s, stop: stopNone},
		"R34 a rejection after doubt too":            {j: later(VerdictRejected), s: with(func(s *retryState) { s.retryAfter = 84e9 }), p: p, low: 65 * s, high: 78 * s, stop: stopNone},
		"R34 the deadline's end likewise":            {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.retryAfter, s.hasDeadline, s.deadline = 60e9, true, 20e9 }), p: p, low: 5 * s, high: 18 * s, stop: stopNone},
		"R34 once":                                   {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.retryAfter, s.extraUsed = 84e9, true }), p: p, stop: stopWindow},
		"R34 not what nothing protects":              {j: later(VerdictRejected), s: with(func(s *retryState) { s.retryAfter, s.class, s.windowed = 84e9, KeyUnverified, false }), p: p, stop: stopElapsed},
		"R35 in doubt: at the slowest pace":          {j: classification{verdict: VerdictNothingSent, retry: retryInDoubt}, s: open, p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R32 after the bound: one more":              {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.windowed, s.elapsedLeft, s.suspended = false, -10e9, true }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"R32 after the bound, at once":               {j: classification{retry: retryNow}, s: with(func(s *retryState) { s.windowed, s.elapsedLeft, s.suspended = false, -10e9, true }), p: p, stop: stopNone},
		"R32 not where the process ran all the time": {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.windowed, s.elapsedLeft = false, -10e9 }), p: p, stop: stopElapsed},
		"A1 what a sleep gave up may arrive first":   {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.minDelay = 5e9 }), p: p, low: 5 * s, high: 5 * s, stop: stopNone},
		"R32 one":                                    {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.windowed, s.elapsedLeft, s.suspended, s.extraUsed = false, -10e9, true, true }), p: p, stop: stopElapsed},
		"R32 not after the window":                   {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.elapsedLeft, s.windowLeft, s.suspended = -10e9, -5e9, true }), p: p, stop: stopWindow},
		"R32 not beyond a number that was set":       {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.windowed, s.elapsedLeft, s.countedAttempts, s.suspended = false, -10e9, 3, true }), p: three, stop: stopAttempts},
		"R33 idempotent, in doubt: one more":         {j: classification{verdict: VerdictAmbiguous}, s: with(func(s *retryState) { s.class, s.windowed = Idempotent, false }), p: p, low: 4 * s, high: 8 * s, stop: stopNone},
		"R33 once":                                   {j: classification{verdict: VerdictAmbiguous}, s: with(func(s *retryState) { s.class, s.windowed, s.extraUsed = Idempotent, false, true }), p: p, stop: stopSettled},
		"R33 not beyond a number that was set":       {j: classification{verdict: VerdictAmbiguous}, s: with(func(s *retryState) { s.class, s.windowed = Idempotent, false }), p: three, stop: stopSettled},
		"R33 a keyed end in doubt stays one":         {j: classification{verdict: VerdictAmbiguous}, s: open, p: p, stop: stopSettled},
		"R31 a contradiction is read, not asked for": {j: classification{verdict: VerdictAmbiguous, contradicted: true}, s: with(func(s *retryState) { s.class, s.windowed = Idempotent, false }), p: p, stop: stopSettled},
		"R33 time for reading is kept back": {j: later(VerdictAmbiguous), s: with(func(s *retryState) {
			s.class, s.countedAttempts, s.hasDeadline, s.deadline, s.readReserve = Idempotent, 6, true, 5e9, 2e9
		}), p: p, low: 1500 * time.Millisecond, high: 1500 * time.Millisecond, stop: stopNone},
		"R9 the window's end":                     {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.windowLeft = 2e9 }), p: p, stop: stopWindow},
		"the last wait is shortened":              {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts, s.windowLeft = 6, 3e9 }), p: p, low: s, high: s, stop: stopNone},
		"but not below a wait worth the name":     {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts, s.windowLeft = 6, 2.1e9 }), p: p, stop: stopWindow},
		"shortened for a deadline too":            {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.countedAttempts, s.hasDeadline, s.deadline = 6, true, 5e9 }), p: p, low: 3 * s, high: 3 * s, stop: stopNone},
		"a caller in a hurry gets short attempts": {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.hasDeadline, s.deadline = true, 1e9 }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
		"patience ends a call without a window":   {j: later(VerdictNothingSent), s: with(func(s *retryState) { s.windowed, s.elapsedLeft = false, 2e9 }), p: p, stop: stopElapsed},
		"no window, no bound but patience":        {j: later(VerdictAmbiguous), s: with(func(s *retryState) { s.windowed, s.windowLeft = false, -1 }), p: p, low: 125 * time.Millisecond, high: 250 * time.Millisecond, stop: stopNone},
	} {
		t.Run(name, func(t *testing.T) {
			row.s.policy, row.s.random = &row.p, randomUpTo
			d := decide(row.j, row.s)
			wait, why := d.wait, d.stop
			assert.Equal(t, row.stop, why)
			assert.GreaterOrEqual(t, wait, row.low)
			assert.LessOrEqual(t, wait, row.high)
			if why != stopSettled && why != stopNone {
				assert.NotEmpty(t, why.String(), "a call that stops says why")
			}
		})
	}
}

func TestR9_AFinalJudgementNeedsNoDecision(t *testing.T) {
	for _, v := range []Verdict{VerdictDone, VerdictAlreadyApplied, VerdictRejected, VerdictRejectedStored, VerdictKeyReused, VerdictResponseLost} {
		assert.True(t, classification{verdict: v}.isFinal(), "%s", v)
		assert.False(t, classification{verdict: v, retry: retryOnce}.isFinal(), "%s, asked for again", v)
	}
	for _, v := range []Verdict{VerdictAmbiguous, VerdictNothingSent} {
		assert.False(t, classification{verdict: v}.isFinal(), "%s: the caller may have gone, and is told so", v)
	}
}

func TestR16_TheAttemptThatIsNeverWithheldComesLate(t *testing.T) {
	p, err := Policy{}.withDefaults(Profile{KeyTTL: 90 * time.Second, MaxElapsedTime: 90 * time.Second})
	require.NoError(t, err)
	s := retryState{policy: &p, class: Keyed, windowed: true, windowLeft: 80 * time.Second, elapsedLeft: 85 * time.Second}
	assert.Equal(t, 65*time.Second, s.finalAttemptDelay(time.Second), "a whole attempt before the window closes")
	s.windowLeft = 10 * time.Second
	assert.Equal(t, time.Second, s.finalAttemptDelay(time.Second), "never before the wait that was due")
	s.windowLeft = 2500 * time.Millisecond
	assert.Equal(t, 500*time.Millisecond, s.finalAttemptDelay(time.Second), "never too late")
}

func TestR15_BackoffIsExponentialHalfRandomAndCapped(t *testing.T) {
	const base, limit = 250 * time.Millisecond, 8 * time.Second
	for n, full := range map[int]time.Duration{
		1: base, 2: 2 * base, 3: 4 * base, 4: 8 * base, 5: 16 * base, 6: limit, 7: limit, 40: limit, 64: limit, 1000: limit,
	} {
		low, high := time.Duration(math.MaxInt64), time.Duration(0)
		for range 400 {
			d := jitter(randomUpTo).backoff(base, limit, n)
			low, high = min(low, d), max(high, d)
		}
		assert.GreaterOrEqual(t, low, full/2, "n=%d", n)
		assert.LessOrEqual(t, high, full, "n=%d", n)
		assert.Greater(t, high-low, full/4, "n=%d: half of it is random", n)
	}
}

func TestR16_BudgetIsSharedAndGivenBack(t *testing.T) {
	var b budget
	for range budgetCapacity {
		assert.True(t, b.acquire())
	}
	assert.False(t, b.acquire(), "spent")
	b.release()
	assert.True(t, b.acquire(), "a definite answer gives one back")
	for range 3 * budgetCapacity {
		b.release()
	}
	for range budgetCapacity {
		assert.True(t, b.acquire())
	}
	assert.False(t, b.acquire(), "never more than its capacity")
}

func TestR11_Fold(t *testing.T) {
	const u, n, r, d = OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone
	rows := map[Verdict][4]Outcome{ // what becomes of unknown, not sent, rejected, done
		VerdictNothingSent:    {u, n, r, d},
		VerdictAmbiguous:      {u, u, u, d},
		VerdictRejected:       {u, r, r, d},
		VerdictKeyReused:      {u, r, r, d},
		VerdictRejectedStored: {r, r, r, d},
		VerdictDone:           {d, d, d, d},
		VerdictResponseLost:   {d, d, d, d},
		VerdictAlreadyApplied: {d, d, d, d},
	}
	for v, want := range rows {
		for i, known := range []Outcome{u, n, r, d} {
			assert.Equal(t, want[i], fold(known, v), "%s after %s", v, known)
		}
	}
}

// truth is a server under one key, known to the test alone: it stores the first
// answer that comes from behind the idempotency layer.
type truth struct {
	executed bool
	refused  bool // stored
}

func (s *truth) attempt(t *rapid.T) Verdict {
	switch rapid.SampledFrom([]string{"no connection", "refused before the layer", "arrives"}).Draw(t, "way") {
	case "no connection":
		return VerdictNothingSent
	case "refused before the layer":
		if rapid.Bool().Draw(t, "heard") {
			return VerdictRejected
		}
		return VerdictAmbiguous
	}
	replay := s.executed || s.refused
	if !replay {
		s.executed = rapid.Bool().Draw(t, "accepted")
		s.refused = !s.executed
	}
	if !rapid.Bool().Draw(t, "heard") {
		return VerdictAmbiguous
	}
	switch {
	case s.executed && rapid.Bool().Draw(t, "cut"):
		return VerdictResponseLost
	case s.executed:
		return VerdictDone
	case replay:
		return VerdictRejectedStored
	default:
		return VerdictRejected
	}
}

func TestR11_FoldNeverLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var server truth
		known := OutcomeNotSent
		sent := false
		for range rapid.IntRange(1, 8).Draw(t, "attempts") {
			v := server.attempt(t)
			sent = sent || v != VerdictNothingSent
			known = fold(known, v)
			switch known {
			case OutcomeDone:
				assert.True(t, server.executed, "done, and not executed")
			case OutcomeRejected:
				assert.False(t, server.executed, "rejected, and executed")
			case OutcomeNotSent:
				assert.False(t, sent, "not sent, and sent")
			}
		}
	})
}

func TestR15_RetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, row := range map[string]struct {
		value, date string
		want        time.Duration
	}{
		"none":                           {},
		"seconds":                        {value: "7", want: 7 * time.Second},
		"white space":                    {value: " 7 ", want: 7 * time.Second},
		"zero":                           {value: "0"},
		"negative":                       {value: "-3"},
		"the longest duration":           {value: "9223372036", want: 9223372036 * time.Second},
		"overflows a duration":           {value: "9223372037", want: math.MaxInt64},
		"overflows an integer":           {value: "99999999999999999999", want: math.MaxInt64},
		"R34 a fraction is rounded up":   {value: "1.5", want: 2 * time.Second},
		"R34 a small fraction":           {value: "0.1", want: time.Second},
		"R34 with its unit":              {value: "3s", want: 3 * time.Second},
		"R34 with its unit apart":        {value: "3 s", want: 3 * time.Second},
		"R34 of a list the largest":      {value: "3, 120, 5", want: 120 * time.Second},
		"R34 of a list what is read":     {value: "soon, 4", want: 4 * time.Second},
		"R34 date in UTC":                {value: now.Add(9 * time.Second).Format("Mon, 02 Jan 2006 15:04:05 UTC"), want: 9 * time.Second},
		"R34 date at +0000":              {value: now.Add(9 * time.Second).Format(time.RFC1123Z), want: 9 * time.Second},
		"R34 date at another offset":     {value: now.Add(9 * time.Second).In(time.FixedZone("", 7200)).Format(time.RFC1123Z), want: 9 * time.Second},
		"R34 date as in RFC 3339":        {value: now.Add(9 * time.Second).Format(time.RFC3339), want: 9 * time.Second},
		"R34 another unit is unreadable": {value: "3m"},
		"R34 an exponent is unreadable":  {value: "1e3"},
		"R34 two dots are unreadable":    {value: "1.2.3"},
		"R34 a very long number":         {value: strings.Repeat("9", 65)},
		"words are unreadable":           {value: "soon"},
		"date":                           {value: date(9 * time.Second), want: 9 * time.Second},
		"date in the past":               {value: date(-time.Hour)},
		"date against the answer's":      {value: date(9 * time.Second), date: date(4 * time.Second), want: 5 * time.Second},
		"own clock five minutes fast":    {value: date(-290 * time.Second), date: date(-300 * time.Second), want: 10 * time.Second},
		"RFC 850":                        {value: now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"), want: time.Minute},
		"asctime":                        {value: now.Add(time.Minute).Format(time.ANSIC), want: time.Minute},
		"unreadable Date":                {value: date(9 * time.Second), date: "yesterday", want: 9 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if row.value != "" {
				h.Set("Retry-After", row.value)
			}
			if row.date != "" {
				h.Set("Date", row.date)
			}
			assert.Equal(t, row.want, retryAfter(h, now))
		})
	}
	lines := http.Header{"Retry-After": {"7", date(time.Minute), "soon"}}
	assert.Equal(t, time.Minute, retryAfter(lines, now), "R34: of several field lines the largest")
}

func FuzzR15_RetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "9300000000", "Wed, 20 May 2026 07:00:00 GMT", "1e3", "٣"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		d := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Now())
		assert.GreaterOrEqual(t, d, time.Duration(0), "never shorter than now")
	})
}

func TestClass_AnUnknownOnePromisesLeast(t *testing.T) {
	for _, c := range []Class{Class(len(classNames)), 255} {
		assert.Equal(t, KeyUnverified.String(), c.String())
	}
}
