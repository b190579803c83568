// Package sandboxcmd holds the subcommands of "bardge sandbox".
package sandboxcmd

import (
	"errors"
	"flag"
	"net"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/sandboxserver"
)

// New returns "bardge sandbox".
func New(app *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "sandbox",
		Short:   "Serve an emulated API, and check what was executed",
		GroupID: cli.GroupDesk,
		Args:    cobra.NoArgs,
	}
	cmd.AddCommand(newServe(app), newExpect(app))
	return cmd
}

// bind adds the flags of a sandbox to a subcommand, except those that it leaves
// out. They are the flags of the program bardge-sandbox.
func bind(cmd *cobra.Command, config *sandboxserver.Config, leftOut ...string) {
	all := flag.NewFlagSet(cmd.Name(), flag.ContinueOnError)
	config.Bind(all)
	cmd.Flags().AddGoFlagSet(all)
	for _, name := range leftOut {
		cmd.Flags().Lookup(name).Hidden = true
	}
	cmd.Flags().Lookup("key-memory").DefValue = "" // the usage names it
	config.Version = version()
	vendors := []cobra.Completion{"bardge", "bluesnap"}
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("vendor", cobra.FixedCompletions(vendors, cobra.ShellCompDirectiveNoFileComp))
}

// warning prints a sandbox's warnings, with JSON output as objects.
func warning(app *cli.App) func(string) {
	return func(text string) { app.Note("warning: %s", text) }
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// startError returns an error of a sandbox that did not start: a port that is
// taken is a failure, all else wrong usage.
func startError(err error) error {
	if _, network := errors.AsType[*net.OpError](err); network || err == nil {
		return err
	}
	return cli.Usage(err)
}
