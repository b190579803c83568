package journalcmd

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
)

// changing opens the journal for writing and calls f with a client of it.
func (d *desk) changing(ctx context.Context, c credentials, f func(*opened) error) error {
	j, err := d.flags.OpenJournal(ctx)
	if err != nil {
		return err
	}
	o, err := d.identify(ctx, j, c)
	if err == nil {
		err = o.needClient()
	}
	if err == nil {
		err = errors.Join(f(o), closeClient(ctx, o.client))
	}
	return errors.Join(err, j.Close())
}

// closeClient waits for what the client has begun.
func closeClient(ctx context.Context, c client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return c.Close(ctx)
}

func newErase(d *desk) *cobra.Command {
	var byID, yes bool
	cmd := &cobra.Command{
		Use:   "erase REF",
		Short: "Drop what is personal of a settled operation",
		Long: "Drops request, response and notes of an operation that is done or free. Its ref\n" +
			"stays done: a later call with it sends nothing. This cannot be undone.",
		Example: "  bardge journal erase order-17/pass",
		Args:    cli.ExactArgs("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				question := "Drop what is personal of " + cli.Printable(args[0]) + "? This cannot be undone."
				if err := d.app.Confirm(cmd.Context(), question, "yes"); err != nil {
					return err
				}
			}
			return d.changing(cmd.Context(), credentials{}, func(o *opened) error {
				id, err := idOf(cmd.Context(), o, args[0], byID)
				if err != nil {
					return err
				}
				err = o.client.EraseID(cmd.Context(), id)
				if errors.Is(err, idem.ErrOperationOpen) {
					return cli.Advise(err, cli.Advice{Next: "Resolve it first."})
				}
				if err != nil {
					return err
				}
				v, err := d.view(cmd.Context(), o, id)
				if err != nil {
					return err
				}
				return d.app.Print(v)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	addID(cmd, &byID)
	return cmd
}
