package bluesnap_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
)

func TestR27_AnAmountThatDoesNotFitIsDoneAndIncomplete(t *testing.T) {
	const body = `{"transactionId":7,"amount":{"value":11}}`
	inWorld(t, steps(says(200, body)), func(t *testing.T, w *world) {
		value, resp, err := w.client.Transactions.Create(t.Context(), bluesnap.CardTransactionParams{}, bluesnap.WithMaxAttempts(1))
		e := errorOf(t, value, resp, err)
		assert.Equal(t, bluesnap.OutcomeDone, e.Outcome)
		assert.ErrorIs(t, err, bluesnap.ErrResponseIncomplete)
		assert.ErrorIs(t, err, bluesnap.ErrResponseLost)
		assert.JSONEq(t, body, string(resp.Raw))
	})
}

func TestR26_AMaintenancePageIsAskedAgainAndNotRecorded(t *testing.T) {
	page := says(200, `{"message":"scheduled maintenance"}`)
	inWorld(t, steps(page, page, says(200, `{"transactionId":7}`)), func(t *testing.T, w *world) {
		params := bluesnap.CardTransactionParams{Amount: "1", Currency: "USD"}
		_, _, err := w.client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(2))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		paid, resp, err := w.client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, bluesnap.ID("7"), paid.TransactionID)
		assert.False(t, resp.FromJournal)
		w.oneKey(t)
	}, withJournal())
}
