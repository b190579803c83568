package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// An order and its operation are committed together. With the PostgreSQL journal, tx is
// what its InTx makes of a transaction; a journal in memory has none, and records at
// once.
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
