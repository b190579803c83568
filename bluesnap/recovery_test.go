package bluesnap_test

import (
	"context"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// pay pays in a process that dies before it hears the answer.
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

// The shop's own books say which plan an order got.
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
