package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
)

// An account was renamed in the configuration. The journal is the same account's, so the
// operator takes it along.
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
