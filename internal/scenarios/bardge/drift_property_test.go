package scenarios

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// At a sandbox that is bent in several ways at random, and behind random faults,
// no operation is executed twice, and no outcome is wrong.
func TestNoDuplicatesAtABentSandbox(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 60
	}
	counts := map[bardge.Outcome]int{}
	for seed := range uint64(runs) {
		dice := rand.New(rand.NewPCG(seed, 22))
		op := sdktest.Operations[dice.IntN(len(sdktest.Operations))]
		if op.ID.Operation().Class == gen.RetryClassSafe {
			continue
		}
		bends := randomBends(t, dice)
		synctest.Test(t, func(t *testing.T) {
			sb := sandbox.Start(t, sandbox.WithPreview(), sandbox.WithDrift(bends...))
			s := &sdktest.Sandbox{Sandbox: sb, T: t}
			client := s.NewClient(bardge.WithMaxAttempts(4))
			var id string
			if op.Before != nil {
				if id = op.Before(t.Context(), s.NewClient(), sb.Seed).Got; id == "" {
					return // it is bent as well
				}
			}
			before := sb.Executed(op.ID)
			random := sb.Control().RandomFaults()
			random.Rate, random.Seed = 0.4, seed
			require.NoError(t, sb.Control().SetRandomFaults(random))
			seeded := sb.Seed
			if dice.IntN(3) == 0 { // the API rejects the call
				seeded.PassID, seeded.ClientID, seeded.CreditPackageID = "pass_none", "client_none", "credits_none"
			}
			got := op.Call(t.Context(), client, seeded, id)
			counts[bardge.OutcomeOf(got.Err)]++
			checkClaim(t, fmt.Sprintf("seed %d, %v\n%s", seed, bends, sb.Ledger()), op.ID, sb.Executed(op.ID)-before, got)
		})
	}
	t.Log(counts)
}

// Another process recovers what a crashed one left open, inside the key's window
// or after it, and reads what the bent sandbox shows: it never claims what was
// not executed, and executes nothing twice.
func TestRecoveryAtABentSandbox(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 30
	}
	counts := map[string]int{}
	for seed := range uint64(runs) {
		dice := rand.New(rand.NewPCG(seed, 23))
		op := sdktest.Operations[dice.IntN(len(sdktest.Operations))]
		if _, changes := mutations[op.ID]; !changes || op.Before != nil {
			continue
		}
		bends := randomBends(t, dice)
		synctest.Test(t, func(t *testing.T) {
			sb := sandbox.Start(t, sandbox.WithPreview(), sandbox.WithDrift(bends...))
			s := &sdktest.Sandbox{Sandbox: sb, Journal: journal.NewMemory(), T: t}
			s.Client = s.NewClient(s.WithJournal())
			time.Sleep(10 * time.Minute) // the seed has a purchase of credits
			executed := dice.IntN(2) == 0
			s.LeaveOpen(op.ID, sdktest.OrderOf(op.ID), executed, bardge.WithRef("order-1"))
			time.Sleep([]time.Duration{10 * time.Second, 10 * time.Minute}[dice.IntN(2)])
			for _, found := range s.Recover() {
				counts[found.Outcome.String()]++
				about := fmt.Sprintf("seed %d, executed %t, %s, %v\n%s", seed, executed, found.Evidence, bends, sb.Ledger())
				require.LessOrEqual(t, sb.Executed(op.ID), 1, about)
				if found.Outcome == bardge.OutcomeDone {
					require.Equal(t, 1, sb.Executed(op.ID), about)
				}
				if found.Outcome == bardge.OutcomeRejected {
					require.Zero(t, sb.Executed(op.ID), about)
				}
			}
		})
	}
	t.Log(counts)
}

// randomBends returns up to four of the bends that the table has, of all
// operations. Statuses that claim another outcome are left out: no client sees
// through a server that rejects what it has executed.
func randomBends(t *testing.T, dice *rand.Rand) (bends []sandbox.Bend) {
	t.Helper()
	for range 1 + dice.IntN(4) {
		b, err := sandbox.ParseBend(bentRows[dice.IntN(len(bentRows))].bend)
		require.NoError(t, err)
		b.Operation = string(sandbox.EveryOperation)
		if strings.HasSuffix(b.Kind, "-request") || b.Kind == "move" {
			continue
		}
		if sb, err := sandbox.New(sandbox.WithDrift(append(bends, b)...)); err == nil {
			sb.Close()
			bends = append(bends, b)
		}
	}
	return bends
}

func checkClaim(t *testing.T, about string, op sandbox.Operation, executed int, got sdktest.Result) {
	t.Helper()
	if op.Operation().Class != gen.RetryClassIdempotent {
		require.LessOrEqual(t, executed, 1, about)
	}
	switch bardge.OutcomeOf(got.Err) {
	case bardge.OutcomeDone:
		require.Positive(t, executed, about)
	case bardge.OutcomeRejected, bardge.OutcomeNotSent:
		require.Zero(t, executed, "%v, %s", got.Err, about)
	default:
		require.Error(t, got.Err, about)
	}
}
