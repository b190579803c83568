package idem

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

const executedObject = `{"error":{"code":"executed","resource":"x"}}`

// executedBefore is a vendor that answers the repetition of an executed request
// with an error.
func executedBefore(status int, h http.Header, body []byte) Signal {
	if string(body) == executedObject {
		return SignalAlreadyExecuted
	}
	return testClassify(status, h, body)
}

func executesOnce(c *Config) { c.Profile.Classify = executedBefore }

func keyed(k Key) Call { return ofKey(post(Keyed), k) }

func TestR12_ARepetitionThatFindsTheKeyExecutedIsDone(t *testing.T) {
	for name, row := range map[string]struct {
		first http.HandlerFunc
		call  func(t *testing.T) Call
	}{
		"R12 after a lost response":          {lose, func(t *testing.T) Call { return keyed(freshKey(t, "k")) }},
		"R12 after a 500":                    {says(500, ""), func(t *testing.T) Call { return keyed(freshKey(t, "k")) }},
		"R12 at once, under a minted key":    {says(409, executedObject), func(*testing.T) Call { return post(Keyed) }},
		"R12 at once, under a key sent once": {says(409, executedObject), func(t *testing.T) Call { return keyed(usedKey(t, "k", time.Now())) }},
		"R12 of a ref, after a lost one":     {lose, func(*testing.T) Call { return withRef(Keyed) }},
	} {
		t.Run(name, worldTest(script(row.first, says(409, executedObject)), func(t *testing.T, w *world) {
			r := w.do(row.call(t))
			assert.Equal(t, OutcomeDone, r.Outcome)
			assert.Equal(t, VerdictAlreadyApplied, r.Verdict)
			require.ErrorIs(t, r.Err, ErrResponseLost)
			require.NotNil(t, r.Response)
			assert.JSONEq(t, executedObject, string(r.Response.Body), "it names the resource")
			assert.False(t, r.RetryHelps)
		}, executesOnce, func(c *Config) { c.Journal = journal.NewMemory() }))
	}
}

func TestR4_AKeyThatIsFoundExecutedMayBeAnotherRequests(t *testing.T) {
	for name, call := range map[string]func(t *testing.T) Call{
		"R4 a key that was never sent": func(t *testing.T) Call { return keyed(freshKey(t, "k")) },
		"R4 a ref's":                   func(*testing.T) Call { return withRef(Keyed) },
	} {
		t.Run(name, worldTest(says(409, executedObject), func(t *testing.T, w *world) {
			c := call(t)
			for range 3 {
				r := w.do(c)
				assert.Equal(t, OutcomeUnknown, r.Outcome, "also when it is asked again")
				assert.ErrorContains(t, r.Err, reasonExistsForeign)
				assert.False(t, r.RetryHelps)
				assert.Len(t, r.Attempts, 1, "each repetition gets the same")
			}
			if c.Ref != "" {
				for r := range w.engine.Recover(context.Background(), knowing(Keyed)) {
					assert.Equal(t, OutcomeUnknown, r.Result.Outcome)
					assert.Equal(t, ActionReconcile, r.Action)
				}
			}
		}, executesOnce, func(c *Config) { c.Journal = journal.NewMemory() }))
	}
}

func TestTable_ExecutedBeforeIsForOperationsWithAKey(t *testing.T) {
	inWorld(t, says(409, executedObject), func(t *testing.T, w *world) {
		for class, want := range map[Class]Outcome{
			Idempotent: OutcomeRejected, Safe: OutcomeRejected, NonIdempotent: OutcomeRejected,
			KeyUnverified: OutcomeDone, Keyed: OutcomeDone,
		} {
			assert.Equal(t, want, w.do(post(class)).Outcome, class)
		}
	}, executesOnce)
}

// found is a Lookup that shows this, and counts how often it was called.
type found struct {
	state State
	body  string
	asked []Lookup
}

func (f *found) lookup(ctx context.Context, l Lookup) (*Response, State) {
	f.asked = append(f.asked, l)
	if f.body == "" {
		return nil, f.state
	}
	r := l.Do(ctx, Request{
		Operation: Operation{Name: "look", Success: []int{200}}, Method: http.MethodGet, Path: "/things/" + f.body,
	})
	if r.Err != nil {
		return nil, StateUnread
	}
	return r.Response, f.state
}

