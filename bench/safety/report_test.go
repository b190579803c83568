package safety

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
)

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
		{"stored", []idem.Attempt{serverError, replayed}, 0, false, throttled, StoredError},
		{"stored, under any policy", []idem.Attempt{replayed}, 0, true, "", StoredError},
		{"final", []idem.Attempt{serverError}, 0, true, throttled, FinalError},
		{"final for another policy", []idem.Attempt{serverError}, 0, false, answered, NoContent},
		{"another 5xx is not final", []idem.Attempt{{Status: 503}}, 0, true, answered, NoContent},
		{"a stored refusal is no stored error", []idem.Attempt{refused}, 0, false, answered, NoContent},
		{"asleep", []idem.Attempt{{}}, 0, false, "suspended while the answer is due", Slept},
		{"a wait is requested", []idem.Attempt{{Status: 503}}, 0, false, throttled, LongWait},
		{"a wait is requested, by the result", []idem.Attempt{{Status: 503}}, 120 * time.Second, false, answered, LongWait},
		{"a wait that fits is requested", []idem.Attempt{{Status: 503}}, 2 * time.Second, false, answered, NoContent},
		{"throttled earlier", []idem.Attempt{{}}, 0, false, answered, NoContent},
		{"no attempt", nil, 0, true, answered, NoContent},
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
