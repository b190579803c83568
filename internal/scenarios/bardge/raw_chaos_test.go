package scenarios

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

var seeds = flag.Int("seeds", 6, "worlds per property test")

// rawConnects make the clients that go through a world by raw calls alone.
var rawConnects = map[string]func(t *testing.T, w *chaos.Simulation, j *journaltest.Faulty) chaos.Client{
	"keys": func(t *testing.T, w *chaos.Simulation, _ *journaltest.Faulty) chaos.Client {
		c := rawClient(t, w, nil)
		return func(ctx context.Context, op chaos.Op) chaos.Claim {
			_, _, err := c.Do(ctx, rawOf(op), rawKey(t, op)...)
			return rawClaims[bardge.OutcomeOf(err)]
		}
	},
	"refs and a journal that fails": func(t *testing.T, w *chaos.Simulation, j *journaltest.Faulty) chaos.Client {
		c := rawClient(t, w, j)
		return func(ctx context.Context, op chaos.Op) chaos.Claim { return rawWithRef(ctx, c, j.Memory, op) }
	},
	"crashes and recovery": func(t *testing.T, w *chaos.Simulation, j *journaltest.Faulty) chaos.Client {
		return func(ctx context.Context, op chaos.Op) chaos.Claim { return rawRecovered(ctx, t, w, j, op) }
	},
}

func rawClient(t *testing.T, w *chaos.Simulation, j journal.Journal, opts ...bardge.Option) *bardge.Client {
	t.Helper()
	key := func(context.Context) (string, error) { return strings.TrimPrefix(w.Credentials(), "Bearer "), nil }
	if j != nil {
		opts = append(opts, bardge.WithJournal(j, "acme"), bardge.WithJournalSecret([]byte("the journal's secret")))
	}
	c, err := bardge.New("", append(opts,
		bardge.WithBaseURL(w.URL), bardge.WithAPIKeyProvider(key),
		bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: w.DialContext}}))...)
	if err != nil {
		panic(err) // require would end a worker, and the rest would wait for it
	}
	return c
}

var rawClaims = map[bardge.Outcome]chaos.Claim{
	bardge.OutcomeUnknown: chaos.Unknown, bardge.OutcomeNotSent: chaos.NotSent,
	bardge.OutcomeRejected: chaos.Rejected, bardge.OutcomeDone: chaos.Done,
}

// rawOf returns an operation as a raw call. Half of the calls name an essential
// field; what has no key's protection is half KeyUnverified, half NonIdempotent.
func rawOf(op chaos.Op) bardge.RawCall {
	even := len(op.ID)%2 == 0
	raw := bardge.RawCall{Method: op.Method, Path: op.Path, Class: map[chaos.Class]bardge.RetryClass{
		chaos.Safe: bardge.Safe, chaos.Keyed: bardge.Keyed, chaos.Idempotent: bardge.Idempotent, chaos.KeyUnverified: bardge.KeyUnverified,
	}[op.Class]}
	if op.Body != nil {
		raw.Body = op.Body
	}
	if raw.Class == bardge.KeyUnverified && even {
		raw.Class = bardge.NonIdempotent
	}
	raw.Name = "Raw-" + strings.ReplaceAll(raw.Class.String(), " ", "-")
	if even {
		raw.Name, raw.Essential = raw.Name+"-essential", []string{"id"}
	}
	if op.Invalid {
		raw.Path = "//" + op.Path
	}
	return raw
}

// rawRows registers what rawOf makes.
func rawRows() []bardge.Option {
	var all []bardge.Option
	for _, class := range []chaos.Class{chaos.Keyed, chaos.Idempotent, chaos.KeyUnverified} {
		for _, id := range []string{"odd", "even"} {
			raw := rawOf(chaos.NewOp(class, id))
			all = append(all, bardge.WithRawOperation(bardge.RawOperation{Name: raw.Name, Class: raw.Class, Essential: raw.Essential}))
		}
	}
	return all
}

