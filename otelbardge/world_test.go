package otelbardge_test

import (
	"context"
	"net/netip"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

type world struct {
	*sandbox.Sandbox
	t       *testing.T
	client  *bardge.Client
	tracers *sdktrace.TracerProvider
	spans   *tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
}

func inWorld(t *testing.T, f func(t *testing.T, w *world), opts ...bardge.Option) {
	t.Helper()
	inSampledWorld(t, sdktrace.AlwaysSample(), f, opts...)
}

func inSampledWorld(t *testing.T, sampler sdktrace.Sampler, f func(t *testing.T, w *world), opts ...bardge.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			Sandbox: sandbox.Start(t), t: t,
			spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader(),
		}
		w.tracers = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w.spans), sdktrace.WithSampler(sampler))
		observer := otelbardge.Observer(
			otelbardge.WithTracerProvider(w.tracers),
			otelbardge.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader))),
		)
		var err error
		w.client, err = bardge.New(w.APIKey, append([]bardge.Option{
			bardge.WithBaseURL(w.URL), bardge.WithHTTPClient(w.Client()), bardge.WithObserver(observer),
		}, opts...)...)
		require.NoError(t, err)
		t.Cleanup(w.client.CloseIdleConnections)
		f(t, w)
		assert.Len(t, w.spans.Ended(), len(w.spans.Started()), "every span that was started has ended")
	})
}

func (w *world) issue(ctx context.Context, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := w.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: w.Seed.ClientID, PassID: w.Seed.PassID,
	}, opts...)
	return resp, err
}

func (w *world) caller(f func(ctx context.Context)) trace.SpanContext {
	ctx, span := w.tracers.Tracer("program").Start(w.t.Context(), "checkout")
	defer span.End()
	f(ctx)
	return span.SpanContext()
}

func (w *world) calls() []sdktrace.ReadOnlySpan {
	return w.ended(func(s sdktrace.ReadOnlySpan) bool {
		return s.InstrumentationScope().Name != "program" && s.SpanKind() == trace.SpanKindInternal
	})
}

func (w *world) attemptsOf(call sdktrace.ReadOnlySpan) []sdktrace.ReadOnlySpan {
	return w.ended(func(s sdktrace.ReadOnlySpan) bool { return s.Parent().SpanID() == call.SpanContext().SpanID() })
}

func (w *world) ended(is func(sdktrace.ReadOnlySpan) bool) []sdktrace.ReadOnlySpan {
	var found []sdktrace.ReadOnlySpan
	for _, s := range w.spans.Ended() {
		if is(s) {
			found = append(found, s)
		}
	}
	return found
}

func (w *world) metrics() map[string]metricdata.Metrics {
	w.t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(w.t, w.reader.Collect(w.t.Context(), &all))
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

func attributesOf(s sdktrace.ReadOnlySpan) map[attribute.Key]any {
	found := map[attribute.Key]any{}
	for _, a := range s.Attributes() {
		found[a.Key] = a.Value.AsInterface()
	}
	return found
}

func (w *world) address() netip.AddrPort {
	w.t.Helper()
	base, err := url.Parse(w.URL)
	require.NoError(w.t, err)
	address, err := netip.ParseAddrPort(base.Host)
	require.NoError(w.t, err)
	return address
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func BenchmarkObserver(b *testing.B) {
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	sampled := sdktrace.NewTracerProvider()
	defer func() { _ = sampled.Shutdown(context.Background()) }()
	for name, observe := range map[string]func(bardge.Event){
		"nobody listens": otelbardge.Observer(
			otelbardge.WithTracerProvider(tracenoop.NewTracerProvider()),
			otelbardge.WithMeterProvider(metricnoop.NewMeterProvider())),
		"metrics alone": otelbardge.Observer(
			otelbardge.WithTracerProvider(tracenoop.NewTracerProvider()), otelbardge.WithMeterProvider(meters)),
		"metrics and spans": otelbardge.Observer(
			otelbardge.WithTracerProvider(sampled), otelbardge.WithMeterProvider(meters)),
	} {
		b.Run(name, func(b *testing.B) {
			attempt := bardge.Attempt{
				Number: 1, Start: time.Now(), Duration: time.Millisecond, Status: 201,
				Verdict: bardge.VerdictDone, Reason: "executed", KeyAge: time.Millisecond,
			}
			about := bardge.Event{
				Operation: "IssuePass", BaseURL: bardge.DefaultBaseURL, Started: attempt.Start,
				Outcome: bardge.OutcomeDone, RequestID: "req_0001", Budget: 100,
			}
			started, ended, call := about, about, about
			ended.Kind, ended.Attempt = bardge.EventAttemptEnded, attempt
			call.Kind, call.Attempts, call.Duration = bardge.EventCallEnded, []bardge.Attempt{attempt}, time.Millisecond
			b.ReportAllocs()
			for b.Loop() {
				observe(started)
				observe(ended)
				observe(call)
			}
		})
	}
}
