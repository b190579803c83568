package journalcmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// States are the names of states, as --state takes them.
var States = map[string]journal.State{
	"any": journal.StateAny, "all": journal.StateAny, "reserved": journal.StateReserved, "open": journal.StateOpen,
	"free": journal.StateFree, "done": journal.StateDone,
}

// stateFlag is the value of --state.
type stateFlag journal.State

func (s *stateFlag) String() string { return journal.State(*s).String() }

func (*stateFlag) Type() string { return "state" }

func (s *stateFlag) Set(text string) error {
	state, known := States[text]
	if !known {
		return fmt.Errorf("%q is not any, reserved, open, free or done", text)
	}
	*s = stateFlag(state)
	return nil
}

const listHelp = `Lists operations, the open ones by default.

  reserved  recorded in a transaction, and never sent
  open      it may have been executed, and its outcome is not known
  free      not executed: a call may use the ref again
  done      executed

"bardge journal show REF" says why one is open, and what to do.`

func newList(d *desk) *cobra.Command {
	f := journal.Filter{}
	state := stateFlag(journal.StateOpen)
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List operations, the open ones by default",
		Long:  listHelp,
		Example: "  bardge journal list\n" +
			"  bardge journal list --older-than 10m --operation IssuePass --state open -o json",
		Args: cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.State = journal.State(state)
			if limit < 0 || f.OlderThan < 0 {
				return cli.Usage(errors.New("--limit and --older-than must not be negative"))
			}
			return d.list(cmd, f, limit)
		},
	}
	cmd.Flags().VarP(&state, "state", "", "list operations in this `STATE`: any, reserved, open, free or done")
	cmd.Flags().StringVar(&f.Operation, "operation", "", "list operations with this `NAME`, such as IssuePass")
	cmd.Flags().DurationVar(&f.OlderThan, "older-than", 0,
		"list operations that began longer ago than `DURATION`, such as 10m")
	cmd.Flags().IntVar(&limit, "limit", 0, "list at most `NUMBER` operations; 0 is all")
	return cmd
}

func (d *desk) list(cmd *cobra.Command, f journal.Filter, limit int) error {
	ctx := cmd.Context()
	o, err := d.openForReading(ctx)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	if err := o.checkOperation(ctx, cmd, f.Operation); err != nil {
		return err
	}
	d.noteSealed(o)
	more := limit
	if limit > 0 {
		more++ // which shows whether there are more
	}
	all, err := o.all(ctx, f, more)
	if err != nil {
		return err
	}
	if limit > 0 && len(all) > limit {
		all = all[:limit]
		d.app.Note("There are more operations than the limit of %d.", limit)
	}
	if d.app.Output != cli.FormatTable {
		return d.app.Print(all)
	}
	return d.app.Print(rows(all))
}

// all returns the records of all pages, up to a limit.
func (o *opened) all(ctx context.Context, f journal.Filter, limit int) ([]record, error) {
	all := []record{}
	for {
		if f.Limit = journal.MaxLimit; limit > 0 {
			f.Limit = min(f.Limit, limit-len(all))
		}
		page, err := o.page(ctx, f, time.Now())
		if err != nil {
			return nil, err
		}
		for _, v := range page {
			all = append(all, v.record)
		}
		if len(page) < f.Limit || len(all) == limit {
			return all, nil
		}
		f.After = page[len(page)-1].ID
	}
}

// page returns one page of the journal's operations. Their views have neither
// timeline nor advice.
func (o *opened) page(ctx context.Context, f journal.Filter, now time.Time) ([]*view, error) {
	var page []*view
	if o.client != nil {
		found, err := o.client.List(ctx, f)
		for _, one := range found {
			page = append(page, newView(one, now))
		}
		return page, err
	}
	reader, err := readerOf(o.Journal)
	if err != nil {
		return nil, err
	}
	found, err := reader.List(ctx, f)
	for _, one := range found {
		page = append(page, &view{record: newSealedRecord(one, o.whySealed(), now)})
	}
	return page, err
}

// readerOf returns the journal as one that lists and counts.
func readerOf(j journal.Journal) (journal.Reader, error) {
	reader, ok := j.(journal.Reader)
	if !ok {
		return nil, errors.New("the journal cannot list and count its records")
	}
	return reader, nil
}

// row is a line of the table.
type row struct {
	Operation string `json:"operation"`
	Name      string `json:"ref or id"`
	State     string `json:"state"`
	Age       string `json:"age"`
	Attempts  string `json:"attempts"`
	Reason    string `json:"reason"`
}

func rows(all []record) []row {
	lines := make([]row, len(all))
	for i, r := range all {
		lines[i] = row{r.Operation, r.name(), r.State, age(r.AgeSeconds), fmt.Sprint(r.Attempts), r.Reason}
		switch {
		case r.Sealed != "":
			lines[i].Attempts, lines[i].Reason = "", "sealed"
		case r.Owned:
			lines[i].Reason = "a call works on it"
		case r.ByPerson && len(r.Resolutions) > 0:
			lines[i].Reason = r.Resolutions[len(r.Resolutions)-1].text()
		}
	}
	return lines
}
