package otelbardge_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

const issuedPasses = sandbox.BasePath + "/issued_passes"

func TestACallIsAChildOfItsCallerAndTheParentOfItsAttempts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Next(sandbox.IssuePass, sandbox.Unavailable(2*time.Second), sandbox.DelayBefore(time.Second))
		var resp *bardge.Response
		began := time.Now()
		caller := w.caller(func(ctx context.Context) {
			var err error
			resp, err = w.issue(ctx)
			require.NoError(t, err)
		})
		ended := time.Now()
		require.Len(t, w.calls(), 1)
		call := w.calls()[0]
		assert.Equal(t, "bardge.IssuePass", call.Name())
		assert.Equal(t, caller, call.Parent())
		assert.True(t, began.Equal(call.StartTime()), "the call begins where the program called")
		assert.True(t, ended.Equal(call.EndTime()), "and ends where it returned")
		assert.Equal(t, codes.Unset, call.Status().Code)
		assert.Equal(t, bardge.Version, call.InstrumentationScope().Version)

		attempts := w.attemptsOf(call)
		require.Len(t, attempts, 2)
		for i, a := range resp.Attempts {
			assert.Equal(t, "POST "+issuedPasses, attempts[i].Name())
			assert.Equal(t, trace.SpanKindClient, attempts[i].SpanKind())
			assert.Equal(t, caller.TraceID(), attempts[i].SpanContext().TraceID())
			assert.True(t, a.Start.Equal(attempts[i].StartTime()), "attempt %d", a.Number)
			assert.True(t, a.Start.Add(a.Duration).Equal(attempts[i].EndTime()), "attempt %d", a.Number)
		}
		assert.Equal(t, time.Second, attempts[1].EndTime().Sub(attempts[1].StartTime()))
		assert.Equal(t, 2*time.Second, attempts[1].StartTime().Sub(attempts[0].EndTime()), "the wait is a gap")
	})
}

func TestAttributesOfACallAndItsAttempts(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Next(sandbox.IssuePass, sandbox.Unavailable(2*time.Second), sandbox.LoseResponse)
		resp, err := w.issue(t.Context())
		require.NoError(t, err)
		call := w.calls()[0]
		assert.Equal(t, map[attribute.Key]any{
			"bardge.operation":    "IssuePass",
			"bardge.outcome":      "done",
			"bardge.attempts":     int64(3),
			"bardge.replayed":     true,
			"bardge.recovered":    false,
			"bardge.from_journal": false,
			"bardge.request_id":   resp.RequestID,
			"bardge.key.age_ms":   resp.Attempts[2].KeyAge.Milliseconds(),
		}, attributesOf(call))
		assert.GreaterOrEqual(t, resp.Attempts[2].KeyAge, 2*time.Second, "the key's age counts from the first attempt")

		attempts := w.attemptsOf(call)
		assert.Equal(t, w.about(map[attribute.Key]any{
			"bardge.verdict":            "ambiguous",
			"bardge.reason":             "server error",
			"bardge.replayed":           false,
			"bardge.connection.reused":  false,
			"bardge.wait_ms":            int64(2000),
			"http.response.status_code": int64(503),
			"error.type":                "503",
		}), without(attributesOf(attempts[0]), "bardge.key.age_ms"))
		assert.Equal(t, w.about(map[attribute.Key]any{
			"bardge.verdict":            "ambiguous",
			"bardge.reason":             "connection reset",
			"bardge.replayed":           false,
			"bardge.connection.reused":  true,
			"bardge.key.age_ms":         int64(2000),
			"http.request.resend_count": int64(1),
			"error.type":                "connection_reset",
		}), without(attributesOf(attempts[1]), "bardge.wait_ms"))
		assert.Equal(t, w.about(map[attribute.Key]any{
			"bardge.verdict":            "done",
			"bardge.reason":             "executed",
			"bardge.replayed":           true,
			"bardge.connection.reused":  false,
			"bardge.key.age_ms":         resp.Attempts[2].KeyAge.Milliseconds(),
			"http.request.resend_count": int64(2),
			"http.response.status_code": int64(201),
		}), attributesOf(attempts[2]))
		assert.Equal(t, codes.Error, attempts[0].Status().Code)
		assert.Empty(t, attempts[0].Status().Description, "the status code says why")
		assert.Equal(t, "connection reset", attempts[1].Status().Description)
		assert.Equal(t, codes.Unset, attempts[2].Status().Code)
	})
}

func (w *world) about(attrs map[attribute.Key]any) map[attribute.Key]any {
	to := w.address()
	attrs["bardge.operation"] = "IssuePass"
	attrs["http.request.method"] = "POST"
	attrs["server.address"] = to.Addr().String()
	attrs["server.port"] = int64(to.Port())
	attrs["url.scheme"] = "http"
	attrs["url.template"] = issuedPasses
	return attrs
}

func without(attrs map[attribute.Key]any, key attribute.Key) map[attribute.Key]any {
	delete(attrs, key)
	return attrs
}

type clientsOnly struct{ sdktrace.Sampler }

func (s clientsOnly) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if p.Kind == trace.SpanKindClient {
		return sdktrace.AlwaysSample().ShouldSample(p)
	}
	return s.Sampler.ShouldSample(p)
}

func TestACallThatIsNotSampledMakesNoSpansOfAttempts(t *testing.T) {
	inSampledWorld(t, clientsOnly{sdktrace.NeverSample()}, func(t *testing.T, w *world) {
		_, err := w.issue(t.Context())
		require.NoError(t, err)
		assert.Empty(t, w.spans.Ended())
		assert.Contains(t, w.metrics(), "bardge.client.call.duration", "metrics are not sampled")
	})
}

func TestTheServerIsReadFromTheBaseURL(t *testing.T) {
	for base, want := range map[string]struct {
		address string
		port    int64
		scheme  string
	}{
		"https://api.example.com/v3":     {address: "api.example.com", port: 443, scheme: "https"},
		"http://localhost/v3":            {address: "localhost", port: 80, scheme: "http"},
		"https://api.example.com:444/v3": {address: "api.example.com", port: 444, scheme: "https"},
		"http://[::1]:8080/v3":           {address: "::1", port: 8080, scheme: "http"},
	} {
		t.Run(base, func(t *testing.T) {
			spans := tracetest.NewSpanRecorder()
			observe := otelbardge.Observer(otelbardge.WithTracerProvider(
				sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))))
			observe(bardge.Event{
				Kind: bardge.EventCallEnded, Operation: "GetClient", BaseURL: base, Attempts: []bardge.Attempt{{Number: 1}},
			})
			require.Len(t, spans.Ended(), 2)
			attempt := spans.Ended()[0]
			assert.Equal(t, "GET /v3/clients/{clientId}", attempt.Name())
			attrs := attributesOf(attempt)
			assert.Equal(t, want.address, attrs["server.address"])
			assert.Equal(t, want.port, attrs["server.port"])
			assert.Equal(t, want.scheme, attrs["url.scheme"])
			assert.Equal(t, "/v3/clients/{clientId}", attrs["url.template"])
		})
	}
}
