package scenarios

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestJ17_ExecutedIsReadFromTheAPI(t *testing.T) {
	const fits = `{"transactionId":"38000001","amount":"11.00","currency":"USD"}`
	const other = `{"transactionId":"38000002","amount":"12.00","currency":"USD"}`
	missing := sdktest.Respond(403, `User: API is not authorized to view transaction ID: 38000009.`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, missing, sdktest.Respond(200, other), sdktest.Respond(200, fits)}, func(t *testing.T, s *sdktest.BlueSnap) {
		crash(t, s, sdktest.Payment())
		resolve := func(ctx context.Context, id string) error {
			return s.Client.Resolve(ctx, "order-17", bluesnap.Executed(id).By("ada"))
		}
		require.ErrorIs(t, resolve(t.Context(), "38000009"), bluesnap.ErrNotVerified, "a 403 may mean that there is none")
		err := resolve(t.Context(), "38000002")
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "transaction 38000002 is of another amount")
		require.NoError(t, resolve(t.Context(), "38000001"))
		o, err := s.Client.Operations.Get(t.Context(), "order-17")
		require.NoError(t, err)
		require.Len(t, o.Resolutions, 1)
		assert.True(t, o.Resolutions[0].Verified)
		assert.Equal(t, "ada", o.Resolutions[0].By)
	}, withJournal())
}

func TestJ17_ExecutedOfACaptureIsReadFromTheAPI(t *testing.T) {
	auth := sdktest.Respond(200, `{"transactionId":"38000001","cardTransactionType":"AUTH_REVERSAL"}`)
	captured := sdktest.Respond(200, `{"transactionId":"38000001","cardTransactionType":"CAPTURE"}`)
	// The call reads the state itself before it ends unknown.
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, auth, auth, captured}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "38000001"},
			bluesnap.WithRef("capture-1"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		word := bluesnap.Executed("38000001")
		err = s.Client.Resolve(t.Context(), "capture-1", word)
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "does not show the state that was asked for")
		err = s.Client.Resolve(t.Context(), "capture-1", bluesnap.Executed("38000002"))
		assert.ErrorContains(t, err, "is not the one that the request was about")
		require.NoError(t, s.Client.Resolve(t.Context(), "capture-1", word))
	}, withJournal())
}
