package otelbardge_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

func TestR23_NothingSecretIsTold(t *testing.T) {
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

func TestManyCallsAtOnceAreToldApart(t *testing.T) {
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
