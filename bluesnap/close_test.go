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
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestClose_DrainsAndStopsRecovery(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Second)
		sdktest.Pay(w, r)
	}
	sdktest.WithBlueSnap(t, sdktest.Script{slow}, func(t *testing.T, s *sdktest.BlueSnap) {
		recovery, under := make(chan error, 1), make(chan error, 1)
		go func() {
			recovery <- s.Client.RunRecovery(t.Context(), time.Minute, func(*bluesnap.RecoveryResult) {})
		}()
		go func() {
			_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			under <- err
		}()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.EqualError(t, s.Client.Close(short), "bluesnap: close: calls still under way: 1: context deadline exceeded")
		require.NoError(t, s.Client.Close(t.Context()))
		require.NoError(t, <-under)
		require.ErrorIs(t, <-recovery, bluesnap.ErrClientClosed)

		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		require.ErrorIs(t, err, bluesnap.ErrClientClosed)
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.Len(t, s.Requests(), 1)
	}, bluesnap.WithJournal(journal.NewMemory(), "acme"))
}

func TestSharedOptions_ACallsOwnWins(t *testing.T) {
	slow := func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(503, ""), sdktest.Respond(503, ""), sdktest.Respond(503, ""), slow}, func(t *testing.T, s *sdktest.BlueSnap) {
		defer time.Sleep(2 * time.Hour) // until the handlers have ended
		for _, row := range []struct {
			opts     []bluesnap.CallOption
			attempts int
			lasts    time.Duration
		}{
			{opts: []bluesnap.CallOption{bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 2})}, attempts: 2, lasts: time.Second},
			{opts: []bluesnap.CallOption{bluesnap.WithMaxAttempts(1)}, attempts: 1},
			{attempts: 1, lasts: 4 * time.Second},
			{opts: []bluesnap.CallOption{bluesnap.WithTimeout(9 * time.Second)}, attempts: 1, lasts: 9 * time.Second},
		} {
			begun, before := time.Now(), len(s.Requests())
			_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), row.opts...)
			require.Error(t, err)
			assert.Equal(t, row.attempts, len(s.Requests())-before)
			assert.InDelta(t, row.lasts, time.Since(begun), float64(time.Second/2))
		}
		for _, r := range s.Requests() {
			assert.Equal(t, "berlin", r.Header.Get("X-Shop"))
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
