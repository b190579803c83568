package bardge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func crash(sb *sandbox.Sandbox, client *bardge.Client) {
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithRef("order-2026-17"), bardge.WithMaxAttempts(1))
	fmt.Println("the process ends, outcome", bardge.OutcomeOf(err))
}

// shortWindow lets a key expire at once, so that the examples need not wait.
var shortWindow = bardge.WithRetryPolicy(bardge.RetryPolicy{
	KeyTTL: 2 * time.Second, KeyTTLMargin: time.Millisecond, AttemptTimeout: time.Second,
})

// The next process takes up what the crash left open: the pass is issued once.
func ExampleClient_Recover() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme")) // a durable one in a program of yours
	defer sb.Close()
	crash(sb, client)

	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch {
		case r.Err == nil:
			var pass bardge.IssuedPass
			if err := json.Unmarshal(r.Response.Raw, &pass); err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(r.Ref, r.Operation, r.Outcome, pass.ID)
		case r.Outcome == bardge.OutcomeUnknown:
			fmt.Println("look yourself, then call Resolve:", r)
		case r.Outcome == bardge.OutcomeDone:
			fmt.Println(r.Ref, "is done, and its answer is lost:", r.Err)
		default:
			fmt.Println(r.Ref, "may be ordered again:", r.Err)
		}
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 IssuePass done brgpass_0001
	// executed: 1
}

// After the key's window nothing is sent again. A person who has found the pass
// in the dashboard settles it.
func ExampleClient_Resolve() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"), shortWindow)
	defer sb.Close()
	crash(sb, client)

	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s: %s\n", r.Ref, r.Outcome, r.Evidence)
		err := client.Resolve(context.Background(), r.Ref, bardge.NotExecuted())
		fmt.Println("too early to say that it was not executed:", errors.Is(err, bardge.ErrMayBeExecuting))
		if err := client.Resolve(context.Background(), r.Ref, bardge.Executed("brgpass_0001")); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 unknown: too early to rule out that another operation made it
	// too early to say that it was not executed: true
	// executed: 1
}

// An operation without a ref goes by its key.
func ExampleClient_ResolveID() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.LoseResponse)
	_, _, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithMaxAttempts(1))
	fmt.Println(bardge.OutcomeOf(err))

	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		err = client.ResolveID(context.Background(), r.ID, bardge.Executed("credit_purchase_0001"))
		fmt.Println(r.Operation, "settled:", err == nil)
	}
	// Output:
	// unknown
	// PurchaseCredits settled: true
}

// A later call gets the statement.
func ExampleExecuted() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	if err := client.Resolve(context.Background(), "order-2026-17", bardge.Executed("brgpass_0001")); err != nil {
		fmt.Println(err)
		return
	}
	pass, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithRef("order-2026-17"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID, "from the journal:", resp.FromJournal)
	// Output:
	// the process ends, outcome unknown
	// brgpass_0001 from the journal: true
}

// "Not executed" cannot be believed at once.
func ExampleNotExecuted() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	err := client.Resolve(context.Background(), "order-2026-17", bardge.NotExecuted().By("ada"))
	var e *bardge.RecordError
	if errors.As(err, &e) && errors.Is(err, bardge.ErrMayBeExecuting) {
		fmt.Println(e.Ref, e.State, "wait for", time.Until(e.Until).Round(time.Minute))
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 open wait for 5m0s
}

// Author and reason are kept with the operation. A mistyped id
// is not believed: the pass is read first.
func ExampleResolution() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	word := bardge.Executed("brgpass_0010").By("ada").Note("phone call, ticket 4711")
	err := client.Resolve(context.Background(), "order-2026-17", word)
	fmt.Println("mistyped:", errors.Is(err, bardge.ErrNotVerified))

	word = bardge.Executed("brgpass_0001").By("ada").Note("phone call, ticket 4711")
	fmt.Println(client.Resolve(context.Background(), "order-2026-17", word))
	o, err := client.Operations.Get(context.Background(), "order-2026-17")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range o.Resolutions {
		fmt.Println(r.By, r.Note, r.Executed, r.ID, "verified:", r.Verified)
	}
	// Output:
	// the process ends, outcome unknown
	// mistyped: true
	// <nil>
	// ada phone call, ticket 4711 true brgpass_0001 verified: true
}

// The shop's own books show which pass an order got, from a webhook.
func ExampleWithReconciler() {
	issued := map[string]string{"order-2026-17": "brgpass_0001"}
	books := func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
		id, ok := issued[o.Ref]
		return bardge.ReconcileResult{Done: ok, ID: id, Evidence: "the shop's books"}, nil
	}
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"), shortWindow,
		bardge.WithReconciler("IssuePass", books))
	defer sb.Close()
	crash(sb, client)

	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Ref, r.Outcome, "by", r.Evidence)
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 done by the shop's books
	// executed: 1
}
