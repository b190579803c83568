package bluesnap_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// What is open is known after a restart.
func ExampleOperationsService_List() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	open, err := client.Operations.List(context.Background(), journal.Filter{State: journal.StateOpen})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range open {
		fmt.Println(o.Ref, o.Operation, o.State, "after", o.Attempts, "attempt")
		fmt.Println("why:", o.Reason != "") // such as "connection reset; all attempts are used"
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 CreateCardTransaction open after 1 attempt
	// why: true
}

// The payment is not made again, although nothing personal is left of it.
func ExampleOperationsService_Erase() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay := func() error {
		_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
		return err
	}
	fmt.Println(pay())
	fmt.Println(client.Operations.Erase(context.Background(), "order-2026-17"))
	err := pay()
	fmt.Println(bluesnap.OutcomeOf(err), errors.Is(err, bluesnap.ErrResponseLost))
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// <nil>
	// <nil>
	// done true
	// executed: 1
}
