package otelbardge

import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/bardge/bardge-go"
)

const scope = "github.com/bardge/bardge-go/otelbardge"

// Option sets up an [Observer].
type Option interface{ apply(*settings) }

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

type settings struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
}

// WithTracerProvider makes the spans with p, by default (nil) the global one.
func WithTracerProvider(p trace.TracerProvider) Option {
	return option(func(s *settings) { s.tracers = p })
}

// WithMeterProvider makes the metrics with p, by default (nil) the global one.
func WithMeterProvider(p metric.MeterProvider) Option {
	return option(func(s *settings) { s.meters = p })
}

// Observer returns a function for [bardge.WithObserver]. It is safe for
// concurrent use, stores nothing, and starts no goroutine. A metric that the
// provider refuses is not recorded; the error goes to [otel.Handle].
func Observer(opts ...Option) func(bardge.Event) {
	var s settings
	for _, o := range opts {
		if o != nil {
			o.apply(&s)
		}
	}
	if s.tracers == nil {
		s.tracers = otel.GetTracerProvider()
	}
	if s.meters == nil {
		s.meters = otel.GetMeterProvider()
	}
	spans := tracer{s.tracers.Tracer(scope,
		trace.WithInstrumentationVersion(bardge.Version), trace.WithSchemaURL(semconv.SchemaURL))}
	metrics := newMeters(s.meters.Meter(scope,
		metric.WithInstrumentationVersion(bardge.Version), metric.WithSchemaURL(semconv.SchemaURL)))
	return func(e bardge.Event) {
		switch e.Kind {
		case bardge.EventAttemptEnded:
			metrics.attempt(e)
		case bardge.EventCallEnded:
			metrics.call(spans.call(e), e)
		case bardge.EventAttemptStarted:
		}
	}
}
