// Package journalcmd holds the subcommands of "bardge journal".
package journalcmd

import (
	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

const longHelp = `Shows and closes the operations of a journal, of either vendor.

list, show, stats and check change nothing, nor does --dry-run: they create no
file, take no lease, and need no more than SELECT on a PostgreSQL schema. The
journal's secret is in BARDGE_JOURNAL_SECRET or a file, earlier ones in
BARDGE_JOURNAL_SECRET_PREVIOUS or files; without one, the API's credential is
tried. What no secret opens is shown as far as it is in the clear.`

// New returns "bardge journal".
func New(app *cli.App) *cobra.Command {
	d := &desk{app: app, flags: connect.New(app)}
	cmd := &cobra.Command{
		Use:     "journal",
		Short:   "List, resolve and recover the operations of a journal",
		Long:    longHelp,
		GroupID: cli.GroupDesk,
		Args:    cli.ExactArgs(),
	}
	d.flags.AddJournal(cmd.PersistentFlags())
	cmd.AddCommand(
		newList(d), newShow(d), newStats(d), newResolve(d), newRecover(d), newErase(d), newReseal(d), newCheck(d),
		newMigrate(d), newRebind(d),
	)
	return cmd
}

// addAPI adds the flags of a command that calls the API.
func (d *desk) addAPI(cmd *cobra.Command) {
	d.flags.AddAPI(cmd.Flags(), "API key")
	d.flags.AddPaths(cmd.Flags())
	cmd.Flags().Lookup("api-key-file").Usage = "read the API key, or BlueSnap's password, from `FILE`"
	d.flags.AddBlueSnap(cmd.Flags())
}

// addID adds the flag with which a command takes an id instead of a ref.
func addID(cmd *cobra.Command, byID *bool) {
	cmd.Flags().BoolVar(byID, "id", false, "REF is an id, as list shows it of operations without a ref")
}
