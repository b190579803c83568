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

func newCheck(d *desk) *cobra.Command {
	var quick bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check a journal's tables, account and seals",
		Long: "Checks the file or schema, and whether each record can be opened with the\n" +
			"secrets that were given. It changes nothing, and exits with 1 if something is\n" +
			"wrong, or if the journal's secret was given and does not open it.",
		Example: "  bardge journal check",
		Args:    cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.check(cmd.Context(), quick)
		},
	}
	cmd.Flags().BoolVar(&quick, "quick", false, "skip the comparison of a file's indexes with its records")
	return cmd
}

// health is what check prints.
type health struct {
	connect.Health

	// Account is whose the journal is, Previous whose it was before; empty if
	// it was never used, or no secret opens it.
	Account  *account  `json:"account,omitempty"`
	Previous []account `json:"previous_accounts,omitempty"`
	// Records are counted if a secret opens the journal.
	Records *seals `json:"records,omitempty"`
}

type account struct {
	Vendor  string `json:"vendor"`
	BaseURL string `json:"base_url"`
	Name    string `json:"name"`
}

func (d *desk) check(ctx context.Context, quick bool) error {
	found, err := d.flags.Check(ctx, quick)
	if err != nil {
		return err
	}
	h := health{Health: found}
	if err := d.inspect(ctx, &h); err != nil {
		return errors.Join(d.app.Print(h), err)
	}
	if err := d.app.Print(h); err != nil {
		return err
	}
	wrong := len(h.Problems)
	if h.Records != nil {
		wrong += h.Records.Unopened + h.Records.InTheClear
	}
	if wrong > 0 {
		return fmt.Errorf("the journal has problems: %d", wrong)
	}
	return nil
}

// inspect adds the account, and how the records are sealed.
func (d *desk) inspect(ctx context.Context, h *health) error {
	o, err := d.openForReading(ctx)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // it was only read
	switch {
	case o.sealed && o.given:
		return cli.Advise(errors.New(wrongSecret), cli.Advice{Next: nextSecret(wrongSecret)})
	case o.sealed:
		d.app.Note("Account and seals were not checked: %s. %s", noSecret, nextSecret(noSecret))
	}
	if (o.account != idem.Account{}) {
		own := account(o.account)
		h.Account = &own
	}
	for _, a := range o.previous {
		h.Previous = append(h.Previous, account(a))
	}
	if o.client == nil {
		return nil
	}
	r, err := o.client.Reseal(ctx, idem.ResealOptions{DryRun: true})
	counted := seals(r)
	h.Records = &counted
	return err
}

func newMigrate(d *desk) *cobra.Command {
	var dryRun, create bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a journal's tables to the latest version",
		Long: "Brings the tables to the latest version; programs of versions from\n" +
			"compatible_from on may go on. Programs do so themselves when they start, if\n" +
			"their role may.",
		Example: "  bardge journal migrate --dry-run\n  bardge journal migrate --create",
		Args:    cli.ExactArgs(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.migrate(cmd.Context(), dryRun, create)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().BoolVar(&create, "create", false, "make a journal where there is none")
	return cmd
}

// migration is what migrate prints.
type migration struct {
	Store   string `json:"store"`
	From    int    `json:"from"` // 0: there was no journal
	To      int    `json:"to"`
	Changed bool   `json:"changed"`
	DryRun  bool   `json:"dry_run"`
}

func (d *desk) migrate(ctx context.Context, dryRun, create bool) error {
	before, err := d.flags.Check(ctx, true)
	if err != nil && (!create || !connect.IsMissing(err)) {
		return err
	}
	m := migration{Store: before.Store, From: before.Version, To: max(before.Version, before.Latest), DryRun: dryRun}
	if m.From == m.To {
		d.app.Note("The tables are of the latest version.")
		return d.app.Print(m)
	}
	if !dryRun {
		if err := d.flags.Migrate(ctx, create); err != nil {
			return err
		}
		m.Changed = true
	}
	return d.app.Print(m)
}
