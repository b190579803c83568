package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// An order is executed once, even by a program that was restarted meanwhile,
// for 90 days.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	server, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	program := func() error {
		journal, err := sqlite.Open(filepath.Join(dir, "journal.db"), sqlite.WithRetention(90*24*time.Hour))
		if err != nil {
			return err
		}
		defer journal.Close()
		client, err := bardge.New(server.APIKey, bardge.WithJournal(journal, "acme"),
			bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
		if err != nil {
			return err
		}
		pass, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: server.Seed.ClientID, PassID: server.Seed.PassID,
		}, bardge.WithRef("order-2026-17"))
		if err != nil {
			return err
		}
		fmt.Println(pass.ID, "from the journal:", resp.FromJournal)
		return nil
	}
	for range 2 {
		if err := program(); err != nil {
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
