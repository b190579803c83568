package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func inDoubt(t *testing.T, s *sdktest.BlueSnap, err, ended error) {
	t.Helper()
	var e *bluesnap.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, ended)
	assert.Equal(t, bluesnap.OutcomeUnknown, e.Outcome)
	assert.False(t, e.SafeUntil.IsZero())
	assert.NotContains(t, err.Error(), "Client.Timeout")
	all := s.Requests()
	require.NotEmpty(t, all)
	assert.Equal(t, all[len(all)-1].Key(), e.Key.String())
}

// http.Client's own timer replaces a transport's error: the transport is
// earlier.
func TestTransportEndsBeforeTheClientsTimeout(t *testing.T) {
	servers := map[string]http.HandlerFunc{
		"loses": sdktest.Lose, "hangs": hangs, "503": sdktest.Respond(503, ""), "500": sdktest.Respond(500, `{}`),
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"`)
			w.(http.Flusher).Flush()
			hangs(w, r)
		},
	}
	for name, server := range servers {
		for _, timeout := range []time.Duration{time.Microsecond, 7 * time.Millisecond, 30 * time.Millisecond, 2 * time.Second, 30 * time.Second} {
			t.Run(fmt.Sprint(name, timeout), sdktest.BlueSnapTest(sdktest.Script{server}, func(t *testing.T, s *sdktest.BlueSnap) {
				o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{DisableRetryBudget: true}))
				o.Timeout = timeout
				for range 10 {
					begun := time.Now()
					_, err := o.post(t, "/services/2/transactions", payment)
					var e *bluesnap.Error
					require.ErrorAs(t, err, &e)
					if name != "half an answer" { // it says that the payment is made
						inDoubt(t, s, err, context.DeadlineExceeded)
					}
					assert.NotEmpty(t, e.Key.String())
					assert.Less(t, time.Since(begun), timeout)
				}
			}))
		}
	}
}

// Request.Cancel is heard at any time, with and without a Timeout.
func TestTransportHonoursTheRequestsCancel(t *testing.T) {
	for _, timeout := range []time.Duration{0, time.Minute} {
		for name, row := range map[string]struct {
			server  http.HandlerFunc
			after   time.Duration
			notSent bool
		}{
			"before":        {server: sdktest.Pay, notSent: true},
			"in an attempt": {server: hangs, after: time.Second},
			"in a wait":     {server: sdktest.Respond(503, "", "Retry-After", "20"), after: 3 * time.Second},
		} {
			t.Run(fmt.Sprint(name, timeout), sdktest.BlueSnapTest(sdktest.Script{row.server}, func(t *testing.T, s *sdktest.BlueSnap) {
				o := ownCode(t, s)
				o.Timeout = timeout
				cancel := make(chan struct{})
				if row.after == 0 {
					close(cancel)
				} else {
					defer time.AfterFunc(row.after, func() { close(cancel) }).Stop()
				}
				begun := time.Now()
				err := cancelled(t, o.Transport, s, cancel)
				if timeout != 0 && row.after != 0 {
					err = throughClient(t, o, s, row.after)
					begun = time.Now().Add(-row.after)
				}
				assert.Equal(t, row.after, time.Since(begun))
				if row.notSent {
					require.ErrorIs(t, err, context.Canceled)
					assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
					assert.Empty(t, s.Requests())
					return
				}
				inDoubt(t, s, err, context.Canceled)
			}))
		}
	}
}

func cancelled(t *testing.T, transport http.RoundTripper, s *sdktest.BlueSnap, cancel <-chan struct{}) error {
	t.Helper()
	resp, err := transport.RoundTrip(cancelling(t, s, cancel))
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	return err
}

func throughClient(t *testing.T, o own, s *sdktest.BlueSnap, after time.Duration) error {
	t.Helper()
	cancel := make(chan struct{})
	defer time.AfterFunc(after, func() { close(cancel) }).Stop()
	resp, err := o.Do(cancelling(t, s, cancel))
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	return err
}

func cancelling(t *testing.T, s *sdktest.BlueSnap, cancel <-chan struct{}) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/services/2/transactions", strings.NewReader(payment))
	require.NoError(t, err)
	req.Cancel = cancel //nolint:staticcheck // what is tested
	return req
}

// A channel that is closed after the response changes nothing, nor does a
// Timeout that passes before the body is read.
func TestTransportsResponseOutlivesTimeoutAndCancel(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		o.Timeout = 5 * time.Second
		cancel := make(chan struct{})
		resp, err := o.Do(cancelling(t, s, cancel))
		require.NoError(t, err)
		close(cancel)
		time.Sleep(time.Minute)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, sdktest.Paid, string(got)) //nolint:testifylint // byte for byte
		sdktest.OneKey(t, s.Requests())
	})
}

func TestTransportUsesTheCallersDeadlineToItsEnd(t *testing.T) {
	shop := errors.New("the shop closes")
	sdktest.WithBlueSnap(t, sdktest.Script{hangs}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, shop)
		defer cancel()
		begun := time.Now()
		_, err := o.send(ctx, t, "POST", "/services/2/transactions", payment)
		assert.Equal(t, 2*time.Second, time.Since(begun))
		inDoubt(t, s, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, shop)
	})
}

func TestTransportUnderBothDeadlines(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{hangs}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		for _, left := range []time.Duration{time.Second, 20 * time.Second, -time.Second} {
			o.Timeout = 10 * time.Second
			ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(left))
			_, err := o.send(ctx, t, "POST", "/services/2/transactions", payment)
			cancel()
			if left > 0 {
				inDoubt(t, s, err, context.DeadlineExceeded)
				continue
			}
			require.ErrorIs(t, err, context.DeadlineExceeded)
			var e *bluesnap.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
		}
	})
}

// A jar, a redirect's check and a loop of another's change nothing: the key in
// the header stays, and with it the operation.
func TestTransportUnderAnothersRetriesKeepsTheKey(t *testing.T) {
	cookies, err := cookiejar.New(nil)
	require.NoError(t, err)
	lost := sdktest.Script{sdktest.Lose, sdktest.Respond(307, "", "Location", "/services/2/orders"), hangs, sdktest.Pay}
	sdktest.WithBlueSnap(t, lost, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
		o.Timeout, o.Jar = 4*time.Second, cookies
		o.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("a redirect was followed") }
		for range 3 {
			_, err := o.post(t, "/services/2/transactions", payment, "Idempotency-Key", "order-17")
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
			assert.NotContains(t, err.Error(), "was followed")
		}
		resp, err := o.post(t, "/services/2/transactions", payment, "Idempotency-Key", "order-17")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Len(t, s.Requests(), 4)
		for _, r := range s.Requests() {
			assert.Equal(t, "order-17", r.Key())
		}
	})
}
