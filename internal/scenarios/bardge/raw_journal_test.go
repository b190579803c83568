package scenarios

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// rawIssue issues a pass by a raw call.
func rawIssue(s *sdktest.Sandbox, class bardge.RetryClass) bardge.RawCall {
	return bardge.RawCall{
		Name: "RawIssue", Method: http.MethodPost, Path: "/issued_passes", Class: class, Essential: []string{"id"},
		Body: map[string]string{"client_id": s.Seed.ClientID, "pass_id": s.Seed.PassID},
	}
}

func registered(class bardge.RetryClass) bardge.Option {
	return bardge.WithRawOperation(bardge.RawOperation{Name: "RawIssue", Class: class, Essential: []string{"id"}})
}

// leaveRawOpen leaves a raw issue in doubt, executed.
func leaveRawOpen(s *sdktest.Sandbox, class bardge.RetryClass, opts ...bardge.CallOption) {
	s.T.Helper()
	s.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, err := s.Client.Do(s.T.Context(), rawIssue(s, class), append(opts, bardge.WithMaxAttempts(1))...)
	require.Equal(s.T, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
}

func idIn(t *testing.T, raw []byte) string {
	t.Helper()
	var value struct {
		ID string `json:"id"`
	}
	require.NoError(t, json.Unmarshal(raw, &value))
	return value.ID
}

func TestRawRecovery_AfterARestartWhatIsRegisteredIsSentAgain(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.Keyed, bardge.WithRef("order-1"))
		r := s.RecoverOne(registered(bardge.Keyed))
		require.NoError(t, r.Err)
		assert.Equal(t, bardge.ActionResend, r.Action)
		assert.Equal(t, bardge.OutcomeDone, r.Outcome)
		assert.Equal(t, "RawIssue", r.Operation)
		assert.Empty(t, r.PathID)
		value, resp, err := s.NewClient(s.WithJournal()).Do(t.Context(), rawIssue(s, bardge.Keyed), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, idIn(t, r.Response.Raw), idIn(t, value))
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestRawRecovery_WhatIsNotRegisteredIsReportedAndNotLost(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.Keyed, bardge.WithRef("order-1"))
		sent := s.Requests(sandbox.IssuePass)
		r := s.RecoverOne()
		require.ErrorIs(t, r.Err, bardge.ErrUnknownOperation)
		assert.ErrorContains(t, r.Err, "WithRawOperation")
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(r.Err))
		assert.False(t, bardge.RetryHelps(r.Err) && bardge.CanRepeat(r.Err) && r.Ref == "")
		assert.Equal(t, bardge.ActionReport, r.Action)
		assert.Equal(t, sent, s.Requests(sandbox.IssuePass))
		time.Sleep(61 * time.Second) // after which it may be taken up again
		r = s.RecoverOne(registered(bardge.Keyed))
		require.NoError(t, r.Err)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestRawRecovery_AClientKnowsItsOwnRawCalls(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.Keyed, bardge.WithRef("order-1"))
		var all []*bardge.RecoveryResult
		for r, err := range s.Client.Recover(t.Context()) {
			require.NoError(t, err)
			all = append(all, r)
		}
		require.Len(t, all, 1)
		assert.Equal(t, bardge.OutcomeDone, all[0].Outcome)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

// Each class is taken up as it allows, and nothing is executed twice.
func TestRawRecovery_TakesUpEachClassAsItAllows(t *testing.T) {
	for class, want := range map[bardge.RetryClass]struct {
		action  idem.RecoveryAction
		outcome bardge.Outcome
	}{
		bardge.Keyed:         {bardge.ActionResend, bardge.OutcomeDone},
		bardge.KeyUnverified: {bardge.ActionReconcile, bardge.OutcomeUnknown},
		bardge.NonIdempotent: {bardge.ActionReconcile, bardge.OutcomeUnknown},
	} {
		t.Run(class.String(), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			leaveRawOpen(s, class, bardge.WithRef("order-1"))
			time.Sleep(10 * time.Second)
			r := s.RecoverOne(registered(class))
			assert.Equal(t, want.action, r.Action)
			assert.Equal(t, want.outcome, r.Outcome)
			if want.outcome == bardge.OutcomeUnknown {
				assert.Contains(t, r.Evidence, "WithReconciler")
			}
			assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		}))
	}
}

