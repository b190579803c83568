package scenarios

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestWhatThePaymentsAnswersMean(t *testing.T) {
	inProgress := sdktest.RefuseWith(409, "60102", "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS")
	for name, row := range map[string]struct {
		steps    []http.HandlerFunc
		opts     []bluesnap.CallOption
		outcome  bluesnap.Outcome
		is       error // nil: no error
		requests int
	}{
		"paid": {steps: sdktest.Script{sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 1},
		"60101: final": {
			steps: sdktest.Script{sdktest.RefuseWith(422, "60101", "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrIdempotencyKeyReused, requests: 1,
		},
		"60102: asked until the first is over, and not counted": {
			steps:   sdktest.Script{sdktest.Lose, inProgress, inProgress, inProgress, inProgress, sdktest.Pay},
			opts:    []bluesnap.CallOption{bluesnap.WithMaxAttempts(2)},
			outcome: bluesnap.OutcomeDone, requests: 6,
		},
		"60103 by the server": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "60103", "IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrIdempotencyKeyTooLong, requests: 1,
		},
		"60104 by the server": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "60104", "INVALID_IDEMPOTENCY_KEY")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrIdempotencyKeyInvalid, requests: 1,
		},
		"60106 as a 4xx: the same key": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "60106", "IDEMPOTENCY_SERVICE_TIMEOUT"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"60106 as a 5xx: the same key": {
			steps: sdktest.Script{sdktest.RefuseWith(504, "60106", "IDEMPOTENCY_SERVICE_TIMEOUT"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"60106 for good": {
			steps:   sdktest.Script{sdktest.RefuseWith(400, "60106", "IDEMPOTENCY_SERVICE_TIMEOUT")},
			opts:    []bluesnap.CallOption{bluesnap.WithMaxAttempts(3)},
			outcome: bluesnap.OutcomeUnknown, is: bluesnap.ErrIdempotencyUnavailable, requests: 3,
		},
		"429: the same key":         {steps: sdktest.Script{sdktest.Respond(429, ""), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"423: the same key":         {steps: sdktest.Script{sdktest.RefuseWith(423, "1", "THRESHOLD"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"423 without a message":     {steps: sdktest.Script{sdktest.Respond(423, ""), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"503: the same key":         {steps: sdktest.Script{sdktest.Respond(503, ""), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"500: the same key":         {steps: sdktest.Script{sdktest.RefuseWith(500, "10000", "SERVER_GENERAL_FAILURE"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"lost answer: the same key": {steps: sdktest.Script{sdktest.Lose, sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2},
		"a stored 500 is not asked for 10 minutes": {
			steps: sdktest.Script{sdktest.RefuseWith(500, "10000", "SERVER_GENERAL_FAILURE")}, outcome: bluesnap.OutcomeUnknown, requests: 6,
		},
		"PROCESSING_TIMEOUT is not asked for 10 minutes": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "14002", "PROCESSING_TIMEOUT")}, outcome: bluesnap.OutcomeUnknown, is: bluesnap.ErrProcessingTimeout, requests: 6,
		},
		"PROCESSING_TIMEOUT, then paid": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "14002", "PROCESSING_TIMEOUT"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"PROCESSING_TIMEOUT for good": {
			steps:   sdktest.Script{sdktest.RefuseWith(400, "14002", "PROCESSING_TIMEOUT")},
			opts:    []bluesnap.CallOption{bluesnap.WithMaxAttempts(3)},
			outcome: bluesnap.OutcomeUnknown, is: bluesnap.ErrProcessingTimeout, requests: 3,
		},
		"declined": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "14002", "INSUFFICIENT_FUNDS")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrInsufficientFunds, requests: 1,
		},
		"14002 by name": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrDoNotHonor, requests: 1,
		},
		"3-D Secure is another operation": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "14002", "THREE_D_SECURITY_AUTHENTICATION_REQUIRED")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrThreeDSecureRequired, requests: 1,
		},
		"declined after doubt: asked once more, and still unknown": {
			steps: sdktest.Script{sdktest.Lose, sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")}, outcome: bluesnap.OutcomeUnknown, is: bluesnap.ErrDoNotHonor, requests: 3,
		},
		"wrong credentials, in the vendor's words": {
			steps: sdktest.Script{sdktest.Respond(401, `{"errorCode":"401","errorDescription":"no","errorName":"USER_NOT_AUTHORIZED"}`)}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrUserNotAuthorized, requests: 1,
		},
		"wrong credentials, in a gateway's words": {
			steps: sdktest.Script{sdktest.Respond(401, "Unauthorized", "Content-Type", "text/html")}, outcome: bluesnap.OutcomeRejected, requests: 1,
		},
		"a success that holds messages": {
			steps: sdktest.Script{sdktest.RefuseWith(200, "1", "ODD"), sdktest.Pay}, outcome: bluesnap.OutcomeDone, requests: 2,
		},
		"a success with a field that is called message": {
			steps: sdktest.Script{sdktest.Respond(200, `{"transactionId":1,"message":"thanks"}`)}, outcome: bluesnap.OutcomeDone, requests: 1,
		},
		"the security filter's plain text": {
			steps: sdktest.Script{sdktest.Respond(403, "Request blocked", "Content-Type", "text/plain")}, outcome: bluesnap.OutcomeUnknown, requests: 3,
		},
		"a captured payment cannot be paid again": {
			steps: sdktest.Script{sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED")}, outcome: bluesnap.OutcomeRejected, is: bluesnap.ErrAlreadyCaptured, requests: 1,
		},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.steps, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), row.opts...)
			assert.Equal(t, row.outcome, bluesnap.OutcomeOf(err), resp.Timeline())
			assert.Len(t, s.Requests(), row.requests, resp.Timeline())
			sdktest.OneKey(t, s.Requests())
			if row.outcome == bluesnap.OutcomeDone {
				require.NoError(t, err)
				assert.NotEmpty(t, value.TransactionID)
				return
			}
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			assert.Equal(t, row.outcome == bluesnap.OutcomeUnknown, !e.SafeUntil.IsZero() && e.Outcome == bluesnap.OutcomeUnknown)
			reused := errors.Is(err, bluesnap.ErrIdempotencyKeyReused) // of another request: never
			assert.Equal(t, !reused, bluesnap.CanRepeat(e))
			if row.is != nil {
				assert.ErrorIs(t, err, row.is)
			}
		}))
	}
}

// What fails behind the API may have been paid, with any status.
func TestFailuresBehindTheAPIAreNoRefusals(t *testing.T) {
	for _, name := range []string{
		"PROCESSING_TIMEOUT", "BLS_CONNECTION_PROBLEM", "GENERAL_PAYMENT_PROCESSING_ERROR",
		"PAYMENT_GENERAL_FAILURE", "SERVER_GENERAL_FAILURE", "SYSTEM_TECHNICAL_ERROR",
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.RefuseWith(400, "14002", name)}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithMaxAttempts(2))
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
			assert.Len(t, s.Requests(), 2)
			sdktest.OneKey(t, s.Requests())
		}))
	}
}

