package bluesnap_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
)

// writes responds with this status and JSON.
func writes(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestJ17_OperationsAreListedReadCountedAndErased(t *testing.T) {
	declined := writes(402, `{"message":[{"errorName":"DO_NOT_HONOR","code":"14002","description":"x"}]}`)
	inWorld(t, []http.HandlerFunc{loses, declined, pays}, func(t *testing.T, w *world) {
		ctx, ops := t.Context(), w.client.Operations
		crash(t, w, curl())
		_, _, err := w.client.Transactions.Create(ctx, curl(), bluesnap.WithRef("order-18"))
		require.Error(t, err)
		_, _, err = w.client.Transactions.Create(ctx, curl(), bluesnap.WithRef("order-19"))
		require.NoError(t, err)
		sent := len(w.requests())

		open, err := ops.List(ctx, journal.Filter{State: journal.StateOpen})
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "order-17", open[0].Ref)
		assert.Equal(t, 1, open[0].Attempts)
		assert.NotEmpty(t, open[0].Reason)
		assert.True(t, open[0].SafeUntil.After(time.Now()))
		free, err := ops.Get(ctx, "order-18")
		require.NoError(t, err)
		assert.Equal(t, journal.StateFree, free.State)
		assert.Equal(t, "DO_NOT_HONOR", free.Code)
		assert.Equal(t, 402, free.Status)
		many, err := ops.GetMany(ctx, []string{"order-19", "order-20"})
		require.NoError(t, err)
		require.Len(t, many, 1)
		assert.Equal(t, journal.StateDone, many["order-19"].State)
		stats, err := ops.Stats(ctx)
		require.NoError(t, err)
		assert.Equal(t, 1, stats.Done)
		assert.Equal(t, 1, stats.Free)
		require.Len(t, stats.Pending, 1)
		assert.Equal(t, 1, stats.Pending[0].Open)

		require.ErrorIs(t, ops.Erase(ctx, "order-17"), bluesnap.ErrOperationOpen)
		require.NoError(t, ops.Erase(ctx, "order-19"))
		require.NoError(t, ops.EraseID(ctx, "ref:order-19"))
		_, _, err = w.client.Transactions.Create(ctx, curl(), bluesnap.WithRef("order-19"))
		require.ErrorIs(t, err, bluesnap.ErrResponseLost)
		_, err = ops.GetID(ctx, "ref:order-20")
		require.ErrorIs(t, err, bluesnap.ErrOperationNotFound)
		assert.Len(t, w.requests(), sent, "nothing is sent by looking")
	}, withJournal())
}

func TestJ17_ExecutedIsReadFromTheAPI(t *testing.T) {
	const fits = `{"transactionId":"38000001","amount":"11.00","currency":"USD"}`
	const other = `{"transactionId":"38000002","amount":"12.00","currency":"USD"}`
	missing := writes(403, `User: API is not authorized to view transaction ID: 38000009.`)
	inWorld(t, []http.HandlerFunc{loses, missing, writes(200, other), writes(200, fits)}, func(t *testing.T, w *world) {
		crash(t, w, curl())
		resolve := func(ctx context.Context, id string) error {
			return w.client.Resolve(ctx, "order-17", bluesnap.Executed(id).By("ada"))
		}
		require.ErrorIs(t, resolve(t.Context(), "38000009"), bluesnap.ErrNotVerified, "a 403 may mean that there is none")
		err := resolve(t.Context(), "38000002")
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "transaction 38000002 is of another amount")
		require.NoError(t, resolve(t.Context(), "38000001"))
		o, err := w.client.Operations.Get(t.Context(), "order-17")
		require.NoError(t, err)
		require.Len(t, o.Resolutions, 1)
		assert.True(t, o.Resolutions[0].Verified)
		assert.Equal(t, "ada", o.Resolutions[0].By)
	}, withJournal())
}

func TestJ17_ExecutedOfACaptureIsReadFromTheAPI(t *testing.T) {
	auth := writes(200, `{"transactionId":"38000001","cardTransactionType":"AUTH_REVERSAL"}`)
	captured := writes(200, `{"transactionId":"38000001","cardTransactionType":"CAPTURE"}`)
	// The call reads the state itself before it ends unknown.
	inWorld(t, []http.HandlerFunc{loses, auth, auth, captured}, func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "38000001"},
			bluesnap.WithRef("capture-1"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		word := bluesnap.Executed("38000001")
		err = w.client.Resolve(t.Context(), "capture-1", word)
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "does not show the state that was asked for")
		err = w.client.Resolve(t.Context(), "capture-1", bluesnap.Executed("38000002"))
		assert.ErrorContains(t, err, "is not the one that the request was about")
		require.NoError(t, w.client.Resolve(t.Context(), "capture-1", word))
	}, withJournal())
}
