package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestAnErrorHasWhatTheResultKnows(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.next(s.order, fakeserver.TooMany(2*time.Minute))
		r := s.client.order(t.Context(), usual, withRef("order-17/pass"), withMaxAttempts(1))
		failed := s.failed(r)
		assert.Equal(t, "order-17/pass", failed.Ref)
		assert.Equal(t, 2*time.Minute, failed.RetryAfter)
		assert.True(t, failed.RetryHelps)
		assert.Regexp(t, `^`+s.name+`: `+s.order+`: rejected: 429.*: asked to slow down.* \[ref "order-17/pass"\]`, r.err.Error())
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("failed", "err", r.err)
		assert.Contains(t, log.String(), `err.ref=order-17/pass `)
		assert.Contains(t, log.String(), `err.retry_after=2m0s`)
	})
}

func TestErrRateLimitedGoesByTheStatus(t *testing.T) {
	for fault, want := range map[fakeserver.Fault]bool{
		fakeserver.TooMany(time.Minute): true, fakeserver.Unavailable(time.Minute): false,
		fakeserver.ServerErrorBefore(500): false, fakeserver.ResetBefore: false,
	} {
		inShops(t, func(t *testing.T, s *shop) {
			s.next(s.order, fault)
			r := s.client.order(t.Context(), usual, withMaxAttempts(1))
			assert.Equal(t, want, errors.Is(r.err, s.rateLimited), "%s", fault)
		})
	}
	inShops(t, func(t *testing.T, s *shop) {
		rejected := s.client.order(t.Context(), refusedOrder)
		require.ErrorIs(t, rejected.err, s.refused)
		assert.NotErrorIs(t, rejected.err, s.rateLimited)
		assert.NotErrorIs(t, s.emptyError, s.rateLimited, "an error of a fake")
	})
}

func TestR22_AnErrorUnwrapsToTheEnginesFailure(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.next(s.order, fakeserver.LoseResponse)
		r := s.client.order(t.Context(), usual, withMaxAttempts(1))
		for _, err := range []error{r.err, fmt.Errorf("order 17: %w", r.err), errors.Join(errors.New("disk full"), r.err)} {
			var found *idem.Failure
			require.ErrorAs(t, err, &found)
			assert.Equal(t, &idem.Failure{
				Operation: s.order, Class: idem.Keyed, Outcome: idem.OutcomeUnknown, Key: r.Key,
				SafeUntil: found.SafeUntil, RetryHelps: true, Err: found.Err,
			}, found)
			assert.True(t, found.SafeUntil.After(time.Now()))
			assert.ErrorIs(t, err, found.Err)
			assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			assert.Equal(t, r.Key, idem.KeyOf(err))
			assert.True(t, idem.CanRepeat(err))
			assert.True(t, idem.RetryHelps(err))
		}
		failed := s.leaveOpen(true, withRef("order-17"))
		time.Sleep(time.Until(failed.SafeUntil) + time.Minute)
		assert.True(t, idem.CanRepeat(failed), "with its ref")
		assert.False(t, idem.CanRepeat(s.nilError))
		assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(s.nilError), "a nil pointer in an error is no success")
	})
}

// Where the program dumps its client, or reports an error with all that
// reflection finds in it.
func TestR23_ADumpShowsNoCredentials(t *testing.T) {
	const journalSecret, gatewayToken = "a journal's secret of 32 bytes..", "token-of-a-gateway"
	inShops(t, func(t *testing.T, s *shop) {
		c := s.newClient(s.withJournal(), withJournalSecret([]byte(journalSecret)), asDefault(withHeader("X-Gateway", gatewayToken)))
		s.succeed(c)
		texts := 0
		sdktest.Dump(c, func(text string) {
			texts++
			for _, secret := range append(s.credentials(), journalSecret, gatewayToken) {
				assert.NotContains(t, text, secret)
			}
		})
		assert.Positive(t, texts)
		for _, secret := range append(s.credentials(), gatewayToken) {
			assert.NotContains(t, sdktest.Printed(c), secret)
		}
	})
}

func TestR23_ATransportThatRepeatsTheCredentialsIsRedacted(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		c := s.newClient(withHTTPClient(&http.Client{Transport: sdktest.Echo{}}))
		r := c.order(t.Context(), usual, withMaxAttempts(1))
		require.Error(t, r.err)
		sdktest.Report(r.err, func(text string) {
			for _, secret := range s.credentials() {
				assert.NotContains(t, text, secret)
			}
		})
	})
}
