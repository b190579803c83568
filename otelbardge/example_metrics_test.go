package otelbardge_test

import (
	"context"
	"fmt"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

// Every instrument, after a call of two attempts.
func ExampleObserver() {
	server, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	server.Next(sandbox.ListIssuers, sandbox.ServerErrorBefore(500))

	reader := sdkmetric.NewManualReader() // in place of an exporter
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	client, err := bardge.New(server.APIKey,
		bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()),
		bardge.WithObserver(otelbardge.Observer(otelbardge.WithMeterProvider(meters))))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	if _, _, err := client.Lookups.ListIssuers(context.Background(), bardge.ListIssuersParams{}); err != nil {
		fmt.Println(err)
		return
	}

	var told metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &told); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range told.ScopeMetrics[0].Metrics {
		fmt.Printf("%s, %s: %s\n", m.Name, m.Unit, m.Description)
	}
	// Unordered output:
	// bardge.client.call.duration, s: Duration of calls, waits included.
	// http.client.request.duration, s: Duration of HTTP client requests.
	// bardge.client.attempts, {attempt}: Attempts, by verdict.
	// bardge.client.wait.duration, s: Duration of the waits between two attempts.
	// bardge.client.retry.budget, {retry}: Retries that the budget of the client's calls has left.
}
