package console

import (
	"cmp"
	"context"
	"errors"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/live"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/ops"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/queue"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

// addSections opens what the pages show. What it returns closes that.
func (c *command) addSections(ctx context.Context) (closeAll func() error, err error) {
	closeAll = func() error { return nil }
	address, err := c.queueAddress()
	if err != nil {
		return closeAll, err
	}
	if !c.journal.HasJournal() && address == "" && c.sandbox == "" {
		return closeAll, cli.Usage(errors.New(
			"nothing to show: give --journal, or set BARDGE_JOURNAL, or give --river or --sandbox"))
	}
	sandbox, err := c.openSandbox(ctx)
	if err != nil {
		return closeAll, err
	}
	if c.journal.HasJournal() {
		if closeAll, err = c.addJournal(ctx); err != nil {
			return closeAll, err
		}
	}
	if address != "" {
		jobs, err := queue.Open(ctx, address, c.config.AllowWrites)
		if err != nil {
			return closeAll, errors.Join(err, closeAll())
		}
		closeJournal := closeAll
		closeAll = func() error { jobs.Close(); return closeJournal() }
		c.config.Sections = append(c.config.Sections, jobs.Section())
	}
	if sandbox != nil {
		c.config.Sections = append(c.config.Sections, live.Section(sandbox))
	}
	return closeAll, nil
}

// addJournal opens the journal, for the open operations.
func (c *command) addJournal(ctx context.Context) (closeBook func() error, err error) {
	book, err := c.journal.Open(ctx, c.config.AllowWrites)
	if err != nil {
		return nil, err
	}
	if err := c.noteNoAPI(ctx, book); err != nil {
		return nil, errors.Join(err, book.Close())
	}
	c.config.Sections = append(c.config.Sections, ops.Section(book))
	return book.Close, nil
}

// queueAddress returns where the flag or the environment has a fleet's queue;
// empty: nowhere.
func (c *command) queueAddress() (string, error) {
	address := cmp.Or(c.river, c.app.Getenv("BARDGE_RIVER"))
	switch {
	case address == "":
		return "", nil
	case !connect.IsServer(address):
		return "", cli.Usage(errors.New("a queue of River is at postgres://HOST/DATABASE"))
	case c.river != "" && connect.HasPassword(address):
		return "", cli.Usage(errors.New(
			"--river must not contain a password: set BARDGE_RIVER, PGPASSWORD or PGPASSFILE instead"))
	}
	return address, nil
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
