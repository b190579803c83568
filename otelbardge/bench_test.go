package otelbardge_test

import (
	"context"
	"testing"
	"time"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
)

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