func TestRawRecovery_AnIdempotentOneIsSentAgain(t *testing.T) {
	rows := map[string]struct {
		resendFor, after time.Duration
		sent             int
	}{
		"at any time":     {after: time.Hour, sent: 1},
		"for ten minutes": {resendFor: 10 * time.Minute, after: 9 * time.Minute, sent: 1},
		"no longer":       {resendFor: 10 * time.Minute, after: 11 * time.Minute},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) { rawCancelIsRecovered(t, row.resendFor, row.after, row.sent) })
	}
}

func rawCancelIsRecovered(t *testing.T, resendFor, after time.Duration, sent int) {
	t.Helper()
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		booked, _, err := s.Client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.ClientID,
		})
		require.NoError(t, err)
		raw := bardge.RawCall{Name: "RawCancel", Method: http.MethodPost, Path: "/bookings/" + booked.BookingID + "/cancel", Class: bardge.Idempotent}
		s.Next(sandbox.CancelBooking, sandbox.ResetBefore)
		_, _, err = s.Client.Do(t.Context(), raw, bardge.WithMaxAttempts(1))
		require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		assert.True(t, bardge.CanRepeat(err))
		reads := s.Requests(sandbox.GetBookingStatus)
		time.Sleep(after)
		r := s.RecoverOne(bardge.WithRawOperation(bardge.RawOperation{
			Name: "RawCancel", Class: bardge.Idempotent, ResendFor: resendFor,
		}))
		want := bardge.OutcomeUnknown
		if sent > 0 {
			require.NoError(t, r.Err)
			want = bardge.OutcomeDone
		}
		assert.Equal(t, want, r.Outcome)
		assert.Equal(t, reads, s.Requests(sandbox.GetBookingStatus), "no state is read for a raw operation")
		assert.Equal(t, sent, s.Executed(sandbox.CancelBooking))
	})
}

func TestRawRecovery_AReconcilerFindsOut(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.NonIdempotent, bardge.WithRef("order-1"))
		books := func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
			return bardge.ReconcileResult{Done: o.Ref == "order-1" && o.Operation == "RawIssue", ID: "p1", Evidence: "the books"}, nil
		}
		time.Sleep(5 * time.Minute)
		r := s.RecoverOne(bardge.WithReconciler("RawIssue", books), registered(bardge.NonIdempotent))
		assert.Equal(t, bardge.OutcomeDone, r.Outcome)
		assert.ErrorIs(t, r.Err, bardge.ErrResponseLost)
		_, _, err := s.Client.Do(t.Context(), rawIssue(s, bardge.NonIdempotent), bardge.WithRef("order-1"))
		require.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

// A record under another class is never sent, with or without a key.
func TestRawRecovery_AClassThatAddsAKeySendsNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.NonIdempotent, bardge.WithRef("order-1"))
		r := s.RecoverOne(registered(bardge.Keyed))
		assert.Equal(t, bardge.ActionReport, r.Action)
		_, _, err := s.NewClient(s.WithJournal()).Do(t.Context(), rawIssue(s, bardge.Keyed), bardge.WithRef("order-1"))
		require.ErrorContains(t, err, "of another class")
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

// What Do refuses, a registration does not have recovery do: a modelled request
// with a key is not repeated freely.
func TestRawRecovery_AClassThatRepeatsFreelyIsNotTheModelledOne(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.NonIdempotent, bardge.WithRef("order-1"))
		r := s.RecoverOne(registered(bardge.Idempotent))
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(r.Err))
		assert.Equal(t, bardge.ActionReport, r.Action)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestRawReserve_IsSentByRecover(t *testing.T) {
	for _, class := range []bardge.RetryClass{bardge.Keyed, bardge.NonIdempotent, bardge.KeyUnverified} {
		t.Run(class.String(), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			err := bardge.Reserve(s.Journal, func(reserve bardge.CallOption) error {
				_, _, err := s.Client.Do(t.Context(), rawIssue(s, class), bardge.WithRef("order-1"), reserve)
				return err
			})
			require.NoError(t, err)
			assert.Zero(t, s.Executed(sandbox.IssuePass))
			r := s.RecoverOne() // without a registration
			require.ErrorIs(t, r.Err, bardge.ErrUnknownOperation)
			assert.Equal(t, bardge.OutcomeNotSent, r.Outcome)
			time.Sleep(61 * time.Second)
			r = s.RecoverOne(registered(class))
			require.NoError(t, r.Err)
			assert.Equal(t, bardge.ActionSend, r.Action)
			assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		}))
	}
}

