package bulkcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/bulk/csvfile"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

// command is one of the subcommands with its flags.
type command struct {
	app     *cli.App
	kind    kind
	connect *connect.Flags

	maps, sets              []string
	fixedValues             map[string]*string // of fields with a flag of their own
	refColumn, refPrefix    string
	rate, report, delimiter string
	workers                 int
	maxFailed, maxInDoubt   int
	dryRun, windows         bool
}

// fixed returns where the value of a field's own flag is.
func (c *command) fixed(name string) *string {
	if c.fixedValues == nil {
		c.fixedValues = map[string]*string{}
	}
	if c.fixedValues[name] == nil {
		c.fixedValues[name] = new(string)
	}
	return c.fixedValues[name]
}

// item is a row on its way.
type item struct {
	row  csvfile.Row
	made string // the id of what was made
}

func (c *command) run(ctx context.Context, path string) error {
	rate, err := perSecond(c.rate)
	switch {
	case err != nil:
		return cli.Usage(err)
	case c.workers < 0 || c.maxFailed < 0 || c.maxInDoubt < 0:
		return cli.Usage(errors.New("--workers, --max-failed and --max-in-doubt must not be negative"))
	}
	file, m, err := c.open(path)
	if err != nil {
		return err
	}
	rows, err := c.validate(file, m)
	if err != nil {
		return err
	}
	if c.dryRun {
		return c.app.Print(struct {
			Rows    int64 `json:"rows"`
			Columns int   `json:"columns"`
		}{rows, len(file.Header)})
	}
	return c.execute(ctx, file, m, rows, rate)
}

// open opens the file, and finds its columns.
func (c *command) open(path string) (*csvfile.File, *mapping, error) {
	options := csvfile.Options{Windows1252: c.windows}
	if c.delimiter != "" {
		options.Delimiter, _ = utf8.DecodeRuneInString(c.delimiter)
	}
	file, err := csvfile.Open(path, options)
	if err != nil {
		return nil, nil, fileError(path, err)
	}
	m, err := c.newMapping(file)
	if err != nil {
		return nil, nil, cli.Usage(err)
	}
	return file, m, nil
}

// fileError is a fault of the command line, of a file that cannot be used.
func fileError(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return cli.Usage(fmt.Errorf("%s: %w", path, err))
}

// validate reads the whole file before the first call.
func (c *command) validate(file *csvfile.File, m *mapping) (rows int64, err error) {
	found, err := file.Validate(m.checks())
	if err != nil {
		return 0, cli.Usage(err)
	}
	for _, p := range found.Problems {
		word := ""
		if p.Warning {
			word = "warning: "
		}
		c.app.Note("%s%v", word, p)
	}
	switch {
	case found.Errors > 0:
		return 0, cli.Usage(fmt.Errorf("the file has %d errors; nothing was sent", found.Errors))
	case found.Rows == 0:
		return 0, cli.Usage(errors.New("the file has no rows; nothing was sent"))
	}
	return found.Rows, nil
}

func (c *command) execute(ctx context.Context, file *csvfile.File, m *mapping, rows int64, rate float64) error {
	opened, err := c.connect.OpenJournal(ctx)
	if err != nil {
		return err
	}
	defer opened.Close() //nolint:errcheck // each write was committed
	kept, err := bulk.NewJournal(opened)
	if err != nil {
		return err
	}
	client, err := c.newClient(kept, rate)
	if err != nil {
		return err
	}
	defer c.close(ctx, client)
	shown := newProgress(c.app)
	report, err := bulk.Run(ctx, items(file), func(ctx context.Context, i *item) (err error) {
		i.made, err = c.kind.call(ctx, client, m.fields(i.row), bardge.WithRef(m.ref(i.row)))
		return err
	}, bulk.Options[*item]{
		Ref: func(i *item) string { return m.ref(i.row) }, Journal: kept,
		Workers: cmp.Or(c.workers, workersFor(rate)), MaxFailed: c.maxFailed, MaxInDoubt: c.maxInDoubt,
		Total: rows, Progress: shown.update,
		ReportDir: c.report, Header: append([]string{"made", "line"}, file.Header...), Row: (*item).cells,
	})
	shown.end()
	if report == nil {
		return err
	}
	return cmp.Or(c.print(report), c.result(report, err))
}

func (c *command) newClient(kept *bulk.Journal, rate float64) (*bardge.Client, error) {
	var opts []bardge.Option
	if rate > 0 {
		opts = append(opts, bardge.WithRateLimit(rate))
	}
	return c.connect.Bardge(kept, opts...)
}

// workersFor returns how many rows are worked on at a low rate, so that none
// waits for its turn for longer than a call lasts; zero: as many as usual.
func workersFor(rate float64) int {
	const patience = 30 // seconds
	if rate == 0 || rate*patience > 64 {
		return 0
	}
	return max(1, int(rate*patience))
}

func (c *command) close(ctx context.Context, client *bardge.Client) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = client.Close(ctx) // no call is under way
}

// cells are the columns that the report has of a row.
func (i *item) cells() []string {
	return append([]string{i.made, fmt.Sprint(i.row.Line)}, i.row.Cells...)
}

func items(file *csvfile.File) iter.Seq2[*item, error] {
	return func(yield func(*item, error) bool) {
		for row, err := range file.Rows() {
			if !yield(&item{row: row}, err) {
				return
			}
		}
	}
}

// print prints the counts, and in a table the reasons below them.
func (c *command) print(r *bulk.Report) error {
	if err := c.app.Print(r); err != nil {
		return err
	}
	if c.app.Output != cli.FormatTable || len(r.Reasons) == 0 {
		return nil
	}
	return c.app.Print(r.Reasons)
}

// result is how the command ends.
func (c *command) result(r *bulk.Report, err error) error {
	open := r.Failed + r.Waiting + r.InDoubt
	summary := fmt.Errorf("%d of %d rows are not done: %d failed, %d wait, %d are in doubt",
		open, r.Items, r.Failed, r.Waiting, r.InDoubt)
	stop, stopped := errors.AsType[*bulk.StopError](err)
	resume := cli.Advice{Next: "To go on, run the same command again; what is done is not done again."}
	switch {
	case err == nil && open == 0:
		return nil
	case stopped && errors.Is(err, context.Canceled):
		return cli.Advise(cli.Exit(cli.ExitInterrupted, errors.New("interrupted")), resume)
	case stopped && cli.CredentialsRefused(stop.Err):
		return stop
	case stopped:
		return cli.Advise(cli.Exit(cli.ExitStopped, err), resume)
	case err != nil:
		return err
	case r.InDoubt == r.Items:
		return cli.Advise(cli.Exit(cli.ExitUnknown, summary), c.advice(r))
	case open == r.Items && r.InDoubt == 0:
		return cli.Advise(cli.Exit(cli.ExitFailed, summary), c.advice(r))
	default:
		return cli.Advise(cli.Exit(cli.ExitPartly, summary), c.advice(r))
	}
}

// advice is what to do about rows that are not done.
func (c *command) advice(r *bulk.Report) cli.Advice {
	switch {
	case r.InDoubt > 0:
		return cli.Advice{
			Next:    "Rows in doubt may have been executed: never give them another ref. To settle them:",
			Command: c.connect.JournalCommand("recover", ""),
		}
	case r.Waiting > 0:
		return cli.Advice{Next: "Rows that wait may be done by running the same command again."}
	default:
		return cli.Advice{Next: "Fix the rows that have failed, keep their refs, and run the same command again."}
	}
}
