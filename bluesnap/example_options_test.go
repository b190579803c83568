package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Fields that the SDK does not model go out all the same.
func ExampleWithExtraField() {
	sb, client := start()
	defer sb.Close()
	params := payBy(sb, "11.00")
	params.Extra = bluesnap.Extra{"transactionFraudInfo": map[string]string{"shopperIpAddress": "203.0.113.7"}}
	payment, _, err := client.Transactions.Create(context.Background(), params, bluesnap.WithExtraField("storeCard", true))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.Amount)
	// Output: 11.00
}

// Every attempt is logged, without keys, URLs, headers or bodies.
func ExampleWithLogger() {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "took", "wait", "call_id", "key":
			return slog.Attr{}
		default:
			return a
		}
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: drop}))
	sb, client := start(bluesnap.WithLogger(logger))
	defer sb.Close()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, bluesnaptest.AmountDeclined))
	fmt.Println(errors.Is(err, bluesnap.ErrDoNotHonor))
	// Output:
	// level=DEBUG msg="bluesnap: attempt started" operation=CreateCardTransaction outcome="not sent" attempt=1
	// level=DEBUG msg="bluesnap: attempt ended" operation=CreateCardTransaction outcome=rejected attempt=1 status=400 verdict=rejected reason="rejected by the API"
	// level=DEBUG msg="bluesnap: call ended" operation=CreateCardTransaction outcome=rejected attempts=1 reason="rejected by the API"
	// true
}

// An observer hears every step.
func ExampleWithObserver() {
	sb, client := start(bluesnap.WithObserver(func(e bluesnap.Event) {
		if e.Kind == bluesnap.EventCallEnded {
			fmt.Println(e.Operation, e.Outcome)
		}
	}))
	defer sb.Close()
	if _, _, err := client.Transactions.Get(context.Background(), bluesnap.ID(sb.Seed.TransactionID)); err != nil {
		fmt.Println(err)
	}
	// Output: GetTransaction done
}

// A key that is stored before the call survives a crash: the next process goes on
// with it, for up to 12 hours.
func ExampleSentKey() {
	sb, client := start()
	defer sb.Close()
	stored := bluesnap.NewKey().String() // with the order, before the call

	key, err := bluesnap.SentKey(stored, time.Time{}) // perhaps it was sent, perhaps not
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithIdempotencyKey(key))
	fmt.Println(bluesnap.OutcomeOf(err), sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output: done 1
}

// A program with retries of its own keeps the call to one attempt, and goes on
// with the error's key.
func ExampleWithMaxAttempts() {
	sb, client := start()
	defer sb.Close()
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.ServerErrorBefore(503))
	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithMaxAttempts(1))
	fmt.Println(bluesnap.OutcomeOf(err), "after", len(resp.Attempts))
	// Output: unknown after 1
}

// A policy sets only what differs from the defaults.
func ExampleWithRetryPolicy() {
	sb, client := start(bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 3, BaseDelay: time.Millisecond}))
	defer sb.Close()
	down := fakeserver.ServerErrorBefore(503)
	sb.Next(bluesnaptest.CreateCardTransaction, down, down, down, down)
	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	fmt.Println(bluesnap.OutcomeOf(err), "after", len(resp.Attempts))
	// Output: unknown after 3
}

// A header that the SDK does not know goes out as it is; its own are refused.
func ExampleWithHeader() {
	sb, client := start()
	defer sb.Close()
	for _, name := range []string{"X-Correlation-Id", "Idempotency-Key"} {
		_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithHeader(name, "17"))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// bluesnap: CreateCardTransaction: not sent: header Idempotency-Key is set by the SDK or by HTTP itself
}

// BLUESNAP_USERNAME and BLUESNAP_PASSWORD stand in the environment; options win.
func ExampleFromEnv() {
	_ = os.Setenv("BLUESNAP_USERNAME", "API_1234567890")
	_ = os.Setenv("BLUESNAP_PASSWORD", "password")
	defer func() { _ = os.Unsetenv("BLUESNAP_USERNAME") }()
	defer func() { _ = os.Unsetenv("BLUESNAP_PASSWORD") }()

	client, err := bluesnap.FromEnv(bluesnap.WithSandbox())
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// A bad setting fails at once, with the field's name.
func ExampleNew() {
	_, err := bluesnap.New("API_1234567890", "password", bluesnap.WithBaseURL("http://ws.bluesnap.com"))
	var invalid *bluesnap.InvalidError
	fmt.Println(errors.As(err, &invalid), err)
	// Output: true bluesnap: WithBaseURL: base URL is not https (http is allowed to a loopback host only)
}
