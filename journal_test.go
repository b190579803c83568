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

// The same order is done once, for as long as the journal remembers it.
func ExampleWithRef() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()

	for range 2 {
		pass, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
		}, bardge.WithRef("order-2026-17"))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(pass.ID, "from the journal:", resp.FromJournal)
	}
	// Output:
	// brgpass_0001 from the journal: false
	// brgpass_0001 from the journal: true
}

// A ref belongs to one request.
func ExampleWithJournal() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()

	for _, pass := range []string{sb.Seed.PassID, sb.Seed.TrialPassID} {
		_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: pass,
		}, bardge.WithRef("order-2026-17"))
		fmt.Println(pass, "reused:", errors.Is(err, bardge.ErrRefReused))
	}
	// Output:
	// pass_premium reused: false
	// pass_trial reused: true
}

// After a rotation of the secret the previous one opens what it sealed.
func ExampleWithJournalSecret() {
	sb, _ := start()
	defer sb.Close()
	j := journal.NewMemory()
	old, recent := []byte("32 random bytes from last year.."), []byte("32 random bytes from this year..")
	for _, secrets := range [][][]byte{{old}, {recent}, {recent, old}} {
		client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
			bardge.WithJournal(j, "acme"), bardge.WithJournalSecret(secrets[0], secrets[1:]...))
		if err != nil {
			fmt.Println(err)
			return
		}
		_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
		}, bardge.WithRef("order-2026-17"))
		fmt.Println("from the journal:", resp.FromJournal, "wrong secret:", errors.Is(err, bardge.ErrJournalSecret))
	}
	// Output:
	// from the journal: false wrong secret: false
	// from the journal: false wrong secret: true
	// from the journal: true wrong secret: false
}

// An account was renamed in the configuration. The journal is the same
// account's, so the operator takes it along.
func ExampleClient_Rebind() {
	j := journal.NewMemory()
	sb, client := start(bardge.WithJournal(j, "acme"))
	defer sb.Close()
	issue := func(client *bardge.Client) error {
		_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
		}, bardge.WithRef("order-1"))
		return err
	}
	if err := issue(client); err != nil {
		fmt.Println(err)
		return
	}
	renamed, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithJournal(j, "acme-ltd"), bardge.WithJournalTimeout(5*time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	var other *bardge.OtherAccountError
	if err := issue(renamed); !errors.As(err, &other) {
		fmt.Println(err)
		return
	}
	fmt.Println("bound to:", other.Bound.Name)
	if err := renamed.Rebind(context.Background(), other.Bound); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("issued again:", issue(renamed))
	// Output:
	// bound to: acme
	// issued again: <nil>
}

// An order and its operation are committed together. With the PostgreSQL
// journal, tx is what its InTx makes of a transaction; a journal in memory has
// none, and records at once.
func ExampleReserve() {
	j := journal.NewMemory()
	sb, client := start(bardge.WithJournal(j, "acme"))
	defer sb.Close()
	issue := func(opts ...bardge.CallOption) (*bardge.IssuedPass, *bardge.Response, error) {
		return client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
		}, append(opts, bardge.WithRef("order-2026-17"))...)
	}

	err := bardge.Reserve(j, func(reserve bardge.CallOption) error {
		_, _, err := issue(reserve)
		return err
	})
	fmt.Println("reserved:", err == nil, "executed:", sb.Executed(sandbox.IssuePass))

	// A worker, or Client.Recover, sends it once the transaction is committed.
	if _, _, err := issue(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// reserved: true executed: 0
	// executed: 1
}

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

// A client demands the erasure of her data. The pass is not issued again.
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
