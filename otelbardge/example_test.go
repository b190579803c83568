package otelbardge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/otelbardge"
	"github.com/bardge/bardge-go/sandbox"
)

// The server issues the pass and its response is lost: the second attempt gets
// the stored one. The exporter writes each span as JSON to the standard output;
// shown is what does not differ from run to run.
func Example() {
	server, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	server.Next(sandbox.IssuePass, sandbox.LoseResponse)

	exporter, err := stdouttrace.New(stdouttrace.WithWriter(digest{})) // without the option: os.Stdout
	if err != nil {
		fmt.Println(err)
		return
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	client, err := bardge.New(server.APIKey,
		bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()),
		bardge.WithObserver(otelbardge.Observer(otelbardge.WithTracerProvider(tracers))))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()

	ctx, checkout := tracers.Tracer("shop").Start(context.Background(), "checkout")
	_, _, err = client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: server.Seed.ClientID, PassID: server.Seed.PassID,
	})
	checkout.End()
	fmt.Println("error:", err)
	// Output:
	// POST /v3/api/business/reseller/issued_passes: bardge.verdict=ambiguous error.type=connection_reset
	// POST /v3/api/business/reseller/issued_passes: bardge.verdict=done http.request.resend_count=1 http.response.status_code=201 bardge.replayed=true
	// bardge.IssuePass: bardge.outcome=done bardge.attempts=2 bardge.replayed=true
	// checkout:
	// error: <nil>
}

type digest struct{}

func (digest) Write(span []byte) (int, error) {
	var told struct {
		Name       string `json:"Name"`
		Attributes []struct {
			Key   string `json:"Key"`
			Value struct {
				Value any `json:"Value"`
			} `json:"Value"`
		} `json:"Attributes"`
	}
	if err := json.Unmarshal(span, &told); err != nil {
		return 0, err
	}
	attrs := map[string]any{}
	for _, a := range told.Attributes {
		attrs[a.Key] = a.Value.Value
	}
	line := told.Name + ":"
	for _, name := range []string{
		"bardge.outcome", "bardge.attempts", "bardge.verdict", "error.type",
		"http.request.resend_count", "http.response.status_code", "bardge.replayed",
	} {
		if value, ok := attrs[name]; ok && value != false {
			line += fmt.Sprintf(" %s=%v", name, value)
		}
	}
	_, err := fmt.Fprintln(os.Stdout, line)
	return len(span), err
}

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
