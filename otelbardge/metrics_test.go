package otelbardge_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

func inTrouble(t *testing.T, then func(t *testing.T, w *world)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *world) {
		w.Next(sandbox.IssuePass, sandbox.Unavailable(2*time.Second), sandbox.LoseResponse)
		_, err := w.issue(t.Context())
		require.NoError(t, err)
		_, _, err = w.client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: w.Seed.FullInstanceID, ClientID: w.Seed.ClientID,
		})
		require.ErrorIs(t, err, bardge.ErrClassFull)
		w.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, err = w.issue(t.Context(), bardge.WithMaxAttempts(1))
		require.Error(t, err)
		then(t, w)
	})
}

func metricsOf[T metricdata.Aggregation](w *world, name, unit string) T {
	w.t.Helper()
	m := w.metrics()[name]
	assert.Equal(w.t, unit, m.Unit)
	assert.NotEmpty(w.t, m.Description)
	require.IsType(w.t, *new(T), m.Data, name)
	return m.Data.(T)
}

func counts(h metricdata.Histogram[float64]) map[attribute.Set]uint64 {
	found := map[attribute.Set]uint64{}
	for _, p := range h.DataPoints {
		found[p.Attributes] = p.Count
	}
	return found
}

func TestMetricsOfCalls(t *testing.T) {
	inTrouble(t, func(t *testing.T, w *world) {
		calls := metricsOf[metricdata.Histogram[float64]](w, "bardge.client.call.duration", "s")
		issue, book := attribute.String("bardge.operation", "IssuePass"), attribute.String("bardge.operation", "BookClass")
		done := attribute.NewSet(issue, attribute.String("bardge.outcome", "done"))
		assert.Equal(t, map[attribute.Set]uint64{
			done: 1,
			attribute.NewSet(book, attribute.String("bardge.outcome", "rejected"), semconv.ErrorTypeKey.String("409")):              1,
			attribute.NewSet(issue, attribute.String("bardge.outcome", "unknown"), semconv.ErrorTypeKey.String("connection_reset")): 1,
		}, counts(calls))
		for _, p := range calls.DataPoints {
			assert.InDelta(t, 90, p.Bounds[len(p.Bounds)-1], 0, "the longest that a call takes")
			if assert.NotEmpty(t, p.Exemplars) {
				assert.NotEmpty(t, p.Exemplars[0].SpanID)
			}
			if p.Attributes == done {
				assert.GreaterOrEqual(t, p.Sum, 2.0, "the call took its waits too")
			}
		}
	})
}

func TestMetricsOfAttempts(t *testing.T) {
	inTrouble(t, func(t *testing.T, w *world) {
		attempts := metricsOf[metricdata.Sum[int64]](w, "bardge.client.attempts", "{attempt}")
		point := func(n int64, operation, verdict string, replayed bool) metricdata.DataPoint[int64] {
			return metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(
				attribute.String("bardge.operation", operation), attribute.String("bardge.verdict", verdict),
				attribute.Bool("bardge.replayed", replayed))}
		}
		metricdatatest.AssertAggregationsEqual(t, metricdata.Sum[int64]{
			Temporality: metricdata.CumulativeTemporality,
			IsMonotonic: true,
			DataPoints: []metricdata.DataPoint[int64]{
				point(3, "IssuePass", "ambiguous", false),
				point(1, "IssuePass", "done", true),
				point(1, "BookClass", "rejected", false),
			},
		}, attempts, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
	})
}