func TestAnIdlingServerIsAskedFor10Minutes(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(503, "")}, func(t *testing.T, s *sdktest.BlueSnap) {
		began := time.Now()
		value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		e := sdktest.BlueSnapErrorOf(t, value, resp, err)
		assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
		assert.WithinDuration(t, began.Add(10*time.Minute), time.Now(), 30*time.Second)
		assert.WithinDuration(t, began.Add(12*time.Hour), e.SafeUntil, 10*time.Second)
	}, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{DisableRetryBudget: true}))
}

func TestTheEchoIsAHintAndNoReplay(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		sdktest.Respond(200, sdktest.Paid, "idempotency-key", r.Header.Get("Idempotency-Key"))(w, r)
	}
	for name, row := range map[string]struct {
		step   http.HandlerFunc
		echoed bool
	}{
		"echoed": {step: echo, echoed: true}, "silent": {step: sdktest.Pay}, "another's": {step: sdktest.Respond(200, sdktest.Paid, "Idempotency-Key", "x")},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{row.step}, func(t *testing.T, s *sdktest.BlueSnap) {
			_, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			require.NoError(t, err)
			assert.Equal(t, row.echoed, resp.KeyEchoed)
			assert.False(t, resp.Attempts[0].Replayed)
		}))
	}
}

func TestAReadHasNoKeyToEcho(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, resp, err := s.Client.Transactions.Get(t.Context(), "7")
		require.NoError(t, err)
		assert.False(t, resp.KeyEchoed)
	})
}

func TestASuccessThatHoldsAnErrorOfAuthentication(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(200, `{"errorCode":"401","errorName":"UNAUTHORIZED"}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithMaxAttempts(1))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
	})
}

func TestAPaymentHeldForReviewIsUnknown(t *testing.T) {
	held := sdktest.Respond(400, `{"message":[{"errorName":"FRAUD_DETECTED","code":15011,
		"fraudEvents":{"fraudEvent":[{"fraudEventDecision":"R"}]}}]}`)
	sdktest.WithBlueSnap(t, sdktest.Script{held}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		require.ErrorIs(t, err, bluesnap.ErrFraudDetected)
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		sdktest.OneKey(t, s.Requests())
	})
}
