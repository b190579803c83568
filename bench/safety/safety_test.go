package safety

import (
	"encoding/json"
	"errors"
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
	"github.com/bardge/bardge-go/idem"
)

var jsonFile = flag.String("json", "", "make the whole table, and write the report to this `file`")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const brief = 250

func days(t *testing.T, run func(seed uint64) (*Day, error), seeds ...uint64) *Counts {
	t.Helper()
	counts := NewCounts()
	for _, seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			day, err := run(seed)
			require.NoError(t, err)
			counts.Add(day)
		})
	}
	return counts
}

func TestSafety(t *testing.T) {
	operations := brief
	if *jsonFile != "" {
		operations = Operations
	}
	report := Report{Days: len(Seeds)}
	for _, mode := range []Mode{Remembers, Forgets} {
		for _, c := range Clients(mode) {
			counts := days(t, func(seed uint64) (*Day, error) { return Run(c, mode, seed, operations) }, Seeds...)
			report.Rows = append(report.Rows, NewRow(c, mode, counts))
		}
	}
	t.Log("\n" + report.Markdown())
	assertWhole(t, report, operations)
	assertPromise(t, report)
	assertForgetful(t, report)
	measurement.WriteReport(t, *jsonFile, report)
}

func assertWhole(t *testing.T, r Report, operations int) {
	t.Helper()
	for _, row := range r.Rows {
		assert.Equal(t, operations*len(Seeds), row.Operations, row.Client)
		// A pass that was issued twice may have been reported as done, which is
		// neither.
		reported := row.Success + row.Failed + row.Unknown + row.Lies
		assert.LessOrEqual(t, reported, row.Operations, row.Client)
		assert.GreaterOrEqual(t, reported+row.Duplicates, row.Operations, row.Client)
		assert.Positive(t, row.Requests, row.Client)
		assert.Positive(t, row.P50, row.Client)
		assert.GreaterOrEqual(t, row.P99, row.P50, row.Client)
	}
}

// assertPromise requires zero duplicates, zero lies and the highest success of
// this SDK, and that the day is bad enough for the other clients.
func assertPromise(t *testing.T, r Report) {
	t.Helper()
	ours, ok := r.Find(peers.SDK.Name, Remembers)
	require.True(t, ok)
	assert.Zero(t, ours.Duplicates)
	assert.Zero(t, ours.Lies)
	explained := 0
	for _, fate := range ours.Reasons {
		explained += fate.Issued + fate.NotIssued
	}
	assert.Equal(t, ours.Unknown, explained)

	keyless, ok := r.Find(peers.RetryableHTTP.Name, Remembers)
	require.True(t, ok)
	assert.Positive(t, keyless.Duplicates, "retries without a key")
	keyedDuplicates, lies := 0, 0
	for _, row := range r.Rows {
		if row.Mode != Remembers || row.Client == ours.Client {
			continue
		}
		assert.Less(t, row.Rate(), ours.Rate(), row.Client)
		lies += row.Lies
		if row.Client != keyless.Client {
			keyedDuplicates += row.Duplicates
		}
	}
	assert.Positive(t, keyedDuplicates, "a key without its window")
	assert.Positive(t, lies)
}

// assertForgetful checks the documentation on servers that forget: the default
// policy duplicates, NoRetryOn500 does not.
func assertForgetful(t *testing.T, r Report) {
	t.Helper()
	plain, ok := r.Find(SDK().Name, Forgets)
	require.True(t, ok)
	assert.Positive(t, plain.Duplicates)
	assert.Zero(t, plain.Lies, "what is reported as done is done, perhaps twice")
	final, ok := r.Find(SDKFinal().Name, Forgets)
	require.True(t, ok)
	assert.Zero(t, final.Duplicates)
	assert.Zero(t, final.Lies)
	assert.Positive(t, final.Reasons[FinalError].Issued)
	assert.Greater(t, final.Rate(), 80.0)
}

// TestTheClientItselfKeepsThePromiseToo runs the whole client on the day on
// which the wall clock that it reads matters least.
func TestTheClientItselfKeepsThePromiseToo(t *testing.T) {
	whole := func(seed uint64) (*Day, error) { return Run(Peer(peers.SDK), Remembers, seed, brief) }
	got := days(t, whole, Seeds[2])
	assert.Zero(t, got.Duplicates)
	assert.Zero(t, got.Lies)
	assert.Greater(t, got.Rate(), 90.0)
}

