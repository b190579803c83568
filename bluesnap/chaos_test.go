package bluesnap_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal/journaltest"
)

var seeds = flag.Int("seeds", 10, "worlds per property test")

// connects make the clients that go through a world: all keyed operations are
// payments, by the client itself, with refs and a journal in trouble, and by an
// integration's own code on top of the transport.
var connects = map[string]func(t *testing.T, w *chaos.Simulation, j *journaltest.Faulty) chaos.Client{
	"client": func(t *testing.T, w *chaos.Simulation, _ *journaltest.Faulty) chaos.Client {
		c := chaosClient(t, w)
		return func(ctx context.Context, op chaos.Op) chaos.Claim {
			_, _, err := c.Transactions.Create(ctx, paymentOf(op), keyOf(t, op)...)
			return claims[bluesnap.OutcomeOf(err)]
		}
	},
	"refs and a journal that fails": func(t *testing.T, w *chaos.Simulation, j *journaltest.Faulty) chaos.Client {
		c := chaosClient(t, w, bluesnap.WithJournal(j, "acme"))
		return func(ctx context.Context, op chaos.Op) chaos.Claim {
			opts := refused(op)
			if op.Key != "" {
				opts = append(opts, bluesnap.WithRef(op.Key))
			}
			_, _, err := c.Transactions.Create(ctx, paymentOf(op), opts...)
			outcome := bluesnap.OutcomeOf(err)
			if rec, _, _ := j.Memory.Load(ctx, "ref:"+op.Key); outcome == bluesnap.OutcomeNotSent && rec.Generation > 1 {
				// The model knows operations, not generations: of the ref as a
				// whole an earlier one was sent, and rejected.
				outcome = bluesnap.OutcomeRejected
			}
			return claims[outcome]
		}
	},
	"transport": func(t *testing.T, w *chaos.Simulation, _ *journaltest.Faulty) chaos.Client {
		c := &http.Client{Transport: bluesnap.NewTransport(&http.Transport{DialContext: w.DialContext},
			bluesnap.WithBaseURL(w.URL), bluesnap.WithWallClock(w.Clock.ClientWall))}
		return func(ctx context.Context, op chaos.Op) chaos.Claim { return claimOfOwnCode(ctx, t, c, w.URL, op) }
	},
}

func chaosClient(t *testing.T, w *chaos.Simulation, opts ...bluesnap.Option) *bluesnap.Client {
	t.Helper()
	c, err := bluesnap.New(sdktest.Username, sdktest.Password, append([]bluesnap.Option{
		bluesnap.WithBaseURL(w.URL), bluesnap.WithWallClock(w.Clock.ClientWall),
		bluesnap.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: w.DialContext}}),
	}, opts...)...)
	require.NoError(t, err)
	return c
}

var claims = map[bluesnap.Outcome]chaos.Claim{
	bluesnap.OutcomeUnknown: chaos.Unknown, bluesnap.OutcomeNotSent: chaos.NotSent,
	bluesnap.OutcomeRejected: chaos.Rejected, bluesnap.OutcomeDone: chaos.Done,
}

