package journalcmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// openMetrics is the format that stats has beside the others.
const openMetrics = "openmetrics"

// statsFormat is the value of --output of stats.
type statsFormat struct {
	app     *cli.App
	metrics bool
}

func (f *statsFormat) String() string {
	if f.metrics {
		return openMetrics
	}
	return f.app.Output.String()
}

func (f *statsFormat) Type() string { return f.app.Output.Type() }

func (f *statsFormat) Set(text string) error {
	if f.metrics = text == openMetrics; f.metrics {
		return nil
	}
	if err := f.app.Output.Set(text); err != nil {
		return fmt.Errorf("%q is not table, json, yaml or openmetrics", text)
	}
	return nil
}

func newStats(d *desk) *cobra.Command {
	format := &statsFormat{app: d.app}
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count operations, the open ones by operation and age",
		Example: "  bardge journal stats\n" +
			"  bardge journal stats -o openmetrics",
		Args: cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			j, err := d.flags.OpenReadOnly(cmd.Context())
			if err != nil {
				return err
			}
			defer j.Close() //nolint:errcheck // it was only read
			reader, err := readerOf(j)
			if err != nil {
				return err
			}
			stats, err := reader.Stats(cmd.Context())
			if err != nil {
				return err
			}
			if format.metrics {
				return writeMetrics(d.app.Stdout, stats)
			}
			return d.app.Print(newCounts(stats))
		},
	}
	cmd.Flags().VarP(format, "output", "o", "print data as `FORMAT`: table, json, yaml or openmetrics")
	return cmd
}

// counts are what stats prints.
type counts struct {
	Open     int       `json:"open"`
	Reserved int       `json:"reserved"`
	Free     int       `json:"free"`
	Done     int       `json:"done"`
	Pending  []pending `json:"pending"`
}

// pending counts the open and reserved operations of one name.
type pending struct {
	Operation     string      `json:"operation"`
	Open          int         `json:"open"`
	Reserved      int         `json:"reserved"`
	OldestSeconds int64       `json:"oldest_seconds"`
	OlderThan     []olderThan `json:"older_than"`
}

// olderThan counts the operations that are older than this.
type olderThan struct {
	Seconds int64 `json:"seconds"`
	Count   int   `json:"count"`
}

func newCounts(s journal.Stats) counts {
	c := counts{Free: s.Free, Done: s.Done, Pending: []pending{}}
	for _, p := range s.Pending {
		c.Open += p.Open
		c.Reserved += p.Reserved
		c.Pending = append(c.Pending, pending{
			Operation: p.Operation, Open: p.Open, Reserved: p.Reserved,
			OldestSeconds: seconds(p.Oldest), OlderThan: cumulated(p),
		})
	}
	return c
}

// cumulated counts the operations of each age and above.
func cumulated(p journal.PendingStats) []olderThan {
	bounds := journal.StatsAges()
	all := make([]olderThan, len(p.Ages))
	count := 0
	for i := len(p.Ages) - 1; i >= 0; i-- {
		count += p.Ages[i]
		var bound time.Duration
		if i > 0 {
			bound = bounds[i-1]
		}
		all[i] = olderThan{seconds(bound), count}
	}
	return all
}

// WritePlain writes the counts for people.
func (c counts) WritePlain(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "open %d, reserved %d, free %d, done %d\n", c.Open, c.Reserved, c.Free, c.Done)
	width := len("OPERATION")
	for _, p := range c.Pending {
		width = max(width, len(cli.Printable(p.Operation)))
	}
	if len(c.Pending) > 0 {
		fmt.Fprintf(&b, "\n%-*s  OPEN  RESERVED  OLDEST      >2M   >15M    >1H   >24H\n", width, "OPERATION")
	}
	for _, p := range c.Pending {
		fmt.Fprintf(&b, "%-*s  %4d  %8d  %-8s",
			width, cli.Printable(p.Operation), p.Open, p.Reserved, age(p.OldestSeconds))
		for _, o := range p.OlderThan[1:] {
			fmt.Fprintf(&b, " %6d", o.Count)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
