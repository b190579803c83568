package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleNew() {
	_, err := bardge.New("", bardge.WithUserAgent("shop/1.2"))
	fmt.Println(err)
	client, err := bardge.New("an-api-key", bardge.WithUserAgent("shop/1.2"))
	fmt.Println(client != nil, err)
	// Output:
	// bardge: API key is empty
	// true <nil>
}

func ExampleFromEnv() {
	_ = os.Setenv("BARDGE_API_KEY", "an-api-key")
	defer func() { _ = os.Unsetenv("BARDGE_API_KEY") }()

	client, err := bardge.FromEnv()
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// A key that is reset in the dashboard is dead at once. The source is asked for
// every attempt, so the new one is used from the next attempt on.
func ExampleWithAPIKeyProvider() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	key := sb.APIKey // in your vault

	client, err := bardge.New("", bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return key, nil }))
	if err != nil {
		fmt.Println(err)
		return
	}
	key = sb.ResetAPIKey()
	profile, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.FirstName)
	// Output: Ada
}

// Another base URL must be https, or http to this machine.
func ExampleWithBaseURL() {
	for _, u := range []string{"https://gateway.example.com/bardge", "http://localhost:8787/v3", "http://gateway.example.com"} {
		_, err := bardge.New("an-api-key", bardge.WithBaseURL(u))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// <nil>
	// bardge: WithBaseURL: base URL is not https (http is allowed to a loopback host only)
}

// Only the Transport of an HTTP client is used; what would act behind the SDK's
// back is refused.
func ExampleWithHTTPClient() {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 5 * time.Second}
	_, err := bardge.New("an-api-key", bardge.WithHTTPClient(&http.Client{Transport: transport}))
	fmt.Println(err)
	_, err = bardge.New("an-api-key", bardge.WithHTTPClient(&http.Client{Timeout: 10 * time.Second}))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: WithHTTPClient: HTTP client has a Timeout; use the context, or RetryPolicy.AttemptTimeout
}

func ExampleWithRetryPolicy() {
	sb, client := start(bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2, BaseDelay: time.Millisecond}))
	defer sb.Close()
	busy := sandbox.Unavailable(0)
	sb.Next(sandbox.IssuePass, busy, busy, busy)

	_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	})
	fmt.Println(bardge.OutcomeOf(err), "after", len(resp.Attempts), "attempts")
	// Output: unknown after 2 attempts
}

func ExampleWithUserAgent() {
	_, err := bardge.New("an-api-key", bardge.WithUserAgent("shop\n1.2"))
	if invalid, ok := errors.AsType[*bardge.InvalidError](err); ok {
		fmt.Println(invalid.Field)
	}
	// Output: user agent
}

func ExampleWithMaxAttempts() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.ListIssuers, sandbox.Unavailable(0))

	_, resp, err := client.Lookups.ListIssuers(context.Background(), bardge.ListIssuersParams{}, bardge.WithMaxAttempts(1))
	fmt.Println(err != nil, len(resp.Attempts))
	// Output: true 1
}

func ExampleWithLookupToken() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
		ClassInstanceID: sb.Seed.ClassInstanceID, ClientID: sb.Seed.OtherClientID,
	}, bardge.WithLookupToken("lkpt_stored_last_year"))
	fmt.Println(errors.Is(err, bardge.ErrPermissionDenied))
	// Output: true
}

// Faults of the embedded server can be asked for by a header, as any other header
// can be sent.
func ExampleWithHeader() {
	sb, client := start()
	defer sb.Close()

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithHeader(sandbox.FaultHeader, "lose-response"))
	fmt.Println(err, resp.Replayed)
	// Output: <nil> true
}

// The vendor may want a field that this SDK does not model.
func ExampleWithExtraField() {
	sb, client := start()
	defer sb.Close()
	params := bardge.PurchaseCreditsParams{ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID}

	_, _, err := client.Credits.Purchase(context.Background(), params, bardge.WithExtraField("campaign", "summer"))
	fmt.Println(err)
	_, _, err = client.Credits.Purchase(context.Background(), params, bardge.WithExtraField("client_id", "another"))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: PurchaseCredits: not sent: extra field client_id is set already
}
