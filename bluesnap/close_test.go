package bluesnap_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
)

func TestClose_DrainsAndStopsRecovery(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Second)
		pays(w, r)
	}
	inWorld(t, steps(slow), func(t *testing.T, w *world) {
		recovery, under := make(chan error, 1), make(chan error, 1)
		go func() {
			recovery <- w.client.RunRecovery(t.Context(), time.Minute, func(*bluesnap.RecoveryResult) {})
		}()
		go func() {
			_, _, err := w.client.Transactions.Create(t.Context(), curl())
			under <- err
		}()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.EqualError(t, w.client.Close(short), "bluesnap: close: calls still under way: 1: context deadline exceeded")
		require.NoError(t, w.client.Close(t.Context()))
		require.NoError(t, <-under)
		require.ErrorIs(t, <-recovery, bluesnap.ErrClientClosed)

		_, _, err := w.client.Transactions.Create(t.Context(), curl())
		require.ErrorIs(t, err, bluesnap.ErrClientClosed)
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Len(t, w.requests(), 1)
	}, bluesnap.WithJournal(journal.NewMemory(), "acme"))
}

func TestSharedOptions_ACallsOwnWins(t *testing.T) {
	slow := func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }
	inWorld(t, steps(says(503, ""), says(503, ""), says(503, ""), slow), func(t *testing.T, w *world) {
		defer time.Sleep(2 * time.Hour) // until the handlers have ended
		for _, row := range []struct {
			opts     []bluesnap.CallOption
			attempts int
			lasts    time.Duration
		}{
			{[]bluesnap.CallOption{bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 2})}, 2, time.Second},
			{[]bluesnap.CallOption{bluesnap.WithMaxAttempts(1)}, 1, 0},
			{nil, 1, 4 * time.Second},
			{[]bluesnap.CallOption{bluesnap.WithTimeout(9 * time.Second)}, 1, 9 * time.Second},
		} {
			begun, before := time.Now(), len(w.requests())
			_, _, err := w.client.Transactions.Create(t.Context(), curl(), row.opts...)
			require.Error(t, err)
			assert.Equal(t, row.attempts, len(w.requests())-before)
			assert.InDelta(t, row.lasts, time.Since(begun), float64(time.Second/2))
		}
		for _, r := range w.requests() {
			assert.Equal(t, "berlin", r.header.Get("X-Shop"))
		}
	}, bluesnap.WithTimeout(4*time.Second), bluesnap.WithHeader("X-Shop", "berlin"),
		bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{BaseDelay: time.Second}))
}

func TestTransport_ErrorsNameTheOption(t *testing.T) {
	for want, opt := range map[string]bluesnap.Option{
		"WithTimeout(1s): option is not for a transport":      bluesnap.WithTimeout(time.Second),
		`WithHeader("X-Shop"): option is not for a transport`: bluesnap.WithHeader("X-Shop", "berlin"),
		"WithMerchantID: option is not for a transport":       bluesnap.WithMerchantID("17"),
		"WithRetryPolicy: MaxAttempts is negative":            bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: -1}),
		"WithBaseURL: base URL is not an absolute URL":        bluesnap.WithBaseURL("example"),
		"WithMaxAttempts(0): MaxAttempts is less than 1":      bluesnap.WithMaxAttempts(0),
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com", http.NoBody)
		require.NoError(t, err)
		resp, err := bluesnap.NewTransport(nil, nil, opt).RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		require.ErrorContains(t, err, want)
		assert.ErrorAs(t, err, new(*bluesnap.InvalidError))
	}
}
