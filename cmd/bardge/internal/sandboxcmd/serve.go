package sandboxcmd

import (
	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/sandboxserver"
)

const serveHelp = `Serves an emulated API on loopback, for programs in any language, until it is
interrupted. Nothing in it is real, and nothing is stored.

It prints its base URL, the address of a page that shows the requests live, the
credentials, the ids of what exists, and a curl line; on an interrupt, what was
executed. With --ready-json, or "-o json", it
prints one line of JSON when it serves, and nothing else. Tests observe and
steer it below /_sandbox/, which openapi.json there describes.

`

func newServe(app *cli.App) *cobra.Command {
	var config sandboxserver.Config
	var pages console
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve an emulated API until interrupted",
		Long:  serveHelp + sandboxserver.FaultHelp() + "\n" + sandboxserver.BendHelp(),
		Example: `  bardge sandbox serve
  bardge sandbox serve --vendor bluesnap --addr 127.0.0.1:0 --ready-json
  bardge sandbox serve --strict --seed seed.json --account team-a:KEY-A --fault IssuePass=lose-response
  bardge sandbox serve --drift 'IssuePass: rename tx_ref reference' --drift '*: date 5m'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config.Out, config.Warn = app.Stdout, warning(app)
			config.ReadyJSON = config.ReadyJSON || app.Output == cli.FormatJSON
			if !pages.off {
				config.Console = pages.open
			}
			return startError(sandboxserver.Run(cmd.Context(), config))
		},
	}
	bind(cmd, &config)
	pages.addFlags(cmd.Flags())
	return cmd
}
