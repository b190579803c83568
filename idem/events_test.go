package idem

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

type testKey struct{}

func TestR21_TheEndOfACallIsToldWhole(t *testing.T) {
	inWorld(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world) {
		ctx := context.WithValue(t.Context(), testKey{}, "caller")
		began := time.Now()
		r := w.engine.Do(ctx, post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, w.events, 5)
		for _, e := range w.events {
			assert.Equal(t, "caller", e.Context().Value(testKey{}), "%s", e.Kind)
			assert.Equal(t, "op", e.Operation)
			assert.Equal(t, w.engine.base, e.BaseURL)
			assert.True(t, began.Equal(e.Started))
		}
		end := w.events[4]
		assert.Equal(t, EventCallEnded, end.Kind)
		assert.Equal(t, r.Attempts, end.Attempts)
		assert.Equal(t, time.Since(began), end.Duration)
		assert.Positive(t, end.Duration, "it waited")
		assert.Equal(t, OutcomeDone, end.Outcome)
		assert.Empty(t, end.Reason)
		assert.Equal(t, "req_1", end.RequestID)
		assert.Equal(t, 99, w.events[1].Budget, "the retry was taken")
		assert.Equal(t, 100, end.Budget, "and given back")
		assert.Equal(t, r.Attempts[0], w.events[1].Attempt)
	})
	assert.Equal(t, context.Background(), Event{}.Context())
}

func TestR21_AnAttemptTellsTheKeysAge(t *testing.T) {
	slow := func(rw http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Second)
		answer(rw, 503, "{}")
	}
	for class, aged := range map[Class]bool{Keyed: true, Idempotent: false} {
		inWorld(t, slow, func(t *testing.T, w *world) {
			c := post(class)
			c.Policy.MaxAttempts = 2
			r := w.do(c)
			require.Len(t, r.Attempts, 2)
			first, second := time.Second, 2*time.Second+r.Attempts[0].Wait
			if !aged {
				first, second = 0, 0
			}
			assert.Equal(t, first, r.Attempts[0].KeyAge, "%s: from the first byte to the attempt's end", class)
			assert.Equal(t, second, r.Attempts[1].KeyAge, "%s", class)
		})
	}
}

func TestR21_TheEndOfACallSaysWhyItBringsNoValue(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Policy.MaxAttempts = 1
		r := w.do(c)
		end := w.events[len(w.events)-1]
		assert.Equal(t, r.Err.Error(), end.Reason)
		assert.Equal(t, OutcomeUnknown, end.Outcome)

		c.Policy.MaxAttempts = -1
		r = w.do(c)
		end = w.events[len(w.events)-1]
		assert.Equal(t, r.Err.Error(), end.Reason, "refused before sending")
		assert.Empty(t, end.Attempts)
	})
}

func TestR21_TheEndOfACallSaysWhereItsAnswerIsFrom(t *testing.T) {
	inWorld(t, script(lose, says(409, `{"error":{"code":"already"}}`)), func(t *testing.T, w *world) {
		c := post(Idempotent)
		c.Refetch = func(context.Context) (*Response, State) { return &Response{Status: 200}, StateHolds }
		require.NoError(t, w.do(c).Err)
		end := w.events[len(w.events)-1]
		assert.True(t, end.Recovered)
		assert.False(t, end.FromJournal)
	})
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Ref = "order-1"
		require.NoError(t, w.do(c).Err)
		require.NoError(t, w.do(c).Err)
		end := w.events[len(w.events)-1]
		assert.True(t, end.FromJournal)
		assert.False(t, end.Recovered)
	}, func(c *Config) { c.Journal = journal.NewMemory() })
}

func TestR21_AnOperationThatRecoverSendsIsToldAsACall(t *testing.T) {
	inJournalledWorld(t, script(lose, says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		w.events = nil
		all := w.recover(knowing(Keyed))
		require.Len(t, all, 1)
		var kinds []EventKind
		for _, e := range w.events {
			kinds = append(kinds, e.Kind)
		}
		require.Equal(t, []EventKind{EventAttemptStarted, EventAttemptEnded, EventCallEnded}, kinds)
		assert.Equal(t, all[0].Result.Attempts, w.events[2].Attempts)
	})
}

func TestR23_ARequestIDThatIsNoIdentifierIsNotTold(t *testing.T) {
	for name, row := range map[string]struct{ header, told string }{
		"an identifier":      {header: "req_09-AZaz", told: "req_09-AZaz"},
		"words":              {header: "Ada Okafor", told: ""},
		"the longest":        {header: strings.Repeat("a", 64), told: strings.Repeat("a", 64)},
		"longer than any is": {header: strings.Repeat("a", 65), told: ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/json")
				rw.Header().Set("Request-Id", row.header)
				_, _ = rw.Write([]byte("{}"))
			}, func(t *testing.T, w *world) {
				require.NoError(t, w.do(read()).Err)
				assert.Equal(t, row.told, w.events[1].RequestID, "the attempt's")
				assert.Equal(t, row.told, w.events[2].RequestID, "the call's")
			})
		})
	}
}
