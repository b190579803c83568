package journalcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

const recoverHelp = `Takes up the operations whose programs are gone, once, as programs do in the
background: it sends again what may be sent again, and reads the API for the
rest. --dry-run lists what it would do.

Exit codes: 0 nothing stays open, 5 all of it stays open, 7 a part of it.`

func newRecover(d *desk) *cobra.Command {
	var opts bardge.RecoveryOptions
	cmd := &cobra.Command{
		Use:   "recover",
		Short: "Send or look up what crashed programs have left open",
		Long:  recoverHelp,
		Example: "  bardge journal recover --dry-run\n" +
			"  bardge journal recover --operation IssuePass",
		Args: cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.Limit < 0 || opts.OlderThan < 0 {
				return cli.Usage(errors.New("--limit and --older-than must not be negative"))
			}
			if opts.DryRun {
				return d.dryRun(cmd, opts)
			}
			return d.recover(cmd, opts)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.DryRun, "dry-run", false, "list what would be done, and do nothing")
	flags.StringVar(&opts.Operation, "operation", "", "take up operations with this `NAME`, such as IssuePass")
	flags.DurationVar(&opts.OlderThan, "older-than", 0, "take up operations that began longer ago than `DURATION`")
	flags.IntVar(&opts.Limit, "limit", 0, "take up at most `NUMBER` operations; 0 is all")
	d.addAPI(cmd)
	return cmd
}

// taken is a line of what recover prints.
type taken struct {
	ID        string `json:"id"`
	Ref       string `json:"ref,omitempty"`
	Operation string `json:"operation"`
	Action    string `json:"action"`
	Outcome   string `json:"outcome,omitempty"` // of a dry run: none
	Reason    string `json:"reason,omitempty"`
	Evidence  string `json:"evidence,omitempty"`
}

func newTaken(r recovered) taken {
	t := taken{
		ID: r.id, Ref: r.ref, Operation: r.operation, Action: r.action.String(), Outcome: r.outcome.String(),
		Evidence: r.evidence,
	}
	if r.err != nil {
		t.Reason = r.err.Error()
		if f, ok := errors.AsType[*idem.Failure](r.err); ok && f.Err != nil {
			t.Reason = f.Err.Error() // operation and outcome have columns of their own
		}
	}
	return t
}

// hint replaces the reason of an operation that its call alone resumes: recovery
// has only its key.
func (d *desk) hint(ctx context.Context, o *opened, t *taken) error {
	if t.Ref != "" {
		return nil
	}
	v, err := d.view(ctx, o, t.ID)
	if err == nil && v.Next.Resume != "" {
		t.Reason = "the same call resumes it under its key until " + v.SafeUntil
	}
	return err
}

// takenRow is a line of the table, which has each column in each line.
type takenRow struct {
	ID        string `json:"id"`
	Ref       string `json:"ref"`
	Operation string `json:"operation"`
	Action    string `json:"action"`
	Outcome   string `json:"outcome"`
	Reason    string `json:"reason"`
	Evidence  string `json:"evidence"`
}

// printTaken prints what was taken up.
func (d *desk) printTaken(all []taken) error {
	if d.app.Output != cli.FormatTable {
		return d.app.Print(all)
	}
	lines := make([]takenRow, len(all))
	for i, t := range all {
		lines[i] = takenRow(t)
	}
	return d.app.Print(lines)
}

func (d *desk) dryRun(cmd *cobra.Command, opts bardge.RecoveryOptions) error {
	ctx := cmd.Context()
	o, err := d.openForReading(ctx)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	if err := o.checkOperation(ctx, cmd, opts.Operation); err != nil {
		return err
	}
	all := []taken{}
	if o.client != nil || o.sealed {
		if err := o.needClient(); err != nil {
			return err
		}
		for r, err := range o.client.recover(ctx, opts) {
			if err != nil {
				return err
			}
			t := newTaken(r)
			t.Outcome, t.Reason = "", "" // nothing was done
			if err := d.hint(ctx, o, &t); err != nil {
				return err
			}
			all = append(all, t)
		}
	}
	return d.printTaken(all)
}

func (d *desk) recover(cmd *cobra.Command, opts bardge.RecoveryOptions) error {
	ctx := cmd.Context()
	o, err := d.openForReading(ctx)
	if err != nil {
		return err
	}
	account, known := o.account, o.client != nil
	sealed := o.needClient()
	misspelt := o.checkOperation(ctx, cmd, opts.Operation)
	if err := cmp.Or(o.Close(), misspelt); err != nil {
		return err
	}
	switch {
	case o.sealed:
		return sealed
	case !known: // it was never used
		return d.printTaken([]taken{})
	}
	c, err := d.credentials(account)
	if err != nil {
		return err
	}
	return d.changing(ctx, c, func(o *opened) error { return d.pass(ctx, o, opts) })
}

// pass runs recovery once, and prints what became of each operation.
func (d *desk) pass(ctx context.Context, o *opened, opts bardge.RecoveryOptions) error {
	all := []taken{}
	var failed error
	open := map[string]bool{}
	next := d.flags.JournalCommand("list", "")
	for r, err := range o.client.recover(ctx, opts) {
		if err != nil {
			failed = err
			break
		}
		t := newTaken(r)
		if failed = d.hint(ctx, o, &t); failed != nil {
			break
		}
		all = append(all, t)
		if r.outcome == idem.OutcomeUnknown {
			if len(open) == 0 {
				next = d.commandFor("show", r.id, r.ref)
			}
			open[r.id] = true
		}
	}
	if failed == nil || len(all) > 0 {
		if err := d.printTaken(all); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(failed, context.Canceled):
		return d.interrupted()
	case failed != nil:
		return failed
	}
	waiting, err := o.waiting(ctx, opts, open)
	if err != nil {
		return err
	}
	return d.summarize(len(all), len(open), waiting, next)
}

// interrupted is the error of a pass that was ended by the user: what it had sent
// may have been executed, and was not printed.
func (d *desk) interrupted() error {
	err := errors.New("interrupted: what was sent may have been executed, and stays open until recovery settles it")
	return cli.Advise(cli.Exit(cli.ExitUnknown, err), cli.Advice{
		Next: "To see what is open:", Command: d.flags.JournalCommand("list", ""),
	})
}

// waiting counts the open operations that no call works on and that were not
// taken up, since they are not due yet.
func (o *opened) waiting(ctx context.Context, opts bardge.RecoveryOptions, taken map[string]bool) (int, error) {
	left, err := o.all(ctx, journal.Filter{
		State: journal.StateOpen, Operation: opts.Operation, OlderThan: opts.OlderThan,
	}, 0)
	n := 0
	for _, r := range left {
		if !r.Owned && !taken[r.ID] {
			n++
		}
	}
	return n, err
}

func (d *desk) summarize(all, open, waiting int, next string) error {
	d.app.Note("%d taken up: %d settled, %d still open; %d more open, not due yet.", all, all-open, open, waiting)
	if open+waiting == 0 {
		return nil
	}
	code := cli.ExitUnknown
	if all > open {
		code = cli.ExitPartly
	}
	err := fmt.Errorf("%d operations stay open", open+waiting)
	return cli.Advise(cli.Exit(code, err), cli.Advice{
		Next: "To see why, and what to do:", Command: next,
	})
}
