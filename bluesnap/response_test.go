package bluesnap_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestR27_AnAmountThatDoesNotFitIsDoneAndIncomplete(t *testing.T) {
	const body = `{"transactionId":7,"amount":{"value":11}}`
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.BlueSnap) {
		value, resp, err := s.Client.Transactions.Create(t.Context(), bluesnap.CardTransactionParams{}, bluesnap.WithMaxAttempts(1))
		e := sdktest.BlueSnapErrorOf(t, value, resp, err)
		assert.Equal(t, bluesnap.OutcomeDone, e.Outcome)
		assert.ErrorIs(t, err, bluesnap.ErrResponseIncomplete)
		assert.ErrorIs(t, err, bluesnap.ErrResponseLost)
		assert.JSONEq(t, body, string(resp.Raw))
	})
}

func TestR26_AMaintenancePageIsAskedAgainAndNotRecorded(t *testing.T) {
	page := sdktest.Respond(200, `{"message":"scheduled maintenance"}`)
	sdktest.WithBlueSnap(t, sdktest.Script{page, page, sdktest.Respond(200, `{"transactionId":7}`)}, func(t *testing.T, s *sdktest.BlueSnap) {
		params := bluesnap.CardTransactionParams{Amount: "1", Currency: "USD"}
		_, _, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(2))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		paid, resp, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("7"), paid.TransactionID)
		assert.False(t, resp.FromJournal)
		sdktest.OneKey(t, s.Requests())
	}, withJournal())
}
