// Package journalcmd holds the subcommands of "bardge journal".
package journalcmd

import (
	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// New returns "bardge journal".
func New(_ *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "journal",
		Short:   "List, resolve and recover the operations of a journal",
		GroupID: cli.GroupDesk,
		Args:    cobra.NoArgs,
	}
}
