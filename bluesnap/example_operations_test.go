package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"time"

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

func ExampleOperationsService_Get() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	o, err := client.Operations.Get(context.Background(), "order-2026-17")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.ID, o.Outcome, "owned:", o.Owned)
	// Output:
	// the process ends, outcome unknown
	// ref:order-2026-17 unknown owned: false
}

// An operation without a ref goes by its key.
func ExampleOperationsService_GetID() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	key := bluesnap.NewKey()
	_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithIdempotencyKey(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := client.Operations.GetID(context.Background(), "key:"+key.String())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Operation, o.State)
	// Output:
	// CreateCardTransaction done
}

func ExampleOperationsService_GetMany() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	found, err := client.Operations.GetMany(context.Background(), []string{"order-2026-17", "order-2026-18"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(found), found["order-2026-17"].State)
	// Output:
	// the process ends, outcome unknown
	// 1 open
}

func ExampleOperationsService_Stats() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	stats, err := client.Operations.Stats(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range stats.Pending {
		fmt.Println(p.Operation, "open:", p.Open)
	}
	// Output:
	// the process ends, outcome unknown
	// CreateCardTransaction open: 1
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

func ExampleOperationsService_EraseID() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	err := client.Operations.EraseID(context.Background(), "ref:order-2026-17")
	fmt.Println(errors.Is(err, bluesnap.ErrOperationOpen), "the request may still be needed")
	// Output:
	// the process ends, outcome unknown
	// true the request may still be needed
}

// Who says it, and what it rests on, is kept with the operation.
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

// "Not executed" cannot be believed at once.
func ExampleNotExecuted() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	err := client.Resolve(context.Background(), "order-2026-17", bluesnap.NotExecuted().By("ada"))
	var e *bluesnap.RecordError
	if errors.As(err, &e) && errors.Is(err, bluesnap.ErrMayBeExecuting) {
		fmt.Println(e.Ref, e.State, "wait for", time.Until(e.Until).Round(time.Hour))
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 open wait for 12h0m0s
}
