package otelbardge_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

func TestR23_NothingSecretIsShown(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		ctx, key := t.Context(), bardge.NewKey()
		w.Next(sandbox.IssuePass, sandbox.ServerErrorBefore(500), sandbox.CutResponse)
		pass, _, err := w.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: w.Seed.ClientID, PassID: w.Seed.PassID, FirstName: "Grace",
		}, bardge.WithIdempotencyKey(key), bardge.WithHeader("X-Note", "s3cret"))
		require.NoError(t, err)
		lookup, _, err := w.client.Lookups.Initiate(ctx, bardge.InitiateLookupParams{
			IssuerID: w.Seed.IssuerID, ClientID: w.Seed.OtherClientID,
		})
		require.NoError(t, err)
		verified, _, err := w.client.Lookups.Verify(ctx, lookup.ID, bardge.VerifyLookupParams{AccessCode: bardge.Secret(w.Seed.OtherAccessCode)})
		require.NoError(t, err)
		_, _, err = w.client.Clients.Get(ctx, "s3cret")
		require.Error(t, err)

		for _, told := range []string{w.spansAsJSON(), w.metricsAsJSON()} {
			assert.Contains(t, told, "VerifyLookup")
			assert.Contains(t, told, "/clients/{clientId}")
			for _, secret := range []string{
				w.APIKey, key.String(), string(pass.Passcode), string(verified.Token), w.Seed.OtherAccessCode,
				pass.ID, lookup.ID, w.Seed.ClientID, w.Seed.OtherClientID, "Grace", "s3cret",
			} {
				require.NotEmpty(t, secret)
				assert.NotContains(t, told, secret)
			}
		}
	})
}

func (w *world) spansAsJSON() string {
	text, err := json.Marshal(tracetest.SpanStubsFromReadOnlySpans(w.spans.Ended()))
	require.NoError(w.t, err)
	return string(text)
}

func (w *world) metricsAsJSON() string {
	text, err := json.Marshal(w.metrics())
	require.NoError(w.t, err)
	return string(text)
}

func TestManyCallsAtOnceAreDistinguished(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const calls = 64
		for range calls {
			w.Next(sandbox.IssuePass, sandbox.LoseResponse, sandbox.NoFault, sandbox.Unavailable(0))
		}
		callers := make([]int, calls) // attempts of each call
		var all sync.WaitGroup
		w.caller(func(ctx context.Context) {
			for i := range calls {
				all.Go(func() {
					resp, err := w.issue(ctx)
					assert.NoError(t, err)
					callers[i] = len(resp.Attempts)
				})
			}
			all.Wait()
		})
		require.Len(t, w.calls(), calls)
		assert.Equal(t, calls, w.Executed(sandbox.IssuePass))
		seen := 0
		for _, call := range w.calls() {
			attempts := w.attemptsOf(call)
			seen += len(attempts)
			assert.EqualValues(t, len(attempts), attributesOf(call)["bardge.attempts"])
		}
		made := 0
		for _, n := range callers {
			made += n
		}
		assert.Equal(t, made, seen)
		assert.Greater(t, made, calls)
	})
}

func TestTheGlobalProvidersAreTheDefault(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	defer otel.SetTracerProvider(before)
	observer := otelbardge.Observer(nil, otelbardge.WithTracerProvider(nil), otelbardge.WithMeterProvider(nil))
	inWorld(t, func(t *testing.T, w *world) {
		_, err := w.issue(t.Context())
		require.NoError(t, err)
		assert.Len(t, w.spans.Ended(), 2)
	}, bardge.WithObserver(observer))
	assert.Len(t, spans.Ended(), 2, "both observers hear the call")
}

