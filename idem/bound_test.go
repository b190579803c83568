package idem

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// contexts keeps those of the attempts that pass, and what became of the
// earlier ones by then.
type contexts struct {
	all     []context.Context
	earlier []error
}

// watch keeps the contexts of a world's attempts.
func (s *contexts) watch(c *Config) {
	next := c.Transport
	c.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
		if n := len(s.all); n > 0 {
			s.earlier = append(s.earlier, s.all[n-1].Err())
		}
		s.all = append(s.all, r.Context())
		return next.RoundTrip(r)
	})
}

func after(d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices then who leaves
		select {
		case <-time.After(d):
			h(w, r)
		case <-r.Context().Done(): // nobody listens
		}
	}
}

func TestR8_EachAttemptHasItsTimeAnew(t *testing.T) {
	slow := after(14*time.Second, says(503, errorObject))
	var seen contexts
	inWorld(t, script(slow, slow, slow, says(200, `{}`)), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 4)
		for n, a := range r.Attempts {
			deadline, has := seen.all[n].Deadline()
			require.True(t, has)
			assert.Equal(t, 15*time.Second, deadline.Sub(a.Start), "attempt %d", n+1)
		}
	}, seen.watch)
}

func TestR8_TheCallersDeadlineIsTheAttempts(t *testing.T) {
	for caller, want := range map[time.Duration]time.Duration{
		10 * time.Second: 10 * time.Second,
		20 * time.Second: 15 * time.Second,
	} {
		var seen contexts
		inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
			ctx, cancel := context.WithTimeout(t.Context(), caller)
			defer cancel()
			r := w.engine.Do(ctx, post(Keyed))
			require.NoError(t, r.Err)
			deadline, has := seen.all[0].Deadline()
			require.True(t, has)
			assert.Equal(t, want, deadline.Sub(r.Attempts[0].Start))
		}, seen.watch)
	}
}

func TestR25_NothingOfAnAttemptGoesOnBesideTheNext(t *testing.T) {
	for name, row := range map[string]struct {
		first http.HandlerFunc
		ended error
	}{
		"answered":  {says(503, errorObject), nil}, // there is nothing left of it
		"lost":      {lose, context.Canceled},
		"cut":       {cuts, context.Canceled},
		"too large": {says(503, strings.Repeat(" ", 1<<10)), context.Canceled},
		"timed out": {after(16*time.Second, says(200, `{}`)), context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			var seen contexts
			inWorld(t, script(row.first, says(200, `{}`)), func(t *testing.T, w *world) {
				r := w.do(post(Keyed))
				require.NoError(t, r.Err)
				require.Len(t, seen.all, 2)
				assert.Equal(t, []error{row.ended}, seen.earlier)
				for _, ctx := range seen.all {
					assert.Error(t, ctx.Err(), "nothing outlasts the call")
				}
			}, seen.watch, func(c *Config) { c.MaxResponseBytes = 1 << 9 })
		})
	}
}

func TestR17_ATransportIsToldATimeoutFromACallerWhoLeaves(t *testing.T) {
	for name, row := range map[string]struct {
		caller time.Duration
		ended  error
	}{
		"timed out":         {time.Hour, context.DeadlineExceeded},
		"the caller leaves": {time.Second, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			var seen contexts
			inWorld(t, after(16*time.Second, says(200, `{}`)), func(t *testing.T, w *world) {
				ctx, cancel := context.WithCancel(t.Context())
				defer time.AfterFunc(row.caller, cancel).Stop()
				c := post(Keyed)
				c.Policy.MaxAttempts = 1
				r := w.engine.Do(ctx, c)
				require.Error(t, r.Err)
				require.Len(t, seen.all, 1)
				assert.Equal(t, row.ended, seen.all[0].Err())
			}, seen.watch)
		})
	}
}
