// Command stripe charges a card through stripe-go, at a server that executes
// the charge and loses the responses: first with stripe-go as it is, then with
// the engine's transport below it.
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/stripe/stripe-go/v85"

	"github.com/bardge/bardge-go/idem"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	s := &server{stored: map[string]charge{}}
	front := httptest.NewServer(s)
	defer front.Close()
	transport, err := idem.NewTransport(vendor.Profile, operation, func(c *idem.Config) {
		c.BaseURL = front.URL
		c.Policy.BaseDelay = 20 * time.Millisecond // the example is not to take long
	})
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	bare := newClient(front.URL, stripe.BackendConfig{HTTPClient: front.Client()})
	over := newClient(front.URL, stripe.BackendConfig{
		HTTPClient:        &http.Client{Transport: transport}, // no Timeout: it would end the operation
		MaxNetworkRetries: stripe.Int64(0),                    // the transport repeats
	})

	sayf(out, "1. stripe-go as it is. Three responses are lost, and it makes three attempts.")
	s.lose(3)
	made, err := bare.V1Charges.Create(ctx, params())
	report(out, s, made, err)

	sayf(out, "2. stripe-go over the transport. Five responses are lost.")
	s.lose(5)
	made, err = over.V1Charges.Create(ctx, params())
	report(out, s, made, err)

	sayf(out, "3. All responses are lost, and the program cannot wait. It asks again later, with the error's key.")
	s.lose(math.MaxInt)
	hasty, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	made, err = over.V1Charges.Create(hasty, params())
	report(out, s, made, err)
	s.lose(0)
	made, err = over.V1Charges.Create(idem.ContextWithKey(ctx, idem.KeyOf(err)), params())
	report(out, s, made, err)
	return err
}

func newClient(url string, c stripe.BackendConfig) *stripe.Client {
	c.URL = stripe.String(url)
	c.EnableTelemetry = new(bool)
	c.LeveledLogger = &stripe.LeveledLogger{Level: stripe.LevelNull}
	api := stripe.GetBackendWithConfig(stripe.APIBackend, &c)
	return stripe.NewClient("sk_test_example", stripe.WithBackends(&stripe.Backends{API: api}))
}

func params() *stripe.ChargeCreateParams {
	return &stripe.ChargeCreateParams{
		Amount: stripe.Int64(1100), Currency: stripe.String("eur"), Customer: stripe.String("cus_ada"),
	}
}

func report(out io.Writer, s *server, made *stripe.Charge, err error) {
	requests, executed := s.counts()
	if err != nil {
		sayf(out, "   no charge; outcome: %s, key in the error: %t", idem.OutcomeOf(err), !idem.KeyOf(err).IsZero())
	} else {
		sayf(out, "   %s, %d %s, %s", made.ID, made.Amount, made.Currency, made.Status)
	}
	sayf(out, "   requests: %d; charges executed so far: %d", requests, executed)
}

func sayf(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format+"\n", args...) // an example's output
}
