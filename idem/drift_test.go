package idem

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Inspect gets each call that has made attempts, and what it returns is the
// call's drift.
func TestInspectGetsWhatTheCallHasShown(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		answer(w, http.StatusOK, `{"id":"x"`)
	}
	for name, row := range map[string]struct {
		server http.HandlerFunc
		class  Class
		read   State // of Call.Refetch
		want   Inspection
	}{
		"executed":            {server: says(200, `{"id":"x"}`), class: Keyed, want: Inspection{Executed: true}},
		"rejected":            {server: says(400, errorObject), class: Keyed},
		"cut":                 {server: cut, class: Idempotent, want: Inspection{Cut: true}},
		"no response":         {server: lose, class: Idempotent},
		"read from the state": {server: lose, class: Idempotent, read: StateHolds},
	} {
		t.Run(name, func(t *testing.T) {
			var got []Inspection
			drift := []Drift{{Kind: DriftUnknownField, Path: "a"}}
			inWorld(t, row.server, func(t *testing.T, w *world) {
				c := post(row.class)
				c.Policy.MaxAttempts = 1
				c.Refetch = func(context.Context) (*Response, State) {
					if row.read == StateHolds {
						return &Response{Status: http.StatusOK, Body: []byte(`{}`)}, StateHolds
					}
					return nil, StateUnread
				}
				r := w.do(c)
				assert.Equal(t, drift, r.Drift)
				require.Len(t, got, 1)
				in := got[0]
				assert.Equal(t, c.Request.Operation.Name, in.Operation.Name)
				assert.Len(t, in.Attempts, 1)
				assert.Equal(t, row.want.Executed, in.Executed)
				assert.Equal(t, row.want.Cut, in.Cut)
				assert.Equal(t, name == "no response" || row.read == StateHolds, in.Response == nil)
			}, func(c *Config) { c.Inspect = func(in Inspection) []Drift { got = append(got, in); return drift } })
		})
	}
}

func TestInspectGetsNoCallThatSentNothingNow(t *testing.T) {
	calls := 0
	j := journal.NewMemory()
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		assert.Equal(t, 1, calls)
		require.True(t, w.do(withRef(Keyed)).FromJournal)
		bad := post(Keyed)
		bad.Request.Method = "not a method"
		require.Error(t, w.do(bad).Err)
		assert.Equal(t, 1, calls)
	}, func(c *Config) {
		c.Journal, c.Inspect = j, func(Inspection) []Drift { calls++; return nil }
	})
}

func TestR39_AnInspectThatPanicsChangesNothing(t *testing.T) {
	var logged lockedBuffer
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.NoError(t, w.do(post(Keyed)).Err)
	}, func(c *Config) {
		c.Inspect = func(Inspection) []Drift { panic(errBug) }
		c.Logger = slog.New(slog.NewTextHandler(&logged, nil))
	})
	assert.Contains(t, logged.String(), "Inspect, *idem.bug")
}
