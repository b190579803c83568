package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// A ref is done once; a later call gets the recorded result.
func ExampleWithRef() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme")) // a durable one in a program of yours
	defer sb.Close()
	for range 2 {
		payment, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(payment.Amount, "from the journal:", resp.FromJournal)
	}
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// 11.00 from the journal: false
	// 11.00 from the journal: true
	// executed: 1
}

// The shop numbers its payments itself, each number once: what is found under
// one is the requested payment.
func ExampleWithUniqueTransactionIDs() {
	for _, opts := range [][]bluesnap.Option{nil, {bluesnap.WithUniqueTransactionIDs()}} {
		opts = append(opts, bluesnap.WithJournal(journal.NewMemory(), "acme"), shortWindow)
		sb, client := start(opts...)
		params := payBy(sb, "11.00")
		params.MerchantTransactionID = "payment-4711"
		sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
		_, _, _ = client.Transactions.Create(context.Background(), params, bluesnap.WithRef("order-2026-17"), bluesnap.WithMaxAttempts(1))
		for r, err := range client.Recover(context.Background()) {
			if err != nil {
				fmt.Println(err)
				break
			}
			fmt.Printf("%s: %s\n", r.Outcome, r.Evidence)
		}
		sb.Close()
	}
	// Output:
	// unknown: its merchantTransactionId is the caller's own, and may be that of another payment
	// done: transaction 38000003 has its merchantTransactionId
}
