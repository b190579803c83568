package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func pay(sb *bluesnaptest.Sandbox, client *bluesnap.Client) {
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"),
		bluesnap.WithRef("order-2026-17"), bluesnap.WithMaxAttempts(1))
	fmt.Println("the process ends, outcome", bluesnap.OutcomeOf(err))
}

// shortWindow lets a key expire at once, so that the examples need not wait.
var shortWindow = bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{
	KeyTTL: 2 * time.Second, KeyTTLMargin: time.Millisecond, AttemptTimeout: time.Second,
})

// The next process takes up what the crash left open: the payment is made once.
func ExampleClient_Recover() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Ref, r.Operation, r.Outcome)
	}
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 CreateCardTransaction done
	// executed: 1
}

// When the key's time is over, the payment is looked up by the
// merchantTransactionId that the SDK has given it, and never sent again.
func ExampleClient_Recover_late() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"), shortWindow)
	defer sb.Close()
	pay(sb, client)
	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Ref, r.Outcome, "by", r.Evidence)
	}
	fmt.Println("sent:", sb.Requests(bluesnaptest.CreateCardTransaction))
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 done by transaction 38000003 has its merchantTransactionId
	// sent: 1
}

// The shop's own books show which plan an order got.
func ExampleWithReconciler() {
	books := func(_ context.Context, o bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
		return bluesnap.ReconcileResult{Done: o.Ref == "order-2026-17", ID: "38000003", Evidence: "the shop's books"}, nil
	}
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"), shortWindow,
		bluesnap.WithReconciler("CreateCardTransaction", books))
	defer sb.Close()
	pay(sb, client)
	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Ref, r.Outcome, "by", r.Evidence)
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 done by the shop's books
}

// A person who has looked in the console settles what cannot be looked up.
func ExampleClient_Resolve() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	err := client.Resolve(context.Background(), "order-2026-17", bluesnap.NotExecuted())
	fmt.Println("too early to say that it was not executed:", errors.Is(err, bluesnap.ErrMayBeExecuting))
	if err := client.Resolve(context.Background(), "order-2026-17", bluesnap.Executed("38000003")); err != nil {
		fmt.Println(err)
		return
	}
	payment, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(payment.TransactionID, "from the journal:", resp.FromJournal)
	// Output:
	// the process ends, outcome unknown
	// too early to say that it was not executed: true
	// 38000003 from the journal: true
}

// A capture of a part takes no key, and has no ref here: Recover has its id.
func ExampleClient_ResolveID() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	order := payBy(sb, "11.00")
	order.Type = bluesnap.AuthOnly
	reserved, _, err := client.Transactions.Create(context.Background(), order)
	if err != nil {
		fmt.Println(err)
		return
	}
	sb.Next(bluesnaptest.UpdateTransaction, fakeserver.LoseResponse)
	_, _, err = client.Transactions.Capture(context.Background(),
		bluesnap.CaptureParams{TransactionID: reserved.TransactionID, Amount: "5.00"}, bluesnap.WithMaxAttempts(1))
	fmt.Println(bluesnap.OutcomeOf(err))

	for r, err := range client.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		err = client.ResolveID(context.Background(), r.ID, bluesnap.Executed(string(reserved.TransactionID)))
		fmt.Println(r.Operation, "settled:", err == nil)
	}
	// Output:
	// unknown
	// CapturePart settled: true
}

// Author and reason are kept with the operation.
func ExampleResolution() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	word := bluesnap.Executed("38000099").By("ada").Note("ticket 4711")
	err := client.Resolve(context.Background(), "order-2026-17", word)
	fmt.Println("mistyped:", errors.Is(err, bluesnap.ErrNotVerified))

	word = bluesnap.Executed("38000003").By("ada").Note("ticket 4711")
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
	// ada ticket 4711 true 38000003 verified: true
}
