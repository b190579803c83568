// Package bulkcmd holds the subcommands of "bardge bulk", which run one
// operation for each row of a CSV file.
package bulkcmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

const longHelp = `Executes one operation for each row of a CSV file, each exactly once.

The journal is the only state: the same command resumes a run that was stopped
or killed. Rows that are done are answered from the journal. A row that has
changed since it was executed is reported, and not sent.

The whole file is checked before the first call. It is UTF-8, or UTF-16 with a
byte order mark, with a header, and with commas, semicolons or tabs.

Exit codes: 0 each row is done, 1 none is, 7 some are. 8 or 130 if the run was
stopped or interrupted: the same command resumes it. 5 if it is unknown of all
rows whether they were executed. 3 if something is wrong with the file: nothing
was sent.`

// New returns "bardge bulk".
func New(app *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "bulk",
		Short:   "Execute an operation for each row of a CSV file",
		Long:    longHelp,
		GroupID: cli.GroupDesk,
		Args:    cli.ExactArgs(),
	}
	for _, k := range kinds {
		cmd.AddCommand(newKind(app, k))
	}
	return cmd
}

func newKind(app *cli.App, k kind) *cobra.Command {
	c := &command{app: app, kind: k, connect: connect.New(app)}
	cmd := &cobra.Command{
		Use:     k.name + " FILE",
		Short:   k.short,
		Long:    k.help(),
		Example: "  " + k.example,
		Args:    cli.ExactArgs("FILE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args[0]) },
	}
	c.addFlags(cmd)
	return cmd
}

func (k kind) help() string {
	names := make([]string, len(k.fields))
	for i, f := range k.fields {
		names[i] = f.name
		if f.required {
			names[i] += " (required)"
		}
	}
	return fmt.Sprintf("%s, for each row of a CSV file.\n\nFields:\n  %s\n\n%s",
		k.short, strings.Join(names, "\n  "), fieldsHelp)
}

const fieldsHelp = `A field's value is in the column that --map gives it, or the same for all rows
with --set. The ref of a row, in the column of --ref-column, names the
operation: it is executed once for that ref.`

func (c *command) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&c.maps, "map", nil, "take a field from a column: `FIELD=COLUMN`, comma-separated or repeated")
	flags.StringArrayVar(&c.sets, "set", nil, "set a field in each row: `FIELD=VALUE`; repeatable")
	for _, f := range c.kind.fields {
		if f.flag != "" {
			flags.StringVar(c.fixed(f.name), f.flag, "", "set "+f.name+" in each row to `ID`")
		}
	}
	flags.StringVar(&c.refColumn, "ref-column", "",
		"`COLUMN` with the ref of each row, such as an order's number (required)")
	flags.StringVar(&c.refPrefix, "ref-prefix", "", "`TEXT` before each ref, where one order has several operations")
	flags.StringVar(&c.rate, "rate", "", "call the API at most so often: `N/s` or N/m (default as the API permits)")
	flags.IntVar(&c.workers, "workers", 0, "work on `N` rows at the same time (default 64)")
	flags.IntVar(&c.maxFailed, "max-failed", 0, "stop once more than `N` rows have failed (default no limit)")
	flags.IntVar(&c.maxInDoubt, "max-in-doubt", 0, "stop once more than `N` rows are in doubt (default 1000)")
	flags.StringVar(&c.report, "report", "", "write a report into `FOLDER`: a summary, and a CSV file for each outcome")
	flags.BoolVar(&c.dryRun, "dry-run", false, "check the file, and send nothing")
	flags.StringVar(&c.delimiter, "delimiter", "",
		"`CHARACTER` between cells (default comma, semicolon or tab, as in the header)")
	flags.BoolVar(&c.windows, "windows-1252", false, "read the file as Windows-1252, as old spreadsheets write it")
	c.connect.AddAPI(flags, "API key")
	c.connect.AddPaths(flags)
	c.connect.AddJournal(flags)
	c.connect.AddAccount(flags)
}