func paymentOf(op chaos.Op) bluesnap.CardTransactionParams {
	return bluesnap.CardTransactionParams{Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD", SoftDescriptor: op.ID}
}

func keyOf(t *testing.T, op chaos.Op) []bluesnap.CallOption {
	t.Helper()
	if op.Key == "" {
		return nil
	}
	return append(refused(op), bluesnap.WithIdempotencyKey(theKey(t, op)))
}

// refused makes a call of an operation one that is refused before anything is
// sent, where the operation takes one.
func refused(op chaos.Op) []bluesnap.CallOption {
	switch {
	case !op.Invalid:
		return nil
	case len(op.ID)%2 == 0:
		return []bluesnap.CallOption{bluesnap.WithHeader("Idempotency-Key", "another")}
	default:
		return []bluesnap.CallOption{bluesnap.WithMaxAttempts(-1)}
	}
}

func theKey(t *testing.T, op chaos.Op) bluesnap.Key {
	t.Helper()
	key, err := bluesnap.UnsentKey(op.Key)
	if !op.SentSince.IsZero() {
		key, err = bluesnap.SentKey(op.Key, op.SentSince)
	}
	require.NoError(t, err)
	return key
}

func claimOfOwnCode(ctx context.Context, t *testing.T, c *http.Client, url string, op chaos.Op) chaos.Claim {
	t.Helper()
	if op.Invalid { // the integration's own code refuses it
		return chaos.NotSent
	}
	if op.Key != "" {
		ctx = bluesnap.ContextWithKey(ctx, theKey(t, op))
	}
	body := strings.NewReader(`{"amount":"11.00","softDescriptor":"` + op.ID + `"}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/services/2/transactions", body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		return claims[bluesnap.OutcomeOf(err)]
	}
	require.NoError(t, resp.Body.Close())
	if resp.StatusCode < 300 {
		return chaos.Done
	}
	return chaos.Rejected
}

// remembers is how long the server of a world remembers a key: anything that
// "up to 24 hours" may mean, from the 12 on that the profile takes for granted.
func remembers(seed uint64) time.Duration {
	dice := rand.New(rand.NewPCG(seed, 24))
	if dice.IntN(2) == 0 {
		return 12 * time.Hour
	}
	return 12*time.Hour + time.Duration(dice.Int64N(int64(12*time.Hour)))
}

// TestProperty_ZeroDuplicatesZeroLies works payments through a server that
// knows the truth, under faults at every point, sleeping clocks, restarts, keys
// that several calls and clients share, and a journal in trouble.
func TestProperty_ZeroDuplicatesZeroLies(t *testing.T) {
	load := chaos.DefaultLoad()
	load.Classes = []chaos.Class{chaos.Keyed}
	for name, connect := range connects {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range uint64(*seeds) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						cfg := chaos.Config{Seed: seed, Rules: chaos.BlueSnapRules(remembers(seed)), Faults: chaos.DefaultFaults()}
						journal := journaltest.NewFaulty(rand.New(rand.NewPCG(seed, 1)))
						r := chaos.Run(cfg, load, func(w *chaos.Simulation) chaos.Client { return connect(t, w, journal) })
						assert.Zero(t, r.Duplicates, r)
						assert.Zero(t, r.Lies, r)
						sum.Add(r)
					})
				})
			}
			t.Log(sum)
			assert.Greater(t, sum.Success(), 0.6, "enough is done for the zeros to mean something: %s", sum)
		})
	}
}

type edge struct {
	operations, duplicates, lies int
	resumed, late, done          int // second calls: sent, refused as too late, done
	failures                     []string
}

// TestProperty_TheWindowsEdge resumes payments that were left in doubt, by the
// same process or by another, after pauses that end around the end of the
// window. In some of them one of the machine's two clocks stood still.
func TestProperty_TheWindowsEdge(t *testing.T) {
	var sum edge
	for seed := range uint64(*seeds) {
		synctest.Test(t, func(t *testing.T) { sum.world(t, seed, remembers(seed)) })
	}
	t.Logf("%+v", sum)
	assert.Zero(t, sum.duplicates, strings.Join(sum.failures, "\n"))
	assert.Zero(t, sum.lies, strings.Join(sum.failures, "\n"))
	assert.Greater(t, sum.done, sum.operations/10, "on this side of the edge much is done")
	assert.Greater(t, sum.late, sum.operations/10, "beyond it much is refused")
}

// The 12 hours are an assumption: the vendor promises no minimum. Where a
// server forgets earlier, a payment may be made twice, and the test above would
// show it.
func TestAssumption_AServerThatForgetsEarlierMayPayTwice(t *testing.T) {
	var sum edge
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) { sum.world(t, seed, 11*time.Hour) })
	}
	assert.Positive(t, sum.duplicates)
}

const edgeOperations = 200

func (s *edge) world(t *testing.T, seed uint64, remembers time.Duration) {
	faults := chaos.Faults{
		First: 0.9, Later: 0.4, Dial: 0.05, // pauses are this test's own: in one world one clock may stop (A3)
		Mix: map[chaos.Kind]int{
			chaos.ResetConn: 4, chaos.CloseConn: 4, chaos.LateAndLost: 2, chaos.ServerError: 3, chaos.LateRequest: 2, chaos.SlowAfter: 2,
		},
	}
	w := chaos.Start(chaos.Config{Seed: seed, Rules: chaos.BlueSnapRules(remembers), Faults: faults})
	defer w.Close()
	dice := rand.New(rand.NewPCG(seed, 7))
	mono := dice.IntN(2) == 0
	stops := func(d time.Duration) { w.Clock.Suspend(d, mono, !mono) }
	clients := []*bluesnap.Client{chaosClient(t, w), chaosClient(t, w)}
	var ops []chaos.Op
	for i := range edgeOperations {
		op := chaos.NewOp(chaos.Keyed, fmt.Sprintf("op-%d", i+1))
		ops = append(ops, op)
		s.resume(t, w, op, clients, dice, stops)
	}
	for _, c := range clients {
		c.CloseIdleConnections()
	}
	w.Resolve()
	for _, op := range ops {
		verdict := w.Ledger.Judge(op)
		s.operations++
		s.duplicates += verdict.Duplicates
		s.lies += len(verdict.Lies)
		if !verdict.OK() && len(s.failures) < 5 {
			s.failures = append(s.failures, fmt.Sprintf("seed %d: %s", seed, w.Ledger.Timeline(op)))
		}
	}
}

func (s *edge) resume(t *testing.T, w *chaos.Simulation, op chaos.Op, clients []*bluesnap.Client, dice *rand.Rand, stops func(time.Duration)) {
	key, began := bluesnap.NewKey(), w.Clock.Server()
	pay := func(c *bluesnap.Client, k bluesnap.Key, opts ...bluesnap.CallOption) (err error) {
		opts = append(opts, bluesnap.WithIdempotencyKey(k))
		w.Call(t.Context(), func(ctx context.Context, op chaos.Op) chaos.Claim {
			_, _, err = c.Transactions.Create(ctx, paymentOf(op), opts...)
			return claims[bluesnap.OutcomeOf(err)]
		}, op)
		return err
	}
	if bluesnap.OutcomeOf(pay(clients[0], key, bluesnap.WithMaxAttempts(1+dice.IntN(2)))) != bluesnap.OutcomeUnknown {
		return
	}
	if dice.IntN(2) == 0 {
		stops(atTheEdge(dice))
	} else {
		time.Sleep(atTheEdge(dice))
	}
	client := clients[0]
	if dice.IntN(2) == 0 { // another process, whose start comes from a clock that may have stopped
		client = clients[1]
		var err error
		key, err = bluesnap.SentKey(key.String(), w.Clock.ClientWall().Add(-w.Clock.Server().Sub(began)))
		require.NoError(t, err)
	}
	if dice.IntN(4) == 0 { // and once more while the call runs
		again, within := time.Duration(dice.Int64N(int64(3*time.Minute))), time.Duration(dice.Int64N(int64(10*time.Second)))
		var over sync.WaitGroup
		defer over.Wait()
		over.Go(func() {
			time.Sleep(within)
			stops(again)
		})
	}
	switch err := pay(client, key); {
	case errors.Is(err, bluesnap.ErrKeyExpired):
		s.late++
	case err == nil:
		s.done++
		s.resumed++
	default:
		s.resumed++
	}
}

func atTheEdge(dice *rand.Rand) time.Duration {
	if dice.IntN(4) == 0 {
		return time.Duration(dice.Int64N(int64(30 * time.Hour)))
	}
	return 12*time.Hour - time.Minute + time.Duration(dice.Int64N(int64(2*time.Minute)))
}
