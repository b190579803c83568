package journalcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

const rebindHelp = `Gives the journal to the same account under another name, or at another base
URL: its operations stay the account's. Programs with the earlier name or URL
are then refused, within ten seconds; stop them first. The environment does not
say where to: what no flag names stays as it is.

Warning: never rebind the journal of a different account. Recovery would send
that account's open operations to this one.`

// rebindFlags are the flags of rebind.
type rebindFlags struct {
	account, baseURL string
	dryRun, yes      bool
}

func newRebind(d *desk) *cobra.Command {
	var f rebindFlags
	cmd := &cobra.Command{
		Use:   "rebind",
		Short: "Give a journal to its account's new name or base URL",
		Long:  rebindHelp,
		Example: "  bardge journal rebind --base-url https://api.bardge.example/v2 --dry-run\n" +
			"  bardge journal rebind --account acme-2",
		Args: cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.account == "" && f.baseURL == "" {
				return cli.Usage(errors.New("give --account, --base-url or both"))
			}
			return d.rebind(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.account, "account", "", "`NAME` of the account from now on")
	flags.StringVar(&f.baseURL, "base-url", "", "`URL` of the account's API from now on")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would be done, and do nothing")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	return cmd
}

// binding is what rebind prints.
type binding struct {
	From    account `json:"from"`
	To      account `json:"to"`
	Changed bool    `json:"changed"`
	DryRun  bool    `json:"dry_run"`
	// Open, Reserved and Owned count the operations that the new account takes
	// over unsettled; a program works on the owned ones.
	Open     int `json:"open"`
	Reserved int `json:"reserved"`
	Owned    int `json:"owned"`
}

func (d *desk) rebind(ctx context.Context, f rebindFlags) error {
	b, err := d.foreseeRebind(ctx, f)
	if err != nil {
		return err
	}
	if b.From == b.To {
		d.app.Note("The journal is bound to this account already.")
	}
	if f.dryRun || b.From == b.To {
		return d.app.Print(b)
	}
	if b.Owned > 0 {
		d.app.Note("Programs work on %d of its operations: stop them first.", b.Owned)
	}
	if !f.yes {
		question := fmt.Sprintf("Give the journal of %v to %v? They must be the same account.",
			idem.Account(b.From), idem.Account(b.To))
		if err := d.app.Confirm(ctx, question, "yes"); err != nil {
			return err
		}
	}
	if err := d.bind(ctx, b); err != nil {
		return err
	}
	b.Changed = true
	return d.app.Print(b)
}

// foreseeRebind returns what rebind would do, and changes nothing.
func (d *desk) foreseeRebind(ctx context.Context, f rebindFlags) (binding, error) {
	o, err := d.openForReading(ctx)
	if err != nil {
		return binding{}, err
	}
	defer o.Close() //nolint:errcheck // it was only read
	if err := o.needClient(); err != nil {
		return binding{}, err
	}
	b := binding{From: account(o.account), To: account(o.account), DryRun: f.dryRun}
	b.To.Name = cmp.Or(f.account, b.To.Name)
	b.To.BaseURL = cmp.Or(f.baseURL, b.To.BaseURL)
	if err := d.asBound(ctx, o, &b); err != nil {
		return binding{}, err
	}
	err = b.count(ctx, o)
	return b, err
}

// asBound writes the new account as the journal would have it: a client of that
// account is refused, and the error names both.
func (d *desk) asBound(ctx context.Context, o *opened, b *binding) error {
	c, err := d.newClient(o.Journal, idem.Account(b.To), o.secrets, credentials{})
	if err != nil {
		return err
	}
	_, err = c.List(ctx, journal.Filter{Limit: 1})
	if other, ok := errors.AsType[*idem.OtherAccountError](err); ok {
		b.To, err = account(other.Client), nil
	} else if err == nil {
		b.To = b.From
	}
	return errors.Join(err, closeClient(ctx, c))
}

// count counts the unsettled operations.
func (b *binding) count(ctx context.Context, o *opened) error {
	for state, n := range map[journal.State]*int{journal.StateOpen: &b.Open, journal.StateReserved: &b.Reserved} {
		all, err := o.all(ctx, journal.Filter{State: state}, 0)
		if err != nil {
			return err
		}
		*n = len(all)
		for _, r := range all {
			if r.Owned {
				b.Owned++
			}
		}
	}
	return nil
}

// bind binds the journal, if it still belongs to the account from which it is
// taken.
func (d *desk) bind(ctx context.Context, b binding) error {
	secrets, _, err := d.secrets()
	if err != nil {
		return err
	}
	j, err := d.flags.OpenJournal(ctx)
	if err != nil {
		return err
	}
	c, err := d.newClient(j, idem.Account(b.To), secrets, credentials{})
	if err == nil {
		err = errors.Join(c.Rebind(ctx, idem.Account(b.From)), closeClient(ctx, c))
	}
	return errors.Join(err, j.Close())
}