// beside reads that show this, mutations are answered in another way.
func beside(shown string, mutations http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			says(200, shown)(w, r)
			return
		}
		mutations(w, r)
	}
}

func TestR33_ALookupSettlesAKeyedOperation(t *testing.T) {
	lost, executed := beside(`{"id":"x"}`, says(500, "")), beside(`{"id":"x"}`, says(409, executedObject))
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		look    found
		outcome Outcome
		exists  bool
	}{
		"R33 found by its key":              {lost, found{state: StateHolds, body: "x"}, OutcomeDone, false},
		"R33 not found: it may come":        {lost, found{state: StateUnread}, OutcomeUnknown, false},
		"R33 not found, called different":   {lost, found{state: StateDiffers}, OutcomeUnknown, false},
		"R33 found without a response":      {lost, found{state: StateHolds}, OutcomeUnknown, false},
		"R12 exists, and is read":           {executed, found{state: StateHolds, body: "x"}, OutcomeDone, true},
		"R12 exists, and cannot be read":    {executed, found{state: StateUnread}, OutcomeDone, true},
		"R12 exists, and is another's":      {executed, found{state: StateDiffers}, OutcomeUnknown, true},
		"R12 exists, read, not its content": {executed, found{state: StateUnread, body: "x"}, OutcomeDone, true},
	} {
		t.Run(name, worldTest(row.handler, func(t *testing.T, w *world) {
			c := post(Keyed)
			c.Request.Operation.Lookup = row.look.lookup
			r := w.do(c)
			assert.Equal(t, row.outcome, r.Outcome)
			require.Len(t, row.look.asked, 1)
			assert.Equal(t, r.Key.String(), row.look.asked[0].Key)
			assert.Equal(t, row.exists, row.look.asked[0].Exists != nil)
			if row.look.body != "" && row.look.state != StateDiffers {
				require.NoError(t, r.Err)
				assert.True(t, r.Recovered)
				assert.JSONEq(t, `{"id":"x"}`, string(r.Response.Body))
			} else {
				assert.Error(t, r.Err)
			}
		}, executesOnce))
	}
}

func TestR4_ALookupSettlesAKeyThatMayBeAnothers(t *testing.T) {
	for state, want := range map[State]Outcome{
		StateHolds: OutcomeDone, StateDiffers: OutcomeUnknown, StateUnread: OutcomeUnknown,
	} {
		inWorld(t, beside(`{"id":"x"}`, says(409, executedObject)), func(t *testing.T, w *world) {
			look := found{state: state, body: "x"}
			c := keyed(freshKey(t, "k"))
			c.Request.Operation.Lookup = look.lookup
			assert.Equal(t, want, w.do(c).Outcome, state)
			require.Len(t, look.asked, 1)
			assert.NotNil(t, look.asked[0].Exists)
		}, executesOnce)
	}
}

func TestR33_NothingIsLookedUpThatIsSettled(t *testing.T) {
	for _, handler := range []http.HandlerFunc{says(200, `{"id":"x"}`), says(400, errorObject)} {
		inWorld(t, handler, func(t *testing.T, w *world) {
			look := found{state: StateHolds, body: "x"}
			c := post(Keyed)
			c.Request.Operation.Lookup = look.lookup
			w.do(c)
			assert.Empty(t, look.asked)
		})
	}
}

func TestR4_AKeyOfAnotherRequestIsNotLookedUp(t *testing.T) {
	theirs := beside(`{"id":"theirs"}`, says(409, `{"error":{"code":"key_reused"}}`))
	inWorld(t, script(lose, theirs), func(t *testing.T, w *world) {
		look := found{state: StateHolds, body: "x"}
		c := keyed(freshKey(t, "k"))
		c.Request.Operation.Lookup = look.lookup
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "what the key shows is the other request's")
		require.ErrorIs(t, r.Err, ErrKeyReused)
		assert.Empty(t, look.asked)
	})
}
