package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// The key is made and stored before the call, so that a crash loses nothing.
func ExampleNewKey() {
	sb, client := start()
	defer sb.Close()

	key := bardge.NewKey()
	stored := key.String() // in your database, with the order

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithIdempotencyKey(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sent under the stored key:", resp.Key.String() == stored)
	// Output: sent under the stored key: true
}

// A string of the caller's own is fresh once. What comes after needs the time
// of the first call.
func ExampleUnsentKey() {
	sb, client := start()
	defer sb.Close()
	issue := func(key bardge.Key) {
		_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
		}, bardge.WithIdempotencyKey(key))
		fmt.Println(key, "replayed:", resp.Replayed, err)
	}
	key, err := bardge.UnsentKey("order-2026-17/issue-pass")
	if err != nil {
		fmt.Println(err)
		return
	}
	firstSent := time.Now() // stored with the order, before the call
	issue(key)
	// And here the process dies; the next one finds the order.
	key, err = bardge.SentKey("order-2026-17/issue-pass", firstSent)
	if err != nil {
		fmt.Println(err)
		return
	}
	issue(key)
	// Output:
	// order-2026-17/issue-pass replayed: false <nil>
	// order-2026-17/issue-pass replayed: true <nil>
}

// A test of what a program does once a key has expired needs no clock: the key
// is made old. Tests of waiting run in virtual time, by testing/synctest and
// sandbox.Start.
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

// After a crash the stored key is taken up again. The server has executed the
// purchase; it is not executed a second time.
func ExampleSentKey() {
	sb, client := start()
	defer sb.Close()
	ctx := context.Background()
	params := bardge.PurchaseCreditsParams{ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID}

	key := bardge.NewKey()
	stored := key.String()
	if _, _, err := client.Credits.Purchase(ctx, params, bardge.WithIdempotencyKey(key)); err != nil {
		fmt.Println(err)
		return
	}
	// And here the process dies, before it could store that the credits are
	// bought.

	again, err := bardge.SentKey(stored, time.Time{}) // a minted key knows its date
	if err != nil {
		fmt.Println(err)
		return
	}
	_, resp, err := client.Credits.Purchase(ctx, params, bardge.WithIdempotencyKey(again))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("replayed:", resp.Replayed, "executed:", sb.Executed(sandbox.PurchaseCredits))
	// Output: replayed: true executed: 1
}

// A call that ended unknown is resumed with the error's key, in the same
// window.
func ExampleWithIdempotencyKey() {
	sb, client := start()
	defer sb.Close()
	params := bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID}

	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, err := client.IssuedPasses.Issue(context.Background(), params, bardge.WithMaxAttempts(1))
	if !bardge.CanRepeat(err) {
		fmt.Println("look whether it was issued:", err)
		return
	}
	fmt.Println("outcome:", bardge.OutcomeOf(err))
	pass, resp, err := client.IssuedPasses.Issue(context.Background(), params, bardge.WithIdempotencyKey(bardge.KeyOf(err)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID, "replayed:", resp.Replayed)
	// Output:
	// outcome: unknown
	// brgpass_0001 replayed: true
}

func ExampleIdempotencyKeyReusedError() {
	sb, client := start()
	defer sb.Close()

	key := bardge.NewKey()
	for _, pass := range []string{sb.Seed.PassID, sb.Seed.TrialPassID} {
		_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: pass,
		}, bardge.WithIdempotencyKey(key))
		if reused, ok := errors.AsType[*bardge.IdempotencyKeyReusedError](err); ok {
			fmt.Println("the key is another request's:", reused.Key.String() == key.String())
		}
	}
	// Output: the key is another request's: true
}
