package cli

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan returns "bardge man", which packagers run.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual pages of all commands into a folder",
		Args:  ExactArgs("FOLDER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // for everybody to read
				return err
			}
			header := &doc.GenManHeader{Section: "1", Manual: "bardge", Source: "bardge " + readVersion().Version}
			return doc.GenManTree(cmd.Root(), header, args[0])
		},
	}
}
