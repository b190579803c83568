package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// The groups of subcommands in the help.
const (
	GroupCalls = "calls" // calls to the APIs
	GroupDesk  = "desk"  // journals and sandboxes
)

const longHelp = `bardge calls the APIs of Bardge and BlueSnap, and executes each operation once.

Data is printed to standard output, everything else to standard error.`

// NewRoot returns the command without its subcommands.
func NewRoot(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "bardge",
		Short:         "Call the Bardge and BlueSnap APIs, each operation once",
		Long:          longHelp + "\n\n" + exitHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
	}
	root.AddGroup(
		&cobra.Group{ID: GroupCalls, Title: "Calls:"},
		&cobra.Group{ID: GroupDesk, Title: "Operations:"},
	)
	root.SetIn(app.Stdin)
	root.SetOut(app.Stdout)
	root.SetErr(app.Stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return Usage(err) })
	app.addFlags(root.PersistentFlags())
	root.AddCommand(newVersion(app))
	return root
}

// Run runs one command line, prints its error, and returns the exit code.
func Run(ctx context.Context, app *App, root *cobra.Command, args []string) int {
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitDone
	}
	return app.report(err)
}