func TestHowACallEndedIsInItsSpan(t *testing.T) {
	const once = "all attempts are used"
	for _, row := range []struct {
		name      string
		do        func(t *testing.T, w *world)
		outcome   string
		errorType any
		status    string
		attempts  int64
		answered  bool
		also      attribute.Key // set to true
	}{
		{
			name: "done", do: func(t *testing.T, w *world) { _, _ = w.issue(t.Context()) },
			outcome: "done", attempts: 1, answered: true,
		},
		{
			name: "rejected: the status is the type of the error",
			do: func(t *testing.T, w *world) {
				_, _, _ = w.client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
					ClassInstanceID: w.Seed.FullInstanceID, ClientID: w.Seed.ClientID,
				})
			},
			outcome: "rejected", errorType: "409", status: "rejected by the API", attempts: 1, answered: true,
		},
		{
			name: "unknown, without an answer: the reason is the type",
			do: func(t *testing.T, w *world) {
				w.Next(sandbox.IssuePass, sandbox.LoseResponse)
				_, _ = w.issue(t.Context(), bardge.WithMaxAttempts(1))
			},
			outcome: "unknown", errorType: "connection_reset", status: "connection reset; " + once, attempts: 1,
		},
		{
			name: "unknown, the last of two failures is the type",
			do: func(t *testing.T, w *world) {
				w.Next(sandbox.IssuePass, sandbox.Unavailable(0), sandbox.LoseResponse)
				_, _ = w.issue(t.Context(), bardge.WithMaxAttempts(2))
			},
			outcome: "unknown", errorType: "connection_reset", status: "connection reset; " + once, attempts: 2, answered: true,
		},
		{
			name: "unknown, answered by somebody else with a success",
			do: func(t *testing.T, w *world) {
				w.Next(sandbox.IssuePass, sandbox.ProxyPage(200))
				_, _ = w.issue(t.Context(), bardge.WithMaxAttempts(1))
			},
			outcome: "unknown", errorType: "a_success_that_a_gateway_may_have_written", status: "a success that a gateway may have written; " + once, attempts: 1,
		},
		{
			name: "not sent: nobody listens",
			do: func(t *testing.T, w *world) {
				w.Down()
				_, _ = w.issue(t.Context(), bardge.WithMaxAttempts(1))
			},
			outcome: "not_sent", errorType: "connection_refused", status: "connection refused; " + once, attempts: 1,
		},
		{
			name: "not attempted: the key is past its window",
			do: func(t *testing.T, w *world) {
				key, err := bardge.SentKey("order-7", time.Now().Add(-time.Hour))
				require.NoError(t, err)
				_, _ = w.issue(t.Context(), bardge.WithIdempotencyKey(key))
			},
			outcome: "unknown", errorType: "not_attempted", status: "the idempotency key is past its window",
		},
		{
			name: "cancelled before it was sent",
			do: func(t *testing.T, w *world) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				_, _ = w.issue(ctx)
			},
			outcome: "not_sent", errorType: "not_attempted", status: "cancelled by the caller; the caller's context ended",
		},
		{
			name: "a lost answer that was read back",
			do: func(t *testing.T, w *world) {
				id := w.booking()
				w.spans.Reset()
				w.Next(sandbox.CancelBooking, sandbox.LoseResponse)
				_, resp, err := w.client.Bookings.Cancel(t.Context(), id)
				require.NoError(t, err)
				require.True(t, resp.Recovered)
			},
			outcome: "done", attempts: 2, answered: true, also: "bardge.recovered",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				row.do(t, w)
				call := w.calls()[len(w.calls())-1]
				attrs := attributesOf(call)
				assert.Equal(t, row.outcome, attrs["bardge.outcome"])
				assert.Equal(t, row.attempts, attrs["bardge.attempts"])
				assert.Len(t, w.attemptsOf(call), int(row.attempts))
				assert.Equal(t, row.errorType, attrs["error.type"])
				assert.Equal(t, row.status, call.Status().Description)
				assert.Equal(t, row.errorType != nil, call.Status().Code == codes.Error)
				_, answered := attrs["bardge.request_id"]
				assert.Equal(t, row.answered, answered, "by the API")
				if row.also != "" {
					assert.Equal(t, true, attrs[row.also])
				}
			})
		})
	}
}

func (w *world) booking() string {
	made, _, err := w.client.Bookings.BookClass(w.t.Context(), bardge.BookClassParams{
		ClassInstanceID: w.Seed.ClassInstanceID, ClientID: w.Seed.ClientID,
	})
	require.NoError(w.t, err)
	return made.BookingID
}

func TestAResultOfTheJournalHasNoAttempts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for range 2 {
			_, err := w.issue(t.Context(), bardge.WithRef("order-7"))
			require.NoError(t, err)
		}
		require.Len(t, w.calls(), 2)
		first, second := w.calls()[0], w.calls()[1]
		assert.Equal(t, false, attributesOf(first)["bardge.from_journal"])
		assert.Equal(t, true, attributesOf(second)["bardge.from_journal"])
		assert.Equal(t, "done", attributesOf(second)["bardge.outcome"])
		assert.Empty(t, w.attemptsOf(second))
		assert.NotContains(t, attributesOf(second), attribute.Key("bardge.key.age_ms"))
	}, bardge.WithJournal(journal.NewMemory(), "acme"))
}
