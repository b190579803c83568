package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// A timeout ends a call as a deadline does: with what is known.
func ExampleWithTimeout() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.DelayAfter(time.Minute))

	_, _, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithTimeout(100*time.Millisecond))
	fmt.Println(bardge.OutcomeOf(err), errors.Is(err, context.DeadlineExceeded))
	// Output: unknown true
}

// One patient call: what is not set is the client's.
func ExampleWithRetryPolicy_call() {
	sb, client := start(bardge.WithMaxAttempts(1))
	defer sb.Close()
	busy := sandbox.Unavailable(0)
	sb.Next(sandbox.IssuePass, busy, busy)

	patient := bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 5})
	_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, patient)
	fmt.Println(err, len(resp.Attempts))
	// Output: <nil> 3
}

// What is given to New is the default of all calls; a call's own option wins.
func ExampleSharedOption() {
	defaults := []bardge.Option{bardge.WithTimeout(20 * time.Second), bardge.WithHeader("X-Shop", "berlin")}
	sb, client := start(defaults...)
	defer sb.Close()

	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID, bardge.WithTimeout(time.Minute))
	fmt.Println(err)
	_, err = bardge.New("an-api-key", bardge.WithTimeout(-time.Second))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: WithTimeout(-1s): timeout is not positive
}

// A program that ends lets its calls end, and then closes its journal.
func ExampleClient_Close() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	ended := make(chan error)
	go func() {
		ended <- client.RunRecovery(context.Background(), 20*time.Second, func(*bardge.RecoveryResult) {})
	}()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		fmt.Println(err) // calls that are still under way, as Recover will find them
		return
	}
	fmt.Println(errors.Is(<-ended, bardge.ErrClientClosed))
	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	fmt.Println(err)
	// Output:
	// true
	// bardge: GetClient: not sent: the client is closed
}

func ExampleCollect() {
	sb, client := start()
	defer sb.Close()

	passes, err := bardge.Collect(client.Passes.All(context.Background(), bardge.ListPassesParams{}))
	if err != nil {
		fmt.Println(err) // and passes are those before it
		return
	}
	fmt.Println(len(passes) > 0)
	// Output: true
}

// No page is requested that is not needed.
func ExampleFirst() {
	sb, client := start()
	defer sb.Close()

	all := client.Passes.All(context.Background(), bardge.ListPassesParams{Limit: 1})
	passes, err := bardge.First(all, 1)
	fmt.Println(len(passes), err, "requests:", sb.Requests(sandbox.ListPasses))
	// Output: 1 <nil> requests: 1
}

// A test of what a program does once a key has expired needs no clock: the key is made
// old. Tests of waiting run in virtual time, by testing/synctest and sandbox.Start.
func ExampleSentKey_expired() {
	sb, client := start()
	defer sb.Close()

	key, err := bardge.SentKey(bardge.NewKey().String(), time.Now().Add(-2*time.Minute))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithIdempotencyKey(key))
	fmt.Println(errors.Is(err, bardge.ErrKeyExpired), bardge.OutcomeOf(err), "executed:", sb.Executed(sandbox.PurchaseCredits))
	// Output: true unknown executed: 0
}
