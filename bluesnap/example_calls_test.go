package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A timeout ends a call as a deadline does: with what is known.
func ExampleWithTimeout() {
	sb, client := start()
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.DelayAfter(time.Minute))

	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"),
		bluesnap.WithTimeout(100*time.Millisecond))
	fmt.Println(bluesnap.OutcomeOf(err), errors.Is(err, context.DeadlineExceeded))
	// Output: unknown true
}

// What is given to New is the default of all calls; a call's own option wins.
func ExampleSharedOption() {
	sb, client := start(bluesnap.WithMaxAttempts(1))
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)

	patient := bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 3})
	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), patient)
	fmt.Println(err, len(resp.Attempts))
	// Output: <nil> 2
}

// A program that ends lets its calls end, and then closes its journal.
func ExampleClient_Close() {
	sb, client := start()
	defer sb.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		fmt.Println(err) // calls that are still under way
		return
	}
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	fmt.Println(errors.Is(err, bluesnap.ErrClientClosed), bluesnap.OutcomeOf(err))
	// Output: true not sent
}

// A proxy that is not named by the environment.
func ExampleWithHTTPClient_proxy() {
	proxy, err := url.Parse("http://proxy.example.com:3128")
	if err != nil {
		fmt.Println(err)
		return
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy)}
	_, err = bluesnap.New("API_17", "a-password", bluesnap.WithHTTPClient(&http.Client{Transport: transport}))
	fmt.Println(err)
	// Output: <nil>
}
