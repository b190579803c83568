// Package calls holds the subcommands that call the APIs, one for each method of
// the SDK's services.
package calls

import (
	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

// Commands returns the subcommands for the services of both vendors.
func Commands(app *cli.App) []*cobra.Command {
	_ = connect.New(app)
	return nil
}
