package idem

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR9_R15_Decide(t *testing.T) {
	const s = time.Second
	p, err := Policy{}.withDefaults(Profile{KeyTTL: 90 * s})
	require.NoError(t, err)
	three := p
	three.MaxAttempts = 3
	later := func(v Verdict) judgement { return judgement{verdict: v, again: againLater} }
	open := situation{class: Keyed, outcome: OutcomeUnknown, made: 1, windowed: true, left: 80 * s, patience: 80 * s}
	with := func(change func(*situation)) situation {
		c := open
		change(&c)
		return c
	}
	rows := map[string]struct {
		j         judgement
		s         situation
		p         Policy
		low, high time.Duration
		stop      stop
	}{
		"first retry":                                          {later(VerdictAmbiguous), open, p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"R17 at once":                                          {judgement{again: againAtOnce}, open, p, 0, 0, stopNone},
		"R13 the caller has gone":                              {later(VerdictAmbiguous), with(func(s *situation) { s.callerOver = true }), p, 0, 0, stopCaller},
		"R13 the caller has gone, nothing sent":                {judgement{verdict: VerdictNothingSent}, with(func(s *situation) { s.callerOver = true }), p, 0, 0, stopCaller},
		"key unverified after ambiguous":                       {later(VerdictAmbiguous), with(func(s *situation) { s.class = KeyUnverified }), p, 0, 0, stopClass},
		"non-idempotent after ambiguous":                       {later(VerdictAmbiguous), with(func(s *situation) { s.class = NonIdempotent }), p, 0, 0, stopClass},
		"non-idempotent after refused":                         {later(VerdictRejected), with(func(s *situation) { s.class = NonIdempotent }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"non-idempotent, nothing sent":                         {later(VerdictNothingSent), with(func(s *situation) { s.class, s.outcome = NonIdempotent, OutcomeNotSent }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"R15 what may be stored is asked a few times":          {judgement{again: againFew}, with(func(s *situation) { s.made = 6 }), p, 0, 0, stopAttempts},
		"R15 and not fewer":                                    {judgement{again: againFew}, with(func(s *situation) { s.made = 5 }), p, 2 * s, 4 * s, stopNone},
		"key unverified after refused":                         {later(VerdictRejected), with(func(s *situation) { s.class = KeyUnverified }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"key unverified, answer lost":                          {later(VerdictResponseLost), with(func(s *situation) { s.class = KeyUnverified }), p, 0, 0, stopClass},
		"read, answer lost":                                    {later(VerdictResponseLost), with(func(s *situation) { s.class = Safe }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"R15 keyed in doubt goes on":                           {later(VerdictAmbiguous), with(func(s *situation) { s.made = 6 }), p, 4 * s, 8 * s, stopNone},
		"R15 idempotent in doubt goes on":                      {later(VerdictAmbiguous), with(func(s *situation) { s.made, s.class = 20, Idempotent }), p, 4 * s, 8 * s, stopNone},
		"R15 unless a number was set":                          {later(VerdictAmbiguous), with(func(s *situation) { s.made = 3 }), three, 0, 0, stopAttempts},
		"R15 nothing sent goes on":                             {later(VerdictNothingSent), with(func(s *situation) { s.made, s.outcome = 6, OutcomeNotSent }), p, 4 * s, 8 * s, stopNone},
		"R15 a read does not":                                  {later(VerdictNothingSent), with(func(s *situation) { s.made, s.class = 6, Safe }), p, 0, 0, stopAttempts},
		"R15 a refusal does not":                               {later(VerdictRejected), with(func(s *situation) { s.made, s.outcome = 6, OutcomeRejected }), p, 0, 0, stopAttempts},
		"R15 a refusal after doubt does":                       {later(VerdictRejected), with(func(s *situation) { s.made = 6 }), p, 4 * s, 8 * s, stopNone},
		"R15 a lost answer does, keyed":                        {later(VerdictResponseLost), with(func(s *situation) { s.made, s.outcome = 6, OutcomeDone }), p, 4 * s, 8 * s, stopNone},
		"in progress is not counted":                           {judgement{again: againProgress}, with(func(s *situation) { s.made, s.asked = 50, 1 }), three, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"R15 Retry-After is a floor":                           {later(VerdictAmbiguous), with(func(s *situation) { s.floor = 30e9 }), p, 30 * s, 30 * s, stopNone},
		"R9 Retry-After past the window":                       {later(VerdictRejected), with(func(s *situation) { s.floor, s.outcome = 79e9, OutcomeRejected }), p, 0, 0, stopWindow},
		"R9 Retry-After past the deadline":                     {later(VerdictRejected), with(func(s *situation) { s.floor, s.outcome, s.hasDeadline, s.deadline = 30e9, OutcomeRejected, true, 20e9 }), p, 0, 0, stopDeadline},
		"R34 in doubt, the window's end is the last attempt's": {later(VerdictAmbiguous), with(func(s *situation) { s.floor = 84e9 }), p, 65 * s, 78 * s, stopNone},
		"R34 idempotent too":                                   {later(VerdictAmbiguous), with(func(s *situation) { s.floor, s.class, s.windowed = 100e9, Idempotent, false }), p, 65 * s, 78 * s, stopNone},
		"R34 a rejection after doubt too":                      {later(VerdictRejected), with(func(s *situation) { s.floor = 84e9 }), p, 65 * s, 78 * s, stopNone},
		"R34 the deadline's end likewise":                      {later(VerdictAmbiguous), with(func(s *situation) { s.floor, s.hasDeadline, s.deadline = 60e9, true, 20e9 }), p, 5 * s, 18 * s, stopNone},
		"R34 once":                                             {later(VerdictAmbiguous), with(func(s *situation) { s.floor, s.lastUsed = 84e9, true }), p, 0, 0, stopWindow},
		"R34 not what nothing protects":                        {later(VerdictRejected), with(func(s *situation) { s.floor, s.class, s.windowed = 84e9, KeyUnverified, false }), p, 0, 0, stopPatience},
		"R35 in doubt: at the slowest pace":                    {judgement{verdict: VerdictNothingSent, again: againInDoubt}, open, p, 4 * s, 8 * s, stopNone},
		"R32 after the bound: one more":                        {later(VerdictNothingSent), with(func(s *situation) { s.windowed, s.patience, s.suspended = false, -10e9, true }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"R32 not where the process ran all the time":           {later(VerdictNothingSent), with(func(s *situation) { s.windowed, s.patience = false, -10e9 }), p, 0, 0, stopPatience},
		"A1 what a sleep gave up may arrive first":             {later(VerdictAmbiguous), with(func(s *situation) { s.rest = 5e9 }), p, 5 * s, 5 * s, stopNone},
		"R32 one":                                    {later(VerdictNothingSent), with(func(s *situation) { s.windowed, s.patience, s.suspended, s.lastUsed = false, -10e9, true, true }), p, 0, 0, stopPatience},
		"R32 not after the window":                   {later(VerdictAmbiguous), with(func(s *situation) { s.patience, s.left, s.suspended = -10e9, -5e9, true }), p, 0, 0, stopWindow},
		"R32 not beyond a number that was set":       {later(VerdictNothingSent), with(func(s *situation) { s.windowed, s.patience, s.made, s.suspended = false, -10e9, 3, true }), three, 0, 0, stopAttempts},
		"R33 idempotent, in doubt: one more":         {judgement{verdict: VerdictAmbiguous}, with(func(s *situation) { s.class, s.windowed = Idempotent, false }), p, 4 * s, 8 * s, stopNone},
		"R33 once":                                   {judgement{verdict: VerdictAmbiguous}, with(func(s *situation) { s.class, s.windowed, s.lastUsed = Idempotent, false, true }), p, 0, 0, stopJudged},
		"R33 not beyond a number that was set":       {judgement{verdict: VerdictAmbiguous}, with(func(s *situation) { s.class, s.windowed = Idempotent, false }), three, 0, 0, stopJudged},
		"R33 a keyed end in doubt stays one":         {judgement{verdict: VerdictAmbiguous}, open, p, 0, 0, stopJudged},
		"R31 a contradiction is read, not asked for": {judgement{verdict: VerdictAmbiguous, contradicted: true}, with(func(s *situation) { s.class, s.windowed = Idempotent, false }), p, 0, 0, stopJudged},
		"R33 time for reading is kept back": {later(VerdictAmbiguous), with(func(s *situation) {
			s.class, s.made, s.hasDeadline, s.deadline, s.reserve = Idempotent, 6, true, 5e9, 2e9
		}), p, 1500 * time.Millisecond, 1500 * time.Millisecond, stopNone},
		"R9 the window's end":                     {later(VerdictAmbiguous), with(func(s *situation) { s.left = 2e9 }), p, 0, 0, stopWindow},
		"the last wait is shortened":              {later(VerdictAmbiguous), with(func(s *situation) { s.made, s.left = 6, 3e9 }), p, s, s, stopNone},
		"but not below a wait worth the name":     {later(VerdictAmbiguous), with(func(s *situation) { s.made, s.left = 6, 2.1e9 }), p, 0, 0, stopWindow},
		"shortened for a deadline too":            {later(VerdictAmbiguous), with(func(s *situation) { s.made, s.hasDeadline, s.deadline = 6, true, 5e9 }), p, 3 * s, 3 * s, stopNone},
		"a caller in a hurry gets short attempts": {later(VerdictAmbiguous), with(func(s *situation) { s.hasDeadline, s.deadline = true, 1e9 }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
		"patience ends a call without a window":   {later(VerdictNothingSent), with(func(s *situation) { s.windowed, s.patience = false, 2e9 }), p, 0, 0, stopPatience},
		"no window, no bound but patience":        {later(VerdictAmbiguous), with(func(s *situation) { s.windowed, s.left = false, -1 }), p, 125 * time.Millisecond, 250 * time.Millisecond, stopNone},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			d := decide(row.j, row.s, row.p)
			wait, why := d.wait, d.stop
			assert.Equal(t, row.stop, why)
			assert.GreaterOrEqual(t, wait, row.low)
			assert.LessOrEqual(t, wait, row.high)
			if why != stopJudged && why != stopNone {
				assert.NotEmpty(t, why.String(), "a call that stops says why")
			}
		})
	}
}

func TestR9_AFinalJudgementNeedsNoDecision(t *testing.T) {
	for _, v := range []Verdict{VerdictDone, VerdictAlreadyApplied, VerdictRejected, VerdictRejectedStored, VerdictKeyReused, VerdictResponseLost} {
		assert.True(t, judgement{verdict: v}.final(), "%s", v)
		assert.False(t, judgement{verdict: v, again: againOnce}.final(), "%s, asked for again", v)
	}
	for _, v := range []Verdict{VerdictAmbiguous, VerdictNothingSent} {
		assert.False(t, judgement{verdict: v}.final(), "%s: the caller may have gone, and is told so", v)
	}
}

func TestR16_TheAttemptThatIsNeverWithheldComesLate(t *testing.T) {
	p, err := Policy{}.withDefaults(Profile{KeyTTL: 90 * time.Second})
	require.NoError(t, err)
	s := situation{class: Keyed, windowed: true, left: 80 * time.Second, patience: 85 * time.Second}
	assert.Equal(t, 65*time.Second, s.last(time.Second, p), "a whole attempt before the window closes")
	s.left = 10 * time.Second
	assert.Equal(t, time.Second, s.last(time.Second, p), "never before the wait that was due")
	s.left = 2500 * time.Millisecond
	assert.Equal(t, 500*time.Millisecond, s.last(time.Second, p), "never too late")
}
