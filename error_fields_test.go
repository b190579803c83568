package bardge

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

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
	assert.True(t, made.RetryHelps())
	assert.EqualError(t, made, `bardge: IssuePass: unknown: 429: rate limited [ref "order-17/pass"]`)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("failed", "err", made)
	assert.Contains(t, log.String(), `err.ref=order-17/pass `)
	assert.Contains(t, log.String(), `err.retry_after=2m0s`)

	none := newError(gen.OpIssuePass.Operation(), &idem.Result{Err: errors.New("x")})
	assert.False(t, none.RetryHelps())
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
