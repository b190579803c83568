package otelbardge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
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

// digest prints a line for each span in JSON.
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
