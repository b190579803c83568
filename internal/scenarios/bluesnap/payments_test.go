package scenarios

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// payBy is a payment by the seed's stored shopper.
func payBy(sb *bluesnaptest.Sandbox, amount bluesnap.Amount) bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Amount: amount, Currency: "USD", VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	}
}

func TestAPaymentThatTimedOutIsUnknownAndCanBeFound(t *testing.T) {
	for amount, paid := range map[bluesnap.Amount]bool{
		bluesnaptest.AmountTimedOutPaid: true, bluesnaptest.AmountTimedOut: false,
	} {
		sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			value, resp, err := c.Transactions.Create(ctx, payBy(sb, amount))
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
			assert.ErrorIs(t, err, bluesnap.ErrProcessingTimeout)
			found, _, err := c.Transactions.Find(t.Context(), resp.MerchantTransactionID)
			if !paid {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, amount, found.Amount)
			assert.Equal(t, 1, sb.Executed(bluesnaptest.CreateCardTransaction))
		}, nil)
	}
}

// A replay may come without its Location: then nothing marks it as one, and what
// was made once is not made again.
func TestR26_AReplayWithoutItsLocationProvesNothing(t *testing.T) {
	sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
		sb.Next(bluesnaptest.CreateVendor, fakeserver.LoseResponse)
		params := bluesnap.VendorParams{Email: "a@b.example", Country: "US"}
		value, resp, err := c.Vendors.Create(t.Context(), params, bluesnap.WithMaxAttempts(3))
		e := sdktest.BlueSnapErrorOf(t, value, resp, err)
		assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
		assert.True(t, bluesnap.CanRepeat(e))
		assert.Equal(t, 1, sb.Executed(bluesnaptest.CreateVendor))
	}, []fakeserver.Option{bluesnaptest.WithoutLocationOnReplay()})
}

// What the promise rests on: a server that forgets what it answered with an
// error makes the payment again.
func TestAssumption_AnExecutedPaymentIsStoredWhateverWasAnswered(t *testing.T) {
	for stored, executed := range map[bluesnaptest.Stored]int{bluesnaptest.StoredAll: 1, bluesnaptest.StoredFinal: 2} {
		sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
			sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.ServerErrorAfter(500))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			_, _, _ = c.Transactions.Create(ctx, payBy(sb, "11.00")) // the ledger has the word
			assert.Equal(t, executed, sb.Executed(bluesnaptest.CreateCardTransaction))
		}, []fakeserver.Option{bluesnaptest.WithStored(stored)})
	}
	sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, c *bluesnap.Client) {
		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.ServerErrorAfter(500))
		_, _, err := c.Transactions.Create(t.Context(), payBy(sb, "11.00"))
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		assert.Equal(t, 1, sb.Executed(bluesnaptest.CreateCardTransaction))
	}, []fakeserver.Option{bluesnaptest.WithStored(bluesnaptest.StoredFinal)},
		bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{NoRetryOn500: true}))
}
