package console

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/ops"
)

// addSections opens what the pages show. What it returns closes that.
func (c *command) addSections(ctx context.Context) (closeAll func() error, err error) {
	closeAll = func() error { return nil }
	if !c.journal.HasJournal() && c.sandbox == "" {
		return closeAll, cli.Usage(errors.New("nothing to show: give --journal, or set BARDGE_JOURNAL, or give --sandbox"))
	}
	if c.journal.HasJournal() {
		book, err := c.journal.Open(ctx, c.config.AllowWrites)
		if err != nil {
			return closeAll, err
		}
		closeAll = book.Close
		c.config.Sections = append(c.config.Sections, ops.Section(book))
	}
	return closeAll, nil
}