func rawKey(t *testing.T, op chaos.Op) []bardge.CallOption {
	t.Helper()
	if op.Key == "" {
		return nil
	}
	key, err := bardge.UnsentKey(op.Key)
	if !op.SentSince.IsZero() {
		key, err = bardge.SentKey(op.Key, op.SentSince)
	}
	require.NoError(t, err)
	return []bardge.CallOption{bardge.WithIdempotencyKey(key)}
}

func rawWithRef(ctx context.Context, c *bardge.Client, j *journal.Memory, op chaos.Op) chaos.Claim {
	var opts []bardge.CallOption
	ref := ""
	if op.Class != chaos.Safe {
		ref = cmp.Or(op.Key, "order-"+op.ID)
		opts = append(opts, bardge.WithRef(ref))
	}
	_, _, err := c.Do(ctx, rawOf(op), opts...)
	return rawClaimOf(j, ref, bardge.OutcomeOf(err))
}

// rawClaimOf claims an outcome of a ref. The model knows operations, not
// generations: of the ref as a whole an earlier one was sent, and rejected.
func rawClaimOf(j *journal.Memory, ref string, outcome bardge.Outcome) chaos.Claim {
	if rec, _, _ := j.Load(context.Background(), "ref:"+ref); outcome == bardge.OutcomeNotSent && rec.Generation > 1 {
		outcome = bardge.OutcomeRejected
	}
	return rawClaims[outcome]
}

// rawRecovered calls in a process that may lose its journal after a few writes,
// which is a crash that leaves its requests on their way; then another process
// recovers, and the call is repeated by a third.
func rawRecovered(ctx context.Context, t *testing.T, w *chaos.Simulation, j *journaltest.Faulty, op chaos.Op) chaos.Claim {
	t.Helper()
	dice := rand.New(rand.NewPCG(uint64(len(op.ID)), uint64(op.ID[len(op.ID)-1])))
	first := rawClient(t, w, &crashing{Faulty: j, left: 1 + dice.IntN(4)})
	defer first.CloseIdleConnections()
	claim := rawWithRef(ctx, first, j.Memory, op)
	if claim != chaos.Unknown || op.Class == chaos.Safe {
		return claim
	}
	ctx = context.WithoutCancel(ctx)
	time.Sleep(time.Duration(dice.Int64N(int64(2 * time.Minute))))
	second := rawClient(t, w, j, rawRows()...)
	defer second.CloseIdleConnections()
	for r, err := range second.Recover(ctx) {
		if err != nil {
			break // the journal's
		}
		assert.NotErrorIs(t, r.Err, bardge.ErrUnknownOperation)
	}
	third := rawClient(t, w, j, rawRows()...)
	defer third.CloseIdleConnections()
	return rawWithRef(ctx, third, j.Memory, op)
}

// crashing is a journal that a process loses after some writes.
type crashing struct {
	*journaltest.Faulty

	left int
}

func (c *crashing) Save(ctx context.Context, r journal.Record) (bool, error) {
	if c.left == 0 {
		return false, journal.ErrNotCommitted
	}
	c.left--
	return c.Faulty.Save(ctx, r)
}

// rawFaults are a bad day, without pauses and steps of the clock: the client's
// clocks are the machine's own here, and idem's properties move them.
func rawFaults() chaos.Faults {
	faults := chaos.DefaultFaults()
	faults.Pause, faults.Mix = 0, chaos.DefaultMix()
	delete(faults.Mix, chaos.ClockForward)
	delete(faults.Mix, chaos.ClockBack)
	return faults
}

// TestProperty_RawCallsZeroDuplicatesZeroLies works operations of all classes
// as raw calls through a server that knows the truth.
func TestProperty_RawCallsZeroDuplicatesZeroLies(t *testing.T) {
	for name, connect := range rawConnects {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range uint64(*seeds) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						j := journaltest.NewFaulty(rand.New(rand.NewPCG(seed, 3)))
						cfg := chaos.Config{Seed: seed, Rules: chaos.BardgeRules(), Faults: rawFaults()}
						r := chaos.Run(cfg, chaos.DefaultLoad(), func(w *chaos.Simulation) chaos.Client { return connect(t, w, j) })
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
