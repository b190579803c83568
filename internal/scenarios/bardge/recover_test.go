package scenarios

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ4_RecoverSendsEveryKeyedOperationAgainInsideItsWindow(t *testing.T) {
	for op, do := range ordersOf(gen.RetryClassKeyed) {
		for name, executed := range map[string]bool{"executed": true, "not executed": false} {
			t.Run(string(op)+" "+name, sdktest.DurableTestOf(op, func(t *testing.T, s *sdktest.Sandbox) {
				failed := s.LeaveOpen(op, do, executed, bardge.WithRef("order-1"))
				time.Sleep(time.Minute)
				r := s.RecoverOne()
				require.NoError(t, r.Err)
				assert.Equal(t, bardge.OutcomeDone, r.Outcome)
				assert.Equal(t, string(op), r.Operation)
				assert.Equal(t, "order-1", r.Ref)
				assert.Equal(t, failed.Key.String(), r.Key.String())
				assert.Equal(t, executed, r.Response.Replayed)
				assert.True(t, json.Valid(r.Response.Raw))
				assert.Len(t, r.Response.Attempts, 1)
				assert.False(t, r.SafeUntil.IsZero())
				assert.Empty(t, r.Evidence)
				assert.Empty(t, s.Recover(), "what is done is no orphan")
				assert.Equal(t, 1, s.Executed(op))
			}))
		}
	}
}

func TestJ4_RecoverReturnsWhatTheServerRefuses(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderInstance(s.Seed.FullInstanceID), true, bardge.WithRef("order-1"))
		r := s.RecoverOne()
		assert.Equal(t, bardge.OutcomeRejected, r.Outcome)
		assert.ErrorIs(t, r.Err, bardge.ErrClassFull)
		assert.Empty(t, s.Recover(), "the ref is free")
		assert.Zero(t, s.Executed(sandbox.BookClass))
	})
}

func TestRecover_ReturnsTheRequest(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		before := time.Now()
		s.LeaveOpen(sandbox.ConfirmClassBooking, confirmClass, false, bardge.WithRef("order-1"), bardge.WithHeader("X-Shop", "Lagos"))
		r := s.RecoverOne()
		assert.Equal(t, "sess_0001", r.PathID)
		assert.JSONEq(t, `{"number_of_visits":1,"duration":"MONTHLY"}`, string(r.Body))
		assert.Equal(t, "Lagos", r.Header.Get("X-Shop"))
		assert.WithinRange(t, r.Since, before.Add(-time.Second), time.Now())
		assert.Equal(t, 1, s.Executed(sandbox.ConfirmClassBooking))
	})
}

func pendingOf(r *bardge.RecoveryResult) bardge.PendingOperation {
	return bardge.PendingOperation{
		ID: r.ID, Operation: r.Operation, Ref: r.Ref, Key: r.Key, Since: r.Since,
		PathID: r.PathID, Header: r.Header, Body: r.Body,
	}
}

func TestRecover_UnescapesThePathsID(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		odd := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.Bookings.ConfirmSpa(s.T.Context(), "a+b c%", opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.ConfirmSpaBooking, odd, false, bardge.WithRef("order-1"))
		time.Sleep(later)
		assert.Equal(t, "a+b c%", s.RecoverOne().PathID)
	})
}
