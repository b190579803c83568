package console

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/live"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/ops"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

// addSections opens what the pages show. What it returns closes that.
func (c *command) addSections(ctx context.Context) (closeAll func() error, err error) {
	closeAll = func() error { return nil }
	if !c.journal.HasJournal() && c.sandbox == "" {
		return closeAll, cli.Usage(errors.New(
			"nothing to show: give --journal, or set BARDGE_JOURNAL, or give --sandbox"))
	}
	sandbox, err := c.openSandbox(ctx)
	if err != nil {
		return closeAll, err
	}
	if c.journal.HasJournal() {
		book, err := c.journal.Open(ctx, c.config.AllowWrites)
		if err != nil {
			return closeAll, err
		}
		closeAll = book.Close
		if err := c.noteNoAPI(ctx, book); err != nil {
			return closeAll, errors.Join(err, book.Close())
		}
		c.config.Sections = append(c.config.Sections, ops.Section(book))
	}
	if sandbox != nil {
		c.config.Sections = append(c.config.Sections, live.Section(sandbox))
	}
	return closeAll, nil
}

// noteNoAPI prints why the API is not read, which the pages show too.
func (c *command) noteNoAPI(ctx context.Context, book *journalcmd.Book) error {
	whose, err := book.Whose(ctx)
	if err == nil && whose.NoAPI != nil {
		c.app.Note("The console does not read the API, and sends nothing: %v.", whose.NoAPI)
	}
	return err
}

// openSandbox returns the sandbox of the flag, which must answer; nil without.
func (c *command) openSandbox(ctx context.Context) (*live.Sandbox, error) {
	if c.sandbox == "" {
		return nil, nil //nolint:nilnil // no sandbox is no failure
	}
	sandbox, err := live.New(c.sandbox, nil)
	if err != nil {
		return nil, cli.Usage(err)
	}
	err = sandbox.Check(ctx)
	return sandbox, err
}
