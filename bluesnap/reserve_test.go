package bluesnap_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func TestOutbox_APaymentIsReservedAndSentByAnotherCall(t *testing.T) {
	j := journal.NewMemory()
	withSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
		require.NoError(t, bluesnap.Reserve(j, func(reserve bluesnap.CallOption) error {
			_, _, err := c.Transactions.Create(t.Context(), payBy(sb, "11.00"), bluesnap.WithRef("order-1"), reserve)
			require.ErrorIs(t, err, bluesnap.ErrReserved)
			assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
			return err
		}))
		assert.Zero(t, sb.Executed(bluesnaptest.CreateCardTransaction))
		payment, _, err := c.Transactions.Create(t.Context(), payBy(sb, "11.00"), bluesnap.WithRef("order-1"))
		require.NoError(t, err)
		assert.NotEmpty(t, payment.TransactionID)
		assert.Equal(t, 1, sb.Executed(bluesnaptest.CreateCardTransaction))
		assert.Error(t, bluesnap.Reserve(nil, nil))
	}, nil, bluesnap.WithJournal(j, "acme"))
}