func TestMetricsOfRequests(t *testing.T) {
	inTrouble(t, func(t *testing.T, w *world) {
		w.Next(sandbox.IssuePass, sandbox.DelayBefore(time.Second))
		_, err := w.issue(t.Context())
		require.NoError(t, err)
		requests := metricsOf[metricdata.Histogram[float64]](w, "http.client.request.duration", "s")
		to := w.address()
		about := func(path string, more ...attribute.KeyValue) attribute.Set {
			return attribute.NewSet(append(more,
				semconv.HTTPRequestMethodPost, semconv.ServerAddress(to.Addr().String()), semconv.ServerPort(int(to.Port())),
				semconv.URLScheme("http"), semconv.URLTemplate(sandbox.BasePath+path))...)
		}
		done := about("/issued_passes", semconv.HTTPResponseStatusCode(201))
		for _, p := range requests.DataPoints {
			if p.Attributes == done {
				assert.InDelta(t, 1, p.Sum, 1e-9, "seconds")
			}
		}
		assert.Equal(t, map[attribute.Set]uint64{
			done: 2,
			about("/issued_passes", semconv.HTTPResponseStatusCode(503), semconv.ErrorTypeKey.String("503")):  1,
			about("/issued_passes", semconv.ErrorTypeKey.String("connection_reset")):                          2,
			about("/bookings/class", semconv.HTTPResponseStatusCode(409), semconv.ErrorTypeKey.String("409")): 1,
		}, counts(requests))
	})
}

func TestMetricsOfWaitsAndBudget(t *testing.T) {
	inTrouble(t, func(t *testing.T, w *world) {
		waits := metricsOf[metricdata.Histogram[float64]](w, "bardge.client.wait.duration", "s")
		require.Len(t, waits.DataPoints, 1)
		assert.EqualValues(t, 1, waits.DataPoints[0].Count, "the retry at once is no wait")
		assert.InDelta(t, 2, waits.DataPoints[0].Sum, 1e-9)

		budget := metricsOf[metricdata.Gauge[int64]](w, "bardge.client.retry.budget", "{retry}")
		require.Len(t, budget.DataPoints, 1)
		// Two retries were made; the success and the rejection gave one back
		// each.
		assert.EqualValues(t, 100, budget.DataPoints[0].Value)
	})
}

func TestTheBudgetIsSeenToSink(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for range 3 {
			w.Next(sandbox.IssuePass, sandbox.Unavailable(0), sandbox.Unavailable(0))
			_, err := w.issue(t.Context(), bardge.WithMaxAttempts(2))
			require.Error(t, err)
		}
		budget := metricsOf[metricdata.Gauge[int64]](w, "bardge.client.retry.budget", "{retry}")
		assert.EqualValues(t, 97, budget.DataPoints[0].Value)
	})
}

type refusing struct{ noop.MeterProvider }

func (refusing) Meter(string, ...metric.MeterOption) metric.Meter { return refusingMeter{} }

type refusingMeter struct{ noop.Meter }

var errRefused = errors.New("no more metrics")

func (refusingMeter) Int64Counter(string, ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return noop.Int64Counter{}, errRefused
}

func TestMetricsThatAreRefusedCostNoCall(t *testing.T) {
	var heard error
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { heard = err }))
	defer otel.SetErrorHandler(before)
	inWorld(t, func(t *testing.T, w *world) {
		_, err := w.issue(t.Context())
		require.NoError(t, err)
	}, bardge.WithObserver(otelbardge.Observer(otelbardge.WithMeterProvider(refusing{}))))
	assert.ErrorIs(t, heard, errRefused)
}

func TestDriftIsCountedByKind(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	observe := otelbardge.Observer(otelbardge.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))))
	observe(bardge.Event{Kind: bardge.EventCallEnded, Operation: "IssuePass", Drift: []bardge.Drift{
		{Kind: bardge.DriftMissingField, Field: "IssuedPass.tx_ref"}, {Kind: bardge.DriftMissingField}, {Kind: bardge.DriftStatus},
	}})
	w := &world{t: t, reader: reader}
	drift := metricsOf[metricdata.Sum[int64]](w, "bardge.client.drift", "{difference}")
	found := map[string]int64{}
	for _, p := range drift.DataPoints {
		kind, _ := p.Attributes.Value("bardge.drift.kind")
		found[kind.AsString()] = p.Value
		assert.Equal(t, 2, p.Attributes.Len())
	}
	assert.Equal(t, map[string]int64{"missing_field": 2, "unknown_status": 1}, found)
}
