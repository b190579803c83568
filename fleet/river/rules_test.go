package riverbardge

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
)

func TestOutcomesInRiversWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := bardge.NewKey()
		now := time.Now()
		attempted := bardgetest.Unknown("IssuePass", bardge.Key{}, time.Time{})
		attempted.RetryHelps, attempted.SafeUntil = false, time.Time{}
		attempted.Response.Attempts = []bardge.Attempt{{Number: 1}}
		expired := bardgetest.KeyExpired("IssuePass", key)
		expired.SafeUntil = now.Add(-time.Minute)
		longExpired := bardgetest.KeyExpired("IssuePass", key)
		longExpired.SafeUntil = now.Add(-time.Hour)
		noTurn := bardgetest.NotSent("IssuePass")
		noTurn.Err = errors.Join(bardge.ErrRateLimited, &LateError{Wait: 30 * time.Second})

		for name, row := range map[string]struct {
			err      error
			cancels  bool
			min, max time.Duration // of a snooze
		}{
			"rate limited": {err: bardgetest.RateLimited("IssuePass", 7*time.Second), min: 7 * time.Second, max: 12 * time.Second},
			"no turn":      {err: noTurn, min: 30 * time.Second, max: 46 * time.Second},
			"in doubt, repeating helps": {
				err: bardgetest.Unknown("IssuePass", key, now.Add(time.Minute)),
				min: 15 * time.Second, max: 19 * time.Second,
			},
			"not sent":               {err: bardgetest.NotSent("IssuePass"), min: 15 * time.Second, max: 19 * time.Second},
			"the journal failed":     {err: bardgetest.JournalFailed("IssuePass", "r"), min: 15 * time.Second, max: 19 * time.Second},
			"in doubt, sent now":     {err: attempted, min: 4 * time.Minute, max: 4 * time.Minute},
			"key expired":            {err: expired, min: 3 * time.Minute, max: 3 * time.Minute},
			"key expired, long ago":  {err: longExpired, cancels: true},
			"account":                {err: bardgetest.Rejected("IssuePass", bardge.ErrAccountDisabled), min: 15 * time.Second, max: 19 * time.Second},
			"API key":                {err: bardgetest.Rejected("IssuePass", bardge.ErrInvalidAPIKey), min: 15 * time.Second, max: 19 * time.Second},
			"rejected":               {err: bardgetest.Rejected("IssuePass", bardge.ErrPassNotFound), cancels: true},
			"invalid":                {err: bardgetest.Invalid("IssuePass", "PassID", "is not set"), cancels: true},
			"ref of another request": {err: bardgetest.RefReused("IssuePass", "r", bardge.OutcomeDone), cancels: true},
			"response lost":          {err: bardgetest.ResponseLost("IssuePass"), cancels: true},
		} {
			for _, err := range []error{row.err, fmt.Errorf("wrapped: %w", row.err)} {
				got := newRules(WorkerOptions{}).jobError(t.Context(), &rivertype.JobRow{}, err)
				if row.cancels {
					require.ErrorIs(t, got, &river.JobCancelError{}, name)
					assert.ErrorIs(t, got, row.err, name)
					continue
				}
				snooze, ok := errors.AsType[*river.JobSnoozeError](got)
				require.True(t, ok, "%s: %v", name, got)
				assert.GreaterOrEqual(t, snooze.Duration, row.min, name)
				assert.LessOrEqual(t, snooze.Duration, row.max, name)
			}
		}
	})
}

func TestOtherErrorsAreRivers(t *testing.T) {
	r := newRules(WorkerOptions{})
	mail := errors.New("the mail server is down")
	assert.Equal(t, mail, r.jobError(t.Context(), &rivertype.JobRow{}, mail))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stopped := bardgetest.Unknown("IssuePass", bardge.NewKey(), time.Time{})
	stopped.Err = context.Canceled
	assert.Equal(t, error(stopped), r.jobError(ctx, &rivertype.JobRow{}, stopped), "River works it again after a stop")
}

func TestLateJobsComeBackLessAndLessOften(t *testing.T) {
	r := newRules(WorkerOptions{Late: time.Second})
	for snoozes, want := range map[int]float64{0: 1, 3: 1, 4: 2, 11: 4, 20: 32, 1000: 32} {
		job := &rivertype.JobRow{Metadata: fmt.Appendf(nil, `{"snoozes":%d}`, snoozes)}
		snooze, ok := errors.AsType[*river.JobSnoozeError](r.snooze(job))
		require.True(t, ok)
		assert.InDelta(t, want*9/8, snooze.Duration.Seconds(), want/8+0.001, "%d", snoozes)
	}
}
