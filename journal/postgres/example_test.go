package postgres_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
	"github.com/bardge/bardge-go/sandbox"
)

// An order that reaches two machines is executed once.
func ExampleOpen() {
	ctx := context.Background()
	database, err := pgtest.Launch() // in a program of yours the DSN comes from outside
	if err != nil {
		fmt.Println(err)
		return
	}
	defer database.Stop()
	server, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	machine := func() error {
		journal, err := postgres.Open(ctx, database.DSN, postgres.WithSchema("shop_journal"))
		if err != nil {
			return err
		}
		defer journal.Close()
		client, err := bardge.New(server.APIKey, bardge.WithJournal(journal, "acme"),
			bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
		if err != nil {
			return err
		}
		pass, resp, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: server.Seed.ClientID, PassID: server.Seed.PassID,
		}, bardge.WithRef("order-2026-17"))
		if err != nil {
			return err
		}
		fmt.Println(pass.ID, "from the journal:", resp.FromJournal)
		return nil
	}
	for range 2 {
		if err := machine(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("executed:", server.Executed(sandbox.IssuePass))
	// Output:
	// brgpass_0001 from the journal: false
	// brgpass_0001 from the journal: true
	// executed: 1
}
