package bardge

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

func TestAnErrorTellsWhatTheResultKnows(t *testing.T) {
	made := newError(gen.OpIssuePass.Operation(), &idem.Result{
		Outcome: idem.OutcomeUnknown, Ref: "order-17/pass", RetryHelps: true, RetryAfter: 2 * time.Minute,
		Response: &idem.Response{Status: http.StatusTooManyRequests}, Err: errors.New("rate limited"),
	})
	assert.Equal(t, "order-17/pass", made.Ref)
	assert.Equal(t, 2*time.Minute, made.RetryAfter)
	assert.True(t, made.RetryHelps)
	assert.EqualError(t, made, `bardge: IssuePass: unknown: 429: rate limited [ref "order-17/pass"]`)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("failed", "err", made)
	assert.Contains(t, log.String(), `err.ref=order-17/pass `)
	assert.Contains(t, log.String(), `err.retry_after=2m0s`)

	none := newError(gen.OpIssuePass.Operation(), &idem.Result{Err: errors.New("x")})
	assert.False(t, none.RetryHelps)
	assert.EqualError(t, none, "bardge: IssuePass: unknown: x")
	assert.EqualError(t, &Error{Ref: "a\nb", Err: errors.New("x")}, `bardge: : unknown: x [ref "a\nb"]`)
}

// The status says so, whatever the code is, and whatever the outcome.
func TestErrRateLimitedGoesByTheStatus(t *testing.T) {
	for status, want := range map[int]bool{429: true, 503: false, 400: false, 0: false} {
		made := newError(gen.OpIssuePass.Operation(), &idem.Result{Response: &idem.Response{
			Status: status, Body: []byte(`{"error":{"type":"t","code":"validation_error"}}`),
		}, Err: errors.New("x")})
		assert.Equal(t, want, errors.Is(made, ErrRateLimited), "%d", status)
		assert.Equal(t, status >= 300, errors.Is(made, ErrValidation), "the code counts too")
	}
	assert.NotErrorIs(t, &Error{}, ErrRateLimited, "an error of a fake")
}

// An error of any client is read through idem, whatever wraps it.
func TestR22_AnErrorUnwrapsToTheEnginesFailure(t *testing.T) {
	r := idem.Result{
		Outcome: idem.OutcomeUnknown, Key: NewKey(), SafeUntil: time.Now().Add(time.Hour),
		RetryAfter: time.Minute, RetryHelps: true, Err: idem.ErrResponseLost,
	}
	made := newError(gen.OpIssuePass.Operation(), &r)
	for _, err := range []error{made, fmt.Errorf("order 17: %w", made), errors.Join(errors.New("disk full"), made)} {
		var found *idem.Failure
		require.ErrorAs(t, err, &found)
		assert.Equal(t, &idem.Failure{
			Operation: "IssuePass", Class: idem.Keyed, Outcome: r.Outcome, Key: r.Key, SafeUntil: r.SafeUntil,
			RetryAfter: r.RetryAfter, RetryHelps: true, Err: r.Err,
		}, found)
		assert.Equal(t, OutcomeUnknown, OutcomeOf(err))
		assert.Equal(t, r.Key, KeyOf(err))
		assert.True(t, CanRepeat(err))
		assert.True(t, RetryHelps(err))
		assert.ErrorIs(t, err, ErrResponseLost)
	}
	r.Ref, r.SafeUntil = "order-17", time.Time{}
	assert.True(t, CanRepeat(newError(gen.OpIssuePass.Operation(), &r)), "with its ref")
	assert.False(t, CanRepeat((*Error)(nil)))
	assert.Equal(t, OutcomeUnknown, OutcomeOf((*Error)(nil)), "a nil pointer in an error is no success")
}
