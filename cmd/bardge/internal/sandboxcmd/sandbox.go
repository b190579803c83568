// Package sandboxcmd holds the subcommands of "bardge sandbox".
package sandboxcmd

import (
	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// New returns "bardge sandbox".
func New(_ *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:     "sandbox",
		Short:   "Serve an emulated API, and check what was executed",
		GroupID: cli.GroupDesk,
		Args:    cobra.NoArgs,
	}
}
