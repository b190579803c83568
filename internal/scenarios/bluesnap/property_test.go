package scenarios

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

var seeds = flag.Int("seeds", 20, "worlds per property test")

// mutation is a mutation that takes no key, in the emulated server's world.
type mutation struct {
	op      bluesnaptest.Operation
	prepare func(context.Context, *bluesnap.Client, *bluesnaptest.Sandbox) (bluesnap.ID, error) // what it is done to
	do      func(context.Context, *bluesnap.Client, bluesnap.ID) error
	holds   func(context.Context, *bluesnap.Client, bluesnap.ID) bool // of class idempotent: the state that it is for
}

// mutations are of both classes that take no key. Those of class non-idempotent
// would have an effect again.
var mutations = map[string]mutation{
	"refund by reference": {
		op: bluesnaptest.RefundByReference,
		prepare: func(ctx context.Context, c *bluesnap.Client, sb *bluesnaptest.Sandbox) (bluesnap.ID, error) {
			payment, _, err := c.Transactions.Create(ctx, bluesnap.CardTransactionParams{
				Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD", VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
			})
			if err != nil {
				return "", err
			}
			return bluesnap.ID(payment.MerchantTransactionID), nil
		},
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.Transactions.RefundByReference(ctx, string(id), bluesnap.RefundParams{Amount: "1.00"})
			return err
		},
	},
	"update of a plan": {
		op:      bluesnaptest.UpdatePlan,
		prepare: newPlan,
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.Subscriptions.UpdatePlan(ctx, id, bluesnap.PlanUpdateParams{RecurringChargeAmount: "12.00"})
			return err
		},
	},
	"update of a shopper": {
		op:      bluesnaptest.UpdateVaultedShopper,
		prepare: newShopper,
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.VaultedShoppers.Update(ctx, id, bluesnap.VaultedShopperParams{FirstName: "Ben", Phone: "1"})
			return err
		},
	},
	"update of a subscription": {
		op:      bluesnaptest.UpdateSubscription,
		prepare: newSubscription,
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.Subscriptions.Update(ctx, id, bluesnap.SubscriptionUpdateParams{NextChargeDate: "2027-01-31"})
			return err
		},
	},
	"cancellation": {
		op:      bluesnaptest.UpdateSubscription,
		prepare: newSubscription,
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.Subscriptions.Cancel(ctx, id)
			return err
		},
		holds: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) bool {
			found, _, err := c.Subscriptions.Get(ctx, id)
			return err == nil && found.Status == bluesnap.SubscriptionCanceled
		},
	},
	"deletion": {
		op:      bluesnaptest.DeleteVaultedShopper,
		prepare: newShopper,
		do: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) error {
			_, _, err := c.VaultedShoppers.Delete(ctx, id)
			return err
		},
		holds: func(ctx context.Context, c *bluesnap.Client, id bluesnap.ID) bool {
			_, _, err := c.VaultedShoppers.Get(ctx, id)
			return bluesnap.OutcomeOf(err) == bluesnap.OutcomeRejected
		},
	},
}

func newPlan(ctx context.Context, c *bluesnap.Client, _ *bluesnaptest.Sandbox) (bluesnap.ID, error) {
	plan, _, err := c.Subscriptions.CreatePlan(ctx, bluesnap.PlanParams{
		Name: "Gold", ChargeFrequency: "MONTHLY", Currency: "USD", RecurringChargeAmount: "9.99",
	})
	if err != nil {
		return "", err
	}
	return plan.PlanID, nil
}

func newShopper(ctx context.Context, c *bluesnap.Client, _ *bluesnaptest.Sandbox) (bluesnap.ID, error) {
	shopper, _, err := c.VaultedShoppers.Create(ctx, bluesnap.VaultedShopperParams{FirstName: "Ben"})
	if err != nil {
		return "", err
	}
	return shopper.VaultedShopperID, nil
}

func newSubscription(ctx context.Context, c *bluesnap.Client, sb *bluesnaptest.Sandbox) (bluesnap.ID, error) {
	one, _, err := c.Subscriptions.Create(ctx, bluesnap.SubscriptionParams{
		PlanID: bluesnap.ID(sb.Seed.PlanID), VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	})
	if err != nil {
		return "", err
	}
	return one.SubscriptionID, nil
}

const mutationsPerWorld = 20

// TestProperty_MutationsWithoutAKey does each mutation many times, through a
// server with faults at every point, and holds each outcome against what the
// server has executed.
func TestProperty_MutationsWithoutAKey(t *testing.T) {
	for name, m := range mutations {
		t.Run(name, func(t *testing.T) {
			outcomes := map[bluesnap.Outcome]int{}
			for seed := range uint64(*seeds) {
				sdktest.WithBlueSnapSandbox(t, func(t *testing.T, sb *bluesnaptest.Sandbox, faulty *bluesnap.Client) {
					for range mutationsPerWorld {
						outcomes[m.holdsItsPromise(t, seed, sb, faulty)]++
					}
				}, []fakeserver.Option{fakeserver.WithRandomFaults(seed, 0.4)})
			}
			t.Log(outcomes)
			assert.Positive(t, outcomes[bluesnap.OutcomeDone], "enough is done for the zeros to mean something")
			if m.holds == nil {
				assert.Positive(t, outcomes[bluesnap.OutcomeUnknown], "faults strike in doubt")
			}
		})
	}
}

// holdsItsPromise does the mutation once and returns its outcome.
func (m mutation) holdsItsPromise(t *testing.T, seed uint64, sb *bluesnaptest.Sandbox, c *bluesnap.Client) bluesnap.Outcome {
	t.Helper()
	id, err := m.prepare(t.Context(), c, sb)
	if err != nil { // also in doubt: nothing to do it to
		return bluesnap.OutcomeNotSent
	}
	before := sb.Executed(m.op)
	outcome := bluesnap.OutcomeOf(m.do(t.Context(), c, id))
	executed := sb.Executed(m.op) - before
	what := fmt.Sprintf("seed %d, %s: %s, executed %d times\n%s", seed, m.op, outcome, executed, sb.Ledger())
	switch outcome {
	case bluesnap.OutcomeDone:
		require.Positive(t, executed, what)
	case bluesnap.OutcomeNotSent, bluesnap.OutcomeRejected:
		require.Zero(t, executed, what)
	}
	if m.holds == nil {
		require.LessOrEqual(t, executed, 1, what)
	} else if outcome == bluesnap.OutcomeDone {
		require.True(t, m.eventually(t, c, id), what)
	}
	return outcome
}

// eventually reports whether the state holds, past the faults that strike reads.
func (m mutation) eventually(t *testing.T, c *bluesnap.Client, id bluesnap.ID) bool {
	t.Helper()
	for range 20 {
		if m.holds(t.Context(), c, id) {
			return true
		}
	}
	return false
}
