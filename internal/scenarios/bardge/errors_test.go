package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

var sentinels = []struct {
	code     string
	status   int
	kind     string
	sentinel error
}{
	{code: "validation_error", status: 400, kind: "invalid_request_error", sentinel: bardge.ErrValidation},
	{code: "invalid_api_key", status: 401, kind: "authentication_error", sentinel: bardge.ErrInvalidAPIKey},
	{code: "account_disabled", status: 403, kind: "permission_error", sentinel: bardge.ErrAccountDisabled},
	{code: "permission_denied", status: 403, kind: "permission_error", sentinel: bardge.ErrPermissionDenied},
	{code: "resource_not_found", status: 404, kind: "invalid_request_error", sentinel: bardge.ErrNotFound},
	{code: "pass_not_found", status: 404, kind: "invalid_request_error", sentinel: bardge.ErrPassNotFound},
	{code: "idempotency_key_reused", status: 409, kind: "idempotency_error", sentinel: bardge.ErrIdempotencyKeyReused},
	{code: "slot_unavailable", status: 409, kind: "resource_conflict_error", sentinel: bardge.ErrSlotUnavailable},
	{code: "class_full", status: 409, kind: "resource_conflict_error", sentinel: bardge.ErrClassFull},
	{code: "already_cancelled", status: 409, kind: "resource_conflict_error", sentinel: bardge.ErrAlreadyCancelled},
}

func TestR22_EveryDocumentedCodeHasItsSentinel(t *testing.T) {
	for _, row := range sentinels {
		t.Run("R22_"+row.code, sdktest.BardgeTest(sdktest.Script{sdktest.Refuse(row.status, row.kind, row.code)}, func(t *testing.T, s *sdktest.Bardge) {
			value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
			e := sdktest.ErrorOf(t, value, resp, err)
			assert.Equal(t, "IssuePass", e.Operation)
			assert.Equal(t, bardge.OutcomeRejected, e.Outcome)
			assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(fmt.Errorf("issuing: %w", err)))
			assert.Equal(t, []string{row.kind, row.code, "words for people"}, []string{e.Type, e.Code, e.Message})
			assert.Equal(t, row.status, resp.StatusCode)
			assert.Equal(t, sdktest.RequestID, resp.RequestID)
			for _, other := range sentinels {
				kind := row.code == "pass_not_found" && other.code == "resource_not_found"
				assert.Equal(t, kind || other.code == row.code, errors.Is(err, other.sentinel), other.code)
			}
			assert.Len(t, s.Requests(), 1)
		}))
	}
}

func TestR24_UnknownCodesAndLetterCasesAreKept(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(409, "new_type", "new_code"), sdktest.Refuse(409, "x", "CLASS_FULL")}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Bookings.BookClass(t.Context(), someClass)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, []string{"new_type", "new_code"}, []string{e.Type, e.Code})
		assert.Equal(t, bardge.OutcomeRejected, e.Outcome)

		_, _, err = s.Client.Bookings.BookClass(t.Context(), someClass)
		assert.ErrorIs(t, err, bardge.ErrClassFull)
	})
}

func TestR4_AReusedKeyIsTheServersOwnError(t *testing.T) {
	key := bardge.NewKey()
	check := func(t *testing.T, e *bardge.Error, err error) {
		t.Helper()
		assert.ErrorIs(t, err, bardge.ErrIdempotencyKeyReused)
		assert.Equal(t, []string{"idempotency_error", "idempotency_key_reused"}, []string{e.Type, e.Code})
		var reused *bardge.IdempotencyKeyReusedError
		require.ErrorAs(t, err, &reused)
		assert.Equal(t, key.String(), reused.Key.String())
		assert.Contains(t, reused.Error(), "look it up before using a new key")
	}
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(409, "idempotency_error", "idempotency_key_reused")}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithIdempotencyKey(key))
		e := sdktest.ErrorOf(t, value, resp, err)
		check(t, e, err)
		assert.Equal(t, bardge.OutcomeRejected, e.Outcome, "this body has not run")
	})
	key = bardge.NewKey()
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"id":"brgpass_1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1", PassID: "pass_1"}, bardge.WithIdempotencyKey(key))
		require.NoError(t, err)
		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1", PassID: "pass_2"}, bardge.WithIdempotencyKey(key))
		check(t, sdktest.ErrorOf(t, value, resp, err), err)
		assert.Zero(t, resp.StatusCode)
		assert.Len(t, s.Requests(), 1, "nothing was sent under it again")
	})
}