func TestRawOperations_AreListedAndResolved(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		leaveRawOpen(s, bardge.Keyed, bardge.WithRef("order-1"))
		c := s.NewClient(s.WithJournal(), registered(bardge.Keyed))
		all, err := c.Operations.List(t.Context(), journal.Filter{Operation: "RawIssue"})
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, idem.Keyed, all[0].Class)
		assert.Equal(t, "RawIssue", all[0].Operation)
		assert.Contains(t, all[0].String(), "RawIssue")
		time.Sleep(10 * time.Minute)
		require.NoError(t, c.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0001")))
		_, _, err = c.Do(t.Context(), rawIssue(s, bardge.Keyed), bardge.WithRef("order-1"))
		require.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestRawOperations_OneNameIsOneOperation(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		refused := func(c *bardge.Client, raw bardge.RawCall) {
			t.Helper()
			_, _, err := c.Do(t.Context(), raw)
			var invalid *bardge.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "raw operation RawIssue", invalid.Field)
		}
		c := s.NewClient(registered(bardge.Keyed))
		refused(c, rawIssue(s, bardge.NonIdempotent))
		other := rawIssue(s, bardge.Keyed)
		other.Success = []int{201}
		refused(c, other)
		other = rawIssue(s, bardge.Keyed)
		other.Essential = []string{"pass_id"}
		refused(c, other)
		assert.Zero(t, s.Executed(sandbox.IssuePass))

		same := rawIssue(s, bardge.Keyed)
		same.Essential, same.Success = nil, nil
		_, _, err := c.Do(t.Context(), same)
		require.NoError(t, err, "what is not set is as registered")

		_, _, err = s.Client.Do(t.Context(), rawIssue(s, bardge.Keyed))
		require.NoError(t, err)
		refused(s.Client, rawIssue(s, bardge.NonIdempotent)) // its records would be repeated by one class
	})
}

func TestWithRawOperation_RefusesWhatIsNone(t *testing.T) {
	for want, opts := range map[string][]bardge.Option{
		"is registered twice, in two forms":         {registered(bardge.Keyed), registered(bardge.Idempotent)},
		"is an operation of the SDK's own":          {bardge.WithRawOperation(bardge.RawOperation{Name: "IssuePass"})},
		"operation's name is not a letter":          {bardge.WithRawOperation(bardge.RawOperation{Name: "a b"})},
		"has a class that does not exist":           {bardge.WithRawOperation(bardge.RawOperation{Name: "a", Class: 9})},
		"has a ResendFor, which is for idempotent":  {bardge.WithRawOperation(bardge.RawOperation{Name: "a", Class: bardge.Keyed, ResendFor: time.Hour})},
		"has a ResendFor that is negative":          {bardge.WithRawOperation(bardge.RawOperation{Name: "a", Class: bardge.Idempotent, ResendFor: -1})},
		"names no operation":                        {bardge.WithReconciler("RawIssue", findNothing)},
		"is for an operation that is sent again":    {bardge.WithReconciler("RawIssue", findNothing), registered(bardge.Idempotent)},
		"WithReconciler: reconciler is for an oper": {bardge.WithReconciler("CancelBooking", findNothing)},
	} {
		_, err := bardge.New("key-of-the-reseller", opts...)
		require.ErrorContains(t, err, want)
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	}
	_, err := bardge.New("key-of-the-reseller", registered(bardge.Keyed), registered(bardge.Keyed),
		bardge.WithReconciler("RawIssue", findNothing))
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/", nil)
	require.NoError(t, err)
	resp, err := bardge.NewTransport(nil, registered(bardge.Keyed)).RoundTrip(req)
	require.ErrorContains(t, err, "is not for a transport")
	assert.Nil(t, resp)
}

func findNothing(context.Context, bardge.PendingOperation) (bardge.ReconcileResult, error) {
	return bardge.ReconcileResult{}, nil
}
