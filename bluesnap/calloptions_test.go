package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
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

// The key is made and stored before the call, so that a crash loses nothing.
func ExampleNewKey() {
	sb, client := start()
	defer sb.Close()
	key := bluesnap.NewKey()
	stored := key.String() // in your database, with the order

	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithIdempotencyKey(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sent under the stored key:", resp.Key.String() == stored)
	// Output: sent under the stored key: true
}

// A string that was made for this one payment is fresh. What it may contain is
// checked by the call.
func ExampleUnsentKey() {
	sb, client := start()
	defer sb.Close()
	for _, own := range []string{"59a3401e-55f1-40f3-b582-90ae2265c709", "order 17"} {
		key, err := bluesnap.UnsentKey(own)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, _, err = client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithIdempotencyKey(key))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// bluesnap: CreateCardTransaction: not sent: idempotency key has a character that is not allowed at byte 5
}

// A call that ended unknown is resumed with the error's key, within the same
// window. The body must be the same.
func ExampleWithIdempotencyKey() {
	sb, client := start()
	defer sb.Close()
	params := payBy(sb, "11.00")

	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	_, _, err := client.Transactions.Create(context.Background(), params, bluesnap.WithMaxAttempts(1))
	var failed *bluesnap.Error
	if !errors.As(err, &failed) {
		fmt.Println(err)
		return
	}
	params.Amount = "12.00"
	_, _, err = client.Transactions.Create(context.Background(), params, bluesnap.WithIdempotencyKey(failed.Key))
	fmt.Println("another body:", errors.Is(err, bluesnap.ErrIdempotencyKeyReused))

	params.Amount = "11.00"
	_, _, err = client.Transactions.Create(context.Background(), params, bluesnap.WithIdempotencyKey(failed.Key))
	fmt.Println("the same body:", bluesnap.OutcomeOf(err), "executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// another body: true
	// the same body: done executed: 1
}

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

// A key that is stored before the call survives a crash: the next process goes
// on with it, for up to 12 hours.
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
