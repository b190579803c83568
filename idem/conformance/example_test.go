package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem/conformance"
	"github.com/bardge/bardge-go/sandbox"
)

// The test of a server's author: here the server is the sandbox.
func TestServerConforms(t *testing.T) {
	server := sandbox.Start(t)
	conformance.Test(t, conformance.Target{
		Profile: bardge.Profile(), // what the server promises
		Client:  server.Client(),
		Request: func(n int) (*http.Request, error) { // n makes each one another request
			body := fmt.Sprintf(`{"client_id":"client_ada","package_id":"credits_50","order":%d}`, n)
			r, err := http.NewRequest(http.MethodPost, server.URL+"/credit_purchases", strings.NewReader(body))
			if err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+server.APIKey)
			return r, nil
		},
		ResourceID: conformance.JSONMember("id"),
		Executed:   func(context.Context) (int, error) { return server.Executed(sandbox.PurchaseCredits), nil },
		Within:     time.Hour, // a key's whole life, by the server's clock
		Wait: func(_ context.Context, d time.Duration) error {
			return server.Control().Clock.Advance(d)
		},
	})
}

// A server that answers each request with a new order, whatever its key.
func Example() {
	orders := 0
	server := func(r *http.Request) (*http.Response, error) {
		orders++
		w := &http.Response{StatusCode: http.StatusCreated, Header: http.Header{}, Request: r}
		w.Body = http.NoBody
		w.Header.Set("Location", fmt.Sprintf("/orders/%d", orders))
		return w, nil
	}
	report, err := conformance.Run(context.Background(), conformance.Target{
		Profile: bardge.Profile(),
		Client:  &http.Client{Transport: roundTripper(server)},
		Request: func(n int) (*http.Request, error) {
			return http.NewRequest(http.MethodPost, "http://localhost/orders", strings.NewReader(fmt.Sprint(n)))
		},
		ResourceID: conformance.Header("Location"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, found := range report.With(conformance.Broken) {
		fmt.Println(found.Check+":", found.Seen)
		fmt.Println(found.Means)
	}
	fmt.Println("not tried:", len(report.With(conformance.NotTried)))
	// Output:
	// repetition: a request and its repetition with the same header Idempotency-Key: status 201 and status 201, executed twice
	// A request that is repeated after a lost response is executed twice: the key protects nothing.
	// not tried: 14
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