func TestReportSurvivesItsJSON(t *testing.T) {
	ours := NewCounts()
	ours.Operations, ours.Success, ours.Unknown, ours.Requests = 200, 191, 9, 250
	ours.Reasons[Slept] = Fate{Issued: 7, NotIssued: 2}
	ours.took = []time.Duration{20 * time.Millisecond, 20 * time.Millisecond, 30500 * time.Millisecond}
	theirs := NewCounts()
	theirs.Operations, theirs.Success, theirs.Duplicates, theirs.Lies, theirs.Requests = 200, 150, 5, 6, 200
	theirs.LiesBy = map[int]int{429: 1, 500: 2, 503: 3}
	doc, err := json.Marshal(Report{Days: 2, Rows: []Row{
		NewRow(Peer(peers.Stripe), Remembers, theirs), NewRow(SDK(), Remembers, ours), NewRow(SDKFinal(), Forgets, ours),
	}})
	require.NoError(t, err)

	var r Report
	require.NoError(t, json.Unmarshal(doc, &r))
	text := r.Markdown()
	for _, line := range []string{
		"100 passes to issue on each of 2 days",
		"| stripe-go (v85.0.0) | 75.00 % | 0 | 0 | **5** | **6** | 1.00 | 0.00 s | 0.00 s |\n",
		"| bardge-go (" + peers.SDK.Version + ") | 95.50 % | 0 | 9 | 0 | 0 | 1.25 | 0.02 s | 30.5 s |\n",
		"| stripe-go | 1 | 2 | 3 |\n",
		"| suspended beyond the window | 7 | 2 | no | unsafe: it may be issued again | yes |\n",
		"| bardge-go, NoRetryOn500 (",
	} {
		assert.Contains(t, text, line)
	}
}

func TestCauses(t *testing.T) {
	const (
		throttled = "request 1 leaves (slow after/3)\nrequest 2 leaves (throttle/8 after)\nrequest 2 executed\n"
		answered  = throttled + "request 3 leaves (no fault)"
	)
	serverError := idem.Attempt{Status: 500, Verdict: idem.VerdictAmbiguous}
	replayed := serverError
	replayed.Replayed = true
	refused := idem.Attempt{Status: 400, Verdict: idem.VerdictRejectedStored, Replayed: true}
	for _, row := range []struct {
		name     string
		attempts []idem.Attempt
		wait     time.Duration
		final    bool
		timeline string
		want     Reason
	}{
		{name: "stored", attempts: []idem.Attempt{serverError, replayed}, timeline: throttled, want: StoredError},
		{name: "stored, under any policy", attempts: []idem.Attempt{replayed}, final: true, want: StoredError},
		{name: "final", attempts: []idem.Attempt{serverError}, final: true, timeline: throttled, want: FinalError},
		{name: "final for another policy", attempts: []idem.Attempt{serverError}, timeline: answered, want: NoContent},
		{name: "another 5xx is not final", attempts: []idem.Attempt{{Status: 503}}, final: true, timeline: answered, want: NoContent},
		{name: "a stored refusal is no stored error", attempts: []idem.Attempt{refused}, timeline: answered, want: NoContent},
		{name: "asleep", attempts: []idem.Attempt{{}}, timeline: "suspended while the answer is due", want: Slept},
		{name: "a wait is requested", attempts: []idem.Attempt{{Status: 503}}, timeline: throttled, want: LongWait},
		{name: "a wait is requested, by the result", attempts: []idem.Attempt{{Status: 503}}, wait: 120 * time.Second, timeline: answered, want: LongWait},
		{name: "a wait that fits is requested", attempts: []idem.Attempt{{Status: 503}}, wait: 2 * time.Second, timeline: answered, want: NoContent},
		{name: "throttled earlier", attempts: []idem.Attempt{{}}, timeline: answered, want: NoContent},
		{name: "no attempt", final: true, timeline: answered, want: NoContent},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := idem.Result{Attempts: row.attempts, RetryAfter: row.wait, Err: errors.New("in any words")}
			assert.Equal(t, row.want, reasonOf(ending{r, row.final}, row.timeline))
		})
	}
	assert.Equal(t, LongWait, reasonOf(errors.New("not by the engine"), throttled))
	for _, reason := range Reasons {
		assert.Contains(t, remedies, reason)
	}
}