func TestR22_AnAnswerThatDoesNotFitIsLostAndKept(t *testing.T) {
	body := `{"object":"issued_pass","id":["no","string"]}`
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, e.Outcome)
		assert.Equal(t, body, string(resp.Raw))
		assert.NotContains(t, err.Error(), "string\"]")
	})
}

func TestR13_TheCallersContextAndTheLastFailureAreFound(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(503, "api_error", "down")}, func(t *testing.T, s *sdktest.Bardge) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		value, resp, err := s.Client.IssuedPasses.Issue(ctx, somePass)
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, "down", e.Code, "what the server said last")
		assert.NotZero(t, e.SafeUntil)
		assert.True(t, bardge.CanRepeat(e))
	})
}

func TestR22_CanRepeatFollowsClassAndWindow(t *testing.T) {
	lost := sdktest.Script{sdktest.Lose}
	sdktest.WithBardge(t, lost, func(t *testing.T, s *sdktest.Bardge) {
		once := bardge.WithMaxAttempts(1)
		_, _, keyed := s.Client.IssuedPasses.Issue(t.Context(), somePass, once)
		_, _, read := s.Client.IssuedPasses.Get(t.Context(), "p1", once)
		_, _, idempotent := s.Client.Bookings.Cancel(t.Context(), "b1", once)
		_, _, unverified := s.Client.Lookups.Initiate(t.Context(), someLookup, once)
		can := func(err error) bool {
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
			return bardge.CanRepeat(e)
		}
		assert.True(t, can(keyed), "inside its window")
		assert.True(t, can(read))
		assert.True(t, can(idempotent))
		assert.False(t, can(unverified), "a key may not be honoured")
		time.Sleep(90 * time.Second)
		assert.False(t, can(keyed), "the window is over")
		assert.True(t, can(idempotent))
	})
}

func TestOutcomeOf(t *testing.T) {
	assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(nil))
	assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(errors.New("somebody else's")))
	assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(&bardge.Error{Outcome: bardge.OutcomeNotSent}))
}

// Only the API's own error object shows a response of the API; a success is
// one only if it holds none.
func TestOnlyTheAPIsOwnWordsAreItsOwn(t *testing.T) {
	untyped := func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		w.Header().Set("Bardge-Request-Id", sdktest.RequestID)
		_, _ = io.WriteString(w, `{"id":"brgpass_1"}`)
	}
	for _, row := range []struct {
		name    string
		step    http.HandlerFunc
		outcome bardge.Outcome
	}{
		{name: "error object, whole", step: sdktest.Refuse(400, "t", "c"), outcome: bardge.OutcomeRejected},
		{name: "error object without a code", step: sdktest.Respond(400, `{"error":{"type":"t","message":"m"}}`), outcome: bardge.OutcomeUnknown},
		{name: "error object without a type", step: sdktest.Respond(400, `{"error":{"code":"c"}}`), outcome: bardge.OutcomeUnknown},
		{name: "error of another shape", step: sdktest.Respond(400, `{"error":"Bad Request"}`), outcome: bardge.OutcomeUnknown},
		{name: "another object", step: sdktest.Respond(400, `{"code":"c","type":"t"}`), outcome: bardge.OutcomeUnknown},
		{name: "success with another shape of error", step: sdktest.Respond(200, `{"error":"Bad Gateway"}`), outcome: bardge.OutcomeUnknown},
		{name: "success with an empty error", step: sdktest.Respond(200, `{"id":"brgpass_1","error":null}`), outcome: bardge.OutcomeDone},
		{name: "success of no type with a request id", step: untyped, outcome: bardge.OutcomeDone},
		{name: "R26_success of another type", step: sdktest.Respond(200, `{"id":"brgpass_1"}`, "Content-Type", "text/plain"), outcome: bardge.OutcomeDone},
	} {
		t.Run(row.name, sdktest.BardgeTest(sdktest.Script{row.step}, func(t *testing.T, s *sdktest.Bardge) {
			_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
			assert.Equal(t, row.outcome, bardge.OutcomeOf(err), resp.Timeline())
		}))
	}
}

func TestAnErrorDeeperInASuccessIsNone(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"id":"brgpass_1","transfer":{"error":null}}`)}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err), resp.Timeline())
	})
}

func TestARefusedLookupCanBeRepeated(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(404, "t", "c")}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.Lookups.Initiate(t.Context(), someLookup)
		assert.True(t, bardge.CanRepeat(sdktest.ErrorOf(t, value, resp, err)))
	})
}
