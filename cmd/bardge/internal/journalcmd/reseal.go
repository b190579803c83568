package journalcmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
)

const resealHelp = `Seals anew, under the journal's secret, what earlier secrets have sealed, so
that these can be dropped. Programs that use the journal go on, if they have the
new secret as their first one already. Nothing else of a record changes.

--in-the-clear takes over what is not sealed at all. Anyone who can write the
journal may have made such records: use it once, after the journal was used
without a secret.`

func newReseal(d *desk) *cobra.Command {
	var opts idem.ResealOptions
	cmd := &cobra.Command{
		Use:     "reseal",
		Short:   "Seal all records under the present secret",
		Long:    resealHelp,
		Example: "  bardge journal reseal --dry-run\n  bardge journal reseal",
		Args:    cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.reseal(cmd.Context(), opts)
		},
	}
	cmd.Flags().BoolVar(&opts.DryRun, "dry-run", false, "count, and change nothing")
	cmd.Flags().BoolVar(&opts.InTheClear, "in-the-clear", false, "seal what is not sealed, too")
	return cmd
}

// seals counts records by how they are sealed.
type seals struct {
	Current    int `json:"current"`
	Previous   int `json:"previous"`
	InTheClear int `json:"in_the_clear"`
	Unopened   int `json:"unopened"`
	Resealed   int `json:"resealed"`
}

func (d *desk) reseal(ctx context.Context, opts idem.ResealOptions) error {
	secrets, _, err := d.secrets()
	if err != nil {
		return err
	}
	if len(secrets) == 0 {
		return cli.Exit(cli.ExitCredentials, errors.New("BARDGE_JOURNAL_SECRET is not set"))
	}
	open := d.flags.OpenJournal
	if opts.DryRun {
		open = d.flags.OpenReadOnly
	}
	j, err := open(ctx)
	if err != nil {
		return err
	}
	r, err := d.resealIn(ctx, j, secrets, opts)
	if err := errors.Join(err, j.Close()); err != nil {
		return err
	}
	if err := d.app.Print(seals(r)); err != nil {
		return err
	}
	left := r.Previous + r.InTheClear + r.Unopened - r.Resealed
	if left == 0 || opts.DryRun {
		return nil
	}
	return cli.Exit(cli.ExitPartly, fmt.Errorf("%d records are not sealed under the journal's secret", left))
}

func (d *desk) resealIn(
	ctx context.Context, j connect.Journal, secrets [][]byte, opts idem.ResealOptions,
) (idem.ResealResult, error) {
	account, _, err := idem.BoundAccount(ctx, j, secrets...)
	if errors.Is(err, idem.ErrJournalSecret) && opts.InTheClear {
		account, _, err = idem.BoundAccount(ctx, j)
	}
	switch {
	case errors.Is(err, idem.ErrJournalSecret):
		return idem.ResealResult{}, cli.Advise(cli.Exit(cli.ExitCredentials, err), cli.Advice{
			Next: "Give the secret that sealed it as BARDGE_JOURNAL_SECRET_PREVIOUS.",
		})
	case err != nil, account == idem.Account{}:
		return idem.ResealResult{}, err
	}
	c, err := d.newClient(j, account, secrets, credentials{})
	if err != nil {
		return idem.ResealResult{}, err
	}
	r, err := c.Reseal(ctx, opts)
	return r, errors.Join(err, closeClient(ctx, c))
}
