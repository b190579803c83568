package bardge_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

func TestR32_ATimeoutOfTheCallGoesBeforeTheClients(t *testing.T) {
	slow := func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Minute) }
	inWorld(t, steps(slow), func(t *testing.T, w *world) {
		defer time.Sleep(time.Hour) // until the handlers have ended
		for name, row := range map[string]struct {
			opts []bardge.CallOption
			want time.Duration
		}{
			"R32_the client's":           {nil, 4 * time.Second},
			"R32_the call's":             {[]bardge.CallOption{bardge.WithTimeout(20 * time.Second)}, 20 * time.Second},
			"R32_the last of the call's": {[]bardge.CallOption{bardge.WithTimeout(20 * time.Second), bardge.WithTimeout(time.Second)}, time.Second},
		} {
			begun := time.Now()
			err := issue(row.opts...)(t.Context(), w.client)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), name)
			assert.Equal(t, row.want, time.Since(begun), name)
		}
		sent := len(w.requests())
		require.ErrorAs(t, issue(bardge.WithTimeout(0))(t.Context(), w.client), new(*bardge.InvalidError))
		assert.Len(t, w.requests(), sent, "nothing is sent")
	}, bardge.WithTimeout(4*time.Second))
}

func TestRetryPoliciesAddUpFieldByField(t *testing.T) {
	inWorld(t, steps(says(503, "")), func(t *testing.T, w *world) {
		for name, row := range map[string]struct {
			opts []bardge.CallOption
			want int
		}{
			"the client's":       {nil, 3},
			"another field":      {[]bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxDelay: time.Second})}, 3},
			"the call's":         {[]bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2})}, 2},
			"the later one":      {[]bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2}), bardge.WithMaxAttempts(1)}, 1},
			"the other way":      {[]bardge.CallOption{bardge.WithMaxAttempts(1), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2})}, 2},
			"both of the call's": {[]bardge.CallOption{bardge.WithMaxAttempts(1), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxDelay: time.Second})}, 1},
		} {
			before := len(w.requests())
			require.Error(t, issue(row.opts...)(t.Context(), w.client), name)
			assert.Equal(t, row.want, len(w.requests())-before, name)
		}
		for _, p := range []bardge.RetryPolicy{{KeyTTL: time.Second}, {KeyTTLMargin: time.Second}, {AttemptTimeout: time.Hour}} {
			before := len(w.requests())
			err := issue(bardge.WithRetryPolicy(p))(t.Context(), w.client)
			require.ErrorAs(t, err, new(*bardge.InvalidError))
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
			assert.Len(t, w.requests(), before)
		}
	}, bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Second}), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 3}))
}

func TestADefaultHeaderGoesOutWithEveryCall(t *testing.T) {
	booking := says(200, `{"object":"booking","id":"booking_1","status":"cancelled"}`)
	inWorld(t, steps(anything, loses, booking), func(t *testing.T, w *world) {
		require.NoError(t, issue(bardge.WithHeader("X-Lane", "night"))(t.Context(), w.client))
		_, resp, err := w.client.Bookings.Cancel(t.Context(), "booking_1", bardge.WithMaxAttempts(1))
		require.NoError(t, err)
		require.True(t, resp.Recovered)
		var lanes, shops []string
		for _, r := range w.requests() {
			lanes, shops = append(lanes, r.header.Get("X-Lane")), append(shops, r.header.Get("X-Shop"))
		}
		assert.Equal(t, []string{"night", "day", "day"}, lanes, "also with the read of the SDK's own")
		assert.Equal(t, []string{"berlin", "berlin", "berlin"}, shops)
	}, bardge.WithHeader("X-Lane", "day"), bardge.WithHeader("X-Shop", "berlin"))
}

func TestACallsHeadersDoNotLeakIntoOthers(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				assert.NoError(t, issue(bardge.WithHeader("X-Own", "1"), bardge.WithHeader("X-Default", "call"))(t.Context(), w.client))
				assert.NoError(t, issue()(t.Context(), w.client))
			})
		}
		all.Wait()
		own := 0
		for _, r := range w.requests() {
			want := "client"
			if r.header.Get("X-Own") != "" {
				own, want = own+1, "call"
			}
			assert.Equal(t, want, r.header.Get("X-Default"))
		}
		assert.Equal(t, 8, own)
	}, bardge.WithHeader("X-Default", "client"))
}
