package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// buy is the child: the complete integration.
func buy(out io.Writer) error {
	journal, err := sqlite.Open(os.Getenv("JOURNAL"))
	if err != nil {
		return err
	}
	defer func() { _ = journal.Close() }()
	client, err := bardge.FromEnv(
		bardge.WithJournal(journal, "acme"), bardge.WithJournalSecret([]byte(os.Getenv("JOURNAL_SECRET"))))
	if err != nil {
		return err
	}
	bought, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: os.Getenv("CLIENT_ID"), PackageID: os.Getenv("PACKAGE_ID"),
	}, bardge.WithRef("order-8812"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\nbought %s, replayed: %t, from the journal: %t\n",
		resp.Timeline(), bought.ID, resp.Replayed, resp.FromJournal)
	return err
}
