package idem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// sdkError is the error of an SDK that shows the request which failed.
type sdkError struct {
	URL string
	err error
}

func (e *sdkError) Error() string { return "POST " + e.URL + " failed: " + e.err.Error() }
func (e *sdkError) Unwrap() error { return e.err }

func TestTransportsErrorIsFoundThroughAnyWrapping(t *testing.T) {
	for name, wrap := range map[string]func(error) error{
		"by http.Client":       func(err error) error { return err },
		"with %w":              func(err error) error { return fmt.Errorf("charge: %w", err) },
		"by an SDK's type":     func(err error) error { return &sdkError{URL: "/charges", err: err} },
		"with errors.Join":     func(err error) error { return errors.Join(errors.New("attempt 1 of 1"), err) },
		"after the SDK's loop": func(err error) error { return fmt.Errorf("giving up: %w", errors.Join(err, err)) },
	} {
		t.Run(name, shopTest(script{loses, says(503, `{"error":"away"}`, "Retry-After", "7")}, func(t *testing.T, s *shop) {
			_, _, err := s.send(s.charge())
			require.ErrorAs(t, err, new(*url.Error))
			err = wrap(err)
			var failed *idem.Failure
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, "CreateCharge", failed.Operation)
			assert.Equal(t, idem.Keyed, failed.Class)
			assert.Equal(t, 7*time.Second, failed.RetryAfter)
			assert.WithinDuration(t, time.Now().Add(24*time.Hour), failed.SafeUntil, time.Minute)
			assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			assert.Equal(t, s.received()[0].key(), idem.KeyOf(err).String())
			assert.True(t, idem.CanRepeat(err))
			assert.True(t, idem.RetryHelps(err))
			time.Sleep(25 * time.Hour)
			assert.False(t, idem.CanRepeat(err), "the key is forgotten")
			var e *idem.TransportError
			require.ErrorAs(t, err, &e)
			assert.Len(t, e.Result.Attempts, 2)
			require.NotNil(t, e.Result.Response)
			assert.Equal(t, 503, e.Result.Response.Status)
			assert.JSONEq(t, `{"error":"away"}`, string(e.Result.Response.Body))
		}, func(c *idem.Config) { c.Policy.MaxAttempts = 2 }))
	}
}

// R23: no body, header, key or URL is in an error's text, under any verb.
func TestR23_TransportsErrorsShowNoSecret(t *testing.T) {
	private := append([]string{"card-7", "query-8", "path-9", "answer-10"}, secrets...)
	echo := func(w http.ResponseWriter, r *http.Request) {
		says(503, `{"error":"answer-10"}`, "X-Echo", r.Header.Get("Authorization"))(w, r)
	}
	for name, steps := range map[string]script{"echoed": {echo}, "lost": {loses}} {
		t.Run(name, shopTest(steps, func(t *testing.T, s *shop) {
			find := func(*http.Request) (idem.Operation, bool) {
				return idem.Operation{Name: "CreateCharge", Class: idem.Keyed, Success: []int{http.StatusCreated}}, true
			}
			s.use(shopProfile(), find, once)
			req := s.request(http.MethodPost, "/path-9?q=query-8", strings.NewReader(`{"card":"card-7"}`), secretHeaders()...)
			_, err := s.transport.RoundTrip(req)
			var e *idem.TransportError
			require.ErrorAs(t, err, &e)
			var seen bytes.Buffer
			text, marshalled := json.Marshal(e)
			require.NoError(t, marshalled)
			fmt.Fprintf(&seen, "%v %+v %#v %s %q %v %+v %#v %s", e, e, e, e, e, *e, *e, *e, text)
			slog.New(slog.NewJSONHandler(&seen, nil)).Error("failed", "err", err, "copy", *e)
			slog.New(slog.NewTextHandler(&seen, nil)).Error("failed", "err", err, "copy", *e)
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				fmt.Fprintf(&seen, "%v %+v", cause, cause)
			}
			assert.Contains(t, seen.String(), "CreateCharge: unknown: ")
			for _, secret := range append(private, e.Result.Key.String()) {
				assert.NotContains(t, seen.String(), secret)
			}
		}))
	}
	var none *idem.TransportError
	assert.NoError(t, none.Unwrap())
}

// The context goes to observers and traces, which may print it.
func TestR23_TransportsContextShowsNoCredentials(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		var seen strings.Builder
		s.use(shopProfile(), findShop, func(c *idem.Config) {
			c.Observe = func(e idem.Event) { fmt.Fprintf(&seen, "%v %+v %#v", e.Context(), e, e.Context()) }
		})
		_, _, err := s.send(s.charge(secretHeaders()...))
		require.NoError(t, err)
		require.NotEmpty(t, seen.String())
		for _, secret := range secrets {
			assert.NotContains(t, seen.String(), secret)
		}
	})
}

// http.Client's own timer replaces a transport's error: the transport is
// earlier.
func TestTransportEndsBeforeTheClientsTimeout(t *testing.T) {
	for _, server := range []http.HandlerFunc{loses, hangs, says(503, "")} {
		for _, timeout := range []time.Duration{time.Microsecond, 30 * time.Millisecond, 30 * time.Second} {
			inShop(t, script{server}, func(t *testing.T, s *shop) {
				s.Timeout = timeout
				begun := time.Now()
				_, _, err := s.send(s.charge())
				assert.Less(t, time.Since(begun), timeout)
				require.ErrorAs(t, err, new(*idem.TransportError), timeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, s.received()[0].key(), idem.KeyOf(err).String())
				assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			})
		}
	}
}

func TestTransportHonoursTheRequestsCancel(t *testing.T) {
	for _, after := range []time.Duration{0, time.Second} {
		inShop(t, script{hangs}, func(t *testing.T, s *shop) {
			cancel := make(chan struct{})
			if after == 0 {
				close(cancel)
			} else {
				defer time.AfterFunc(after, func() { close(cancel) }).Stop()
			}
			req := s.charge()
			req.Cancel = cancel //nolint:staticcheck // what is tested
			begun := time.Now()
			_, err := s.transport.RoundTrip(req)
			assert.Equal(t, after, time.Since(begun))
			require.ErrorIs(t, err, context.Canceled)
			want := map[bool]idem.Outcome{true: idem.OutcomeNotSent, false: idem.OutcomeUnknown}[after == 0]
			assert.Equal(t, want, idem.OutcomeOf(err))
		})
	}
}

func TestTransportUsesTheCallersDeadlineToItsEnd(t *testing.T) {
	inShop(t, script{hangs}, func(t *testing.T, s *shop) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		begun := time.Now()
		_, _, err := s.send(s.charge().WithContext(ctx))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Second, time.Since(begun))
		assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
	})
}
