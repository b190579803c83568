package scenarios

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func TestClose_DrainsAndStopsRecovery(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, false, bardge.WithRef("order-1"))
		recovery := make(chan error, 1)
		go func() {
			recovery <- s.Client.RunRecovery(t.Context(), time.Minute, func(*bardge.RecoveryResult) {})
		}()
		synctest.Wait()
		require.NoError(t, s.Client.Close(t.Context()))
		err := <-recovery
		require.ErrorIs(t, err, bardge.ErrClientClosed)
		assert.EqualError(t, err, "bardge: run recovery: the client is closed")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass), "what it had begun was finished")

		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: s.Seed.ClientID, PassID: s.Seed.PassID})
		require.EqualError(t, err, "bardge: IssuePass: not sent: the client is closed")
		require.NotNil(t, resp)
		assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
		_, err = bardge.Collect(s.Client.Passes.All(t.Context(), bardge.ListPassesParams{}))
		require.ErrorIs(t, err, bardge.ErrClientClosed)
		_, err = bardge.Collect(s.Client.Recover(t.Context()))
		require.ErrorIs(t, err, bardge.ErrClientClosed)
		_, err = s.Client.Operations.Get(t.Context(), "order-1")
		require.ErrorIs(t, err, bardge.ErrClientClosed)
		require.ErrorIs(t, s.Client.Resolve(t.Context(), "order-1", bardge.NotExecuted()), bardge.ErrClientClosed)

		found, err := s.NewClient(s.WithJournal()).Operations.Get(t.Context(), "order-1")
		require.NoError(t, err, "the journal is the caller's, and stays open")
		assert.Equal(t, journal.StateDone, found.State)
	})
}

func TestClose_ACancellationUnderWayReadsItsBooking(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Second)
		sdktest.Lose(w, r)
	}
	cancelled := sdktest.Respond(200, `{"object":"booking","id":"booking_1","status":"cancelled"}`)
	sdktest.WithBardge(t, sdktest.Script{slow, cancelled}, func(t *testing.T, s *sdktest.Bardge) {
		type end struct {
			resp *bardge.Response
			err  error
		}
		under := make(chan end, 1)
		go func() {
			_, resp, err := s.Client.Bookings.Cancel(t.Context(), "booking_1", bardge.WithMaxAttempts(1))
			under <- end{resp: resp, err: err}
		}()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := s.Client.Close(short)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "bardge: close: calls still under way: 1: context deadline exceeded")
		require.NoError(t, s.Client.Close(t.Context()))
		e := <-under
		require.NoError(t, e.err)
		assert.True(t, e.resp.Recovered)
		assert.Len(t, s.Requests(), 2)
	})
}
