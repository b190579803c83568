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

// What is open, and why, is known after a restart.
func ExampleOperationsService_List() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	open, err := client.Operations.List(context.Background(), journal.Filter{State: journal.StateOpen})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range open {
		fmt.Println(o.Ref, o.Operation, o.State, "after", o.Attempts, "attempt")
		fmt.Println("why:", o.Reason != "") // such as "connection reset; all attempts are used"
		fmt.Println("may be sent again under its key:", time.Now().Before(o.SafeUntil))
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 IssuePass open after 1 attempt
	// why: true
	// may be sent again under its key: true
}

func ExampleOperationsService_Get() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	o, err := client.Operations.Get(context.Background(), "order-2026-17")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.ID, o.Outcome, "owned:", o.Owned)
	_, err = client.Operations.Get(context.Background(), "order-2026-18")
	fmt.Println(errors.Is(err, bardge.ErrOperationNotFound), err)
	// Output:
	// the process ends, outcome unknown
	// ref:order-2026-17 unknown owned: false
	// true bardge: get operation: ref "order-2026-18": the journal has no such operation
}

// An operation without a ref goes by its key.
func ExampleOperationsService_GetID() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	key := bardge.NewKey()
	_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithIdempotencyKey(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := client.Operations.GetID(context.Background(), "key:"+key.String())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Operation, o.State, o.Resource)
	// Output:
	// IssuePass done issued pass:brgpass_0001
}

func ExampleOperationsService_GetMany() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	refs := []string{"order-2026-17", "order-2026-18"}
	found, err := client.Operations.GetMany(context.Background(), refs)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, ref := range refs {
		if o, ok := found[ref]; ok {
			fmt.Println(ref, o.State)
		} else {
			fmt.Println(ref, "is not in the journal")
		}
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 open
	// order-2026-18 is not in the journal
}

func ExampleOperationsService_Stats() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	stats, err := client.Operations.Stats(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("done:", stats.Done)
	for _, p := range stats.Pending {
		fmt.Println(p.Operation, "open:", p.Open, "of these younger than two minutes:", p.Ages[0])
	}
	// Output:
	// the process ends, outcome unknown
	// done: 0
	// IssuePass open: 1 of these younger than two minutes: 1
}

// A client asks for the erasure of her data. The pass is not issued again.
func ExampleOperationsService_Erase() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	issue := func() error {
		_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID, FirstName: "Ada",
		}, bardge.WithRef("order-2026-17"))
		return err
	}
	fmt.Println(issue())
	fmt.Println(client.Operations.Erase(context.Background(), "order-2026-17"))
	err := issue()
	fmt.Println(bardge.OutcomeOf(err), errors.Is(err, bardge.ErrResponseLost))
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// <nil>
	// <nil>
	// done true
	// executed: 1
}

func ExampleOperationsService_EraseID() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	crash(sb, client)

	err := client.Operations.EraseID(context.Background(), "ref:order-2026-17")
	fmt.Println(errors.Is(err, bardge.ErrOperationOpen), "the request may still be needed")
	// Output:
	// the process ends, outcome unknown
	// true the request may still be needed
}

// Who says it, and what it rests on, is kept with the operation. A mistyped id is not
// believed: the pass is read first.
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
