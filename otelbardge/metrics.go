package otelbardge

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"

	"github.com/bardge/bardge-go"
)

// Bounds of the histograms in seconds, up to calls' and waits' default maxima.
var (
	callBounds = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15, 30, 45, 60, 90}
	waitBounds = []float64{.125, .25, .5, 1, 2, 4, 8, 15, 30, 60}
)

type meters struct {
	calls    metric.Float64Histogram
	requests httpconv.ClientRequestDuration
	attempts metric.Int64Counter
	waits    metric.Float64Histogram
	budget   metric.Int64Gauge
	drift    metric.Int64Counter
}

func newMeters(m metric.Meter) meters {
	var errs [6]error
	var all meters
	all.calls, errs[0] = m.Float64Histogram("bardge.client.call.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of calls, waits included."),
		metric.WithExplicitBucketBoundaries(callBounds...))
	all.requests, errs[1] = httpconv.NewClientRequestDuration(m)
	all.attempts, errs[2] = m.Int64Counter("bardge.client.attempts", metric.WithUnit("{attempt}"),
		metric.WithDescription("Attempts, by verdict."))
	all.waits, errs[3] = m.Float64Histogram("bardge.client.wait.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of the waits between two attempts."),
		metric.WithExplicitBucketBoundaries(waitBounds...))
	all.budget, errs[4] = m.Int64Gauge("bardge.client.retry.budget", metric.WithUnit("{retry}"),
		metric.WithDescription("Retries that the budget of the client's calls has left."))
	all.drift, errs[5] = m.Int64Counter("bardge.client.drift", metric.WithUnit("{difference}"),
		metric.WithDescription("Differences of responses from the contract, by kind."))
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(err)
	}
	return all
}

func (m meters) attempt(e bardge.Event) {
	ctx, a, to := e.Context(), e.Attempt, targetOf(e)
	attrs := to.url()
	if a.Status > 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(a.Status))
	}
	attrs = withErrorType(attrs, errorTypeOf(a))
	m.requests.Record(ctx, a.Duration.Seconds(), httpconv.RequestMethodAttr(to.method), to.host, to.port, attrs...)
	operation := operationKey.String(e.Operation)
	m.attempts.Add(ctx, 1, metric.WithAttributes(
		operation, verdictKey.String(token(a.Verdict.String())), replayedKey.Bool(a.Replayed)))
	if a.Wait > 0 {
		m.waits.Record(ctx, a.Wait.Seconds(), metric.WithAttributes(operation))
	}
	m.budget.Record(ctx, int64(e.Budget), metric.WithAttributes(to.server()...))
}

func (m meters) call(ctx context.Context, e bardge.Event) {
	attrs := withErrorType([]attribute.KeyValue{
		operationKey.String(e.Operation),
		outcomeKey.String(token(e.Outcome.String())),
	}, errorTypeOfCall(e))
	m.calls.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(attrs...))
	for _, d := range e.Drift {
		m.drift.Add(ctx, 1, metric.WithAttributes(
			operationKey.String(e.Operation), driftKindKey.String(token(string(d.Kind)))))
	}
}
