// Package console holds "bardge console": pages in a browser on this machine.
// Package web has what all pages share, each page is a package of its own.
package console

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

const longHelp = `Serves pages for a browser on this machine, until it is interrupted: the open
operations of a journal, with what is known of each, what the API shows, and who
resolved it how; with --river the jobs of a fleet, as River's own page has them;
and with --sandbox the requests of a sandbox, live.

It prints an address with a token, which works once, in the browser that opens
it first. Without --allow-writes no journal is changed: it is opened for
reading, and requests other than GET and HEAD are refused. Buttons that steer a
sandbox work without it, since nothing in a sandbox is real. It listens on
loopback alone; from another machine, forward the port (ssh -L).

River's page shows the arguments and outputs of jobs as they are: a job's
arguments should hold a ref alone, no name and no secret. With --allow-writes it
also repeats, cancels and deletes jobs, and pauses queues.`

// New returns "bardge console".
func New(app *cli.App) *cobra.Command {
	var c command
	cmd := &cobra.Command{
		Use:   "console",
		Short: "Show open operations in a browser",
		Long:  longHelp,
		Example: "  bardge console --journal sqlite:journal.db\n" +
			"  bardge console --river postgres://db.internal/jobs\n" +
			"  bardge console --sandbox http://127.0.0.1:8787\n" +
			"  bardge console --addr 127.0.0.1:8700 --allow-writes",
		GroupID: cli.GroupDesk,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	c.app, c.journal = app, journalcmd.NewDesk(app, cmd.Flags())
	flags := cmd.Flags()
	flags.StringVar(&c.config.Addr, "addr", "127.0.0.1:0", "listen on this loopback `ADDRESS`; port 0 is any free one")
	flags.BoolVar(&c.config.AllowWrites, "allow-writes", false,
		"let pages resolve operations, send them again and change jobs")
	flags.StringVar(&c.river, "river", "", "also show the queue of River in the database at this `ADDRESS`, "+
		"postgres://HOST/DATABASE (default $BARDGE_RIVER)")
	flags.StringVar(&c.sandbox, "sandbox", "", "also show the live requests of the sandbox at this `URL`, and steer it")
	flags.BoolVar(&c.readyJSON, "ready-json", false, "print one line of JSON when it serves, and nothing else")
	return cmd
}

type command struct {
	app       *cli.App
	journal   *journalcmd.Desk
	config    web.Config
	river     string
	sandbox   string
	readyJSON bool
}

func (c *command) run(ctx context.Context) error {
	closeAll, err := c.addSections(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.serve(ctx), closeAll())
}

func (c *command) serve(ctx context.Context) error {
	server, err := web.Listen(ctx, c.config)
	if err != nil {
		return listenError(err)
	}
	if err := server.Announce(c.app.Stdout, c.readyJSON || c.app.Output == cli.FormatJSON); err != nil {
		return errors.Join(err, server.Close())
	}
	return server.Serve(ctx)
}

// listenError returns why the console does not listen: a port that is taken is a
// failure, all else wrong usage.
func listenError(err error) error {
	if _, network := errors.AsType[*net.OpError](err); network {
		return err
	}
	return cli.Usage(fmt.Errorf("--addr: %w", err))
}
