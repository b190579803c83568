package bluesnap

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestAnErrorHasWhatTheResultKnows(t *testing.T) {
	op := operations["CreateCardTransaction"]
	made := newError(op, idem.Result{
		Outcome: idem.OutcomeUnknown, Ref: "order-17/pay", RetryHelps: true, RetryAfter: 2 * time.Minute,
		Response: &idem.Response{Status: http.StatusTooManyRequests}, Err: errors.New("rate limited"),
	})
	assert.Equal(t, "order-17/pay", made.Ref)
	assert.Equal(t, 2*time.Minute, made.RetryAfter)
	assert.True(t, made.RetryHelps)
	assert.EqualError(t, made, `bluesnap: CreateCardTransaction: unknown: 429: rate limited [ref "order-17/pay"]`)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("failed", "err", made)
	assert.Contains(t, log.String(), `err.ref=order-17/pay `)
	assert.Contains(t, log.String(), `err.retry_after=2m0s`)
	assert.False(t, newError(op, idem.Result{}).RetryHelps)
}

func TestErrRateLimitedGoesByTheStatus(t *testing.T) {
	for status, want := range map[int]bool{429: true, 503: false, 400: false, 0: false} {
		made := newError(operations["CreateCardTransaction"], idem.Result{Response: &idem.Response{
			Status: status, Body: []byte(`{"message":[{"code":"14002","errorName":"DO_NOT_HONOR"}]}`),
		}})
		assert.Equal(t, want, errors.Is(made, ErrRateLimited), "%d", status)
		assert.Equal(t, status >= 300, errors.Is(made, ErrDoNotHonor), "the message counts too")
	}
	assert.NotErrorIs(t, &Error{}, ErrRateLimited, "an error of a fake")
}

func TestWithoutCards(t *testing.T) {
	for text, want := range map[string]string{
		"card 4263982640269299 no": "card [redacted] no", "4263-9826 4026-9299": "[redacted]",
		"request 12345678901": "request 12345678901", "": "",
	} {
		assert.Equal(t, want, withoutCards(text))
	}
}

func TestR22_AnErrorUnwrapsToTheEnginesFailure(t *testing.T) {
	r := idem.Result{
		Outcome: idem.OutcomeUnknown, Key: NewKey(), SafeUntil: time.Now().Add(time.Hour),
		RetryAfter: time.Minute, RetryHelps: true, Err: idem.ErrResponseLost,
	}
	made := newError(operations["CreateCardTransaction"], r)
	for _, err := range []error{made, fmt.Errorf("order 17: %w", made), errors.Join(errors.New("disk full"), made)} {
		var found *idem.Failure
		require.ErrorAs(t, err, &found)
		assert.Equal(t, &idem.Failure{
			Operation: "CreateCardTransaction", Class: idem.Keyed, Outcome: r.Outcome, Key: r.Key, SafeUntil: r.SafeUntil,
			RetryAfter: r.RetryAfter, RetryHelps: true, Err: r.Err,
		}, found)
		assert.Equal(t, OutcomeUnknown, OutcomeOf(err))
		assert.Equal(t, r.Key, KeyOf(err))
		assert.True(t, CanRepeat(err))
		assert.True(t, RetryHelps(err))
		assert.ErrorIs(t, err, ErrResponseLost)
	}
	r.Ref, r.SafeUntil = "order-17", time.Time{}
	assert.True(t, CanRepeat(newError(operations["CreateCardTransaction"], r)), "with its ref")
	assert.False(t, CanRepeat((*Error)(nil)))
	assert.Equal(t, OutcomeUnknown, OutcomeOf((*Error)(nil)), "a nil pointer in an error is no success")
}

func TestTheSameWordsMeanTheOppositeForAnotherOperation(t *testing.T) {
	captured := []byte(`{"message":[{"code":"20010","errorName":"TRANSACTION_ALREADY_CAPTURED"}]}`)
	reversed := []byte(`{"message":[{"code":"14002","errorName":"AUTHORIZATION_AMOUNT_ALREADY_REVERSED"}]}`)
	capture, reversal := operations["CaptureTransaction"].engineOperation("https://ws.bluesnap.com"), operations["ReverseAuthorization"].engineOperation("https://ws.bluesnap.com")
	assert.Equal(t, idem.SignalAlreadyApplied, capture.Classify(400, captured))
	assert.Equal(t, idem.SignalError, capture.Classify(400, reversed))
	assert.Equal(t, idem.SignalAlreadyApplied, reversal.Classify(400, reversed))
	assert.Equal(t, idem.SignalError, reversal.Classify(400, captured))
	assert.Equal(t, idem.SignalError, classify(400, captured))
	assert.Nil(t, operations["CreateCardTransaction"].engineOperation("https://ws.bluesnap.com").Classify)
}

func TestA401HasNotExecuted(t *testing.T) {
	w := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }))
	defer w.Close()
	client, err := New("u", "p", WithBaseURL(w.URL), WithHTTPClient(w.Client()))
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	_, resp, err := client.Transactions.Create(t.Context(), CardTransactionParams{Amount: "1"})
	assert.Equal(t, OutcomeRejected, OutcomeOf(err), "also without a word")
	assert.Len(t, resp.Attempts, 1)
}
