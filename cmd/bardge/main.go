// Command bardge calls the APIs of Bardge and BlueSnap, looks after journals and
// serves emulated APIs. "bardge help" lists what it does and its exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/bulkcmd"
	"github.com/bardge/bardge-go/cmd/bardge/internal/calls"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/conformcmd"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console"
	"github.com/bardge/bardge-go/cmd/bardge/internal/doctorcmd"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/cmd/bardge/internal/sandboxcmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A reader that has gone is an error of the write: it must not end the
	// process before it says what was executed. A handler, since commands that
	// are started inherit what is ignored.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	context.AfterFunc(ctx, stop)                         // a second interrupt ends the process
	os.Exit(run(ctx, cli.NewApp(cli.OS()), os.Args[1:])) //nolint:gocritic // stop has no effect on a process that exits
}

// run runs one command line, and returns the exit code.
func run(ctx context.Context, app *cli.App, args []string) int {
	return cli.Run(ctx, app, newRoot(app), args)
}

func newRoot(app *cli.App) *cobra.Command {
	root := cli.NewRoot(app)
	root.AddCommand(calls.Commands(app)...)
	root.AddCommand(bulkcmd.New(app), journalcmd.New(app), sandboxcmd.New(app), console.New(app), conformcmd.New(app),
		doctorcmd.New(app))
	return root
}
