package journalcmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
)

const resolveHelp = `Records what became of an operation, as a person reports it.

It shows the operation and what the API says, by reading alone, and asks before
it records. The API is read if its credentials are given and the base URL is the
journal's. An id is read from the API before the question, where that can show
it; --unverified has it believed. Nothing overrides what the API's own response
has proven, and a later resolution corrects an earlier one.

Warning: an operation that was executed and is resolved as not executed can run
again.`

// resolveFlags are the flags of resolve.
type resolveFlags struct {
	Resolution

	withoutID, notExecuted bool
	byID, yes              bool
}

func newResolve(d *desk) *cobra.Command {
	var f resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve REF",
		Short: "Record what became of an operation",
		Long:  resolveHelp,
		Example: "  bardge journal resolve order-17/pass --executed brgpass_0001 --by ada --note \"ticket 4711\"\n" +
			"  bardge journal resolve order-17/pass --not-executed --by ada --yes",
		Args: cli.ExactArgs("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Executed = f.ID != "" || f.withoutID
			if err := f.check(); err != nil {
				return err
			}
			return d.resolve(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.ID, "executed", "", "it was executed, and made or changed the thing with this `ID`")
	flags.BoolVar(&f.withoutID, "executed-without-id", false, "it was executed, and what it made is not known")
	flags.BoolVar(&f.notExecuted, "not-executed", false, "it was not executed")
	flags.StringVar(&f.By, "by", "", "`NAME` of the person or system that reports it; it is kept sealed")
	flags.StringVar(&f.Note, "note", "", "`TEXT` of the reason, such as a ticket; it is kept sealed")
	flags.BoolVar(&f.Unverified, "unverified", false, "believe the ID without reading it from the API")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	addID(cmd, &f.byID)
	d.addAPI(cmd)
	return cmd
}

func (f resolveFlags) check() error {
	switch {
	case f.Executed == f.notExecuted, f.ID != "" && f.withoutID:
		return cli.Usage(errors.New("give one of --executed ID, --executed-without-id and --not-executed"))
	case f.By == "":
		return cli.Usage(errors.New("--by is needed: who reports it"))
	}
	return nil
}

func (d *desk) resolve(ctx context.Context, name string, f resolveFlags) error {
	found, account, err := d.showFirst(ctx, name, f)
	if err != nil {
		return err
	}
	id := found.ID
	f.Generation = found.Generation
	if !f.yes {
		if err := d.app.Confirm(ctx, f.question(found), "yes"); err != nil {
			return err
		}
	}
	return d.changing(ctx, d.mayCall(account), func(o *opened) error {
		err := o.client.resolve(ctx, id, f.Resolution)
		if err != nil {
			return d.explain(err, account, f)
		}
		v, err := d.view(ctx, o, id)
		if err != nil {
			return err
		}
		return d.app.Print(v)
	})
}

// showFirst shows the operation, what the API shows of it, and whether it
// confirms the resolution.
func (d *desk) showFirst(ctx context.Context, name string, f resolveFlags) (*view, idem.Account, error) {
	j, err := d.flags.OpenReadOnly(ctx)
	if err != nil {
		return nil, idem.Account{}, err
	}
	defer j.Close() //nolint:errcheck // it was only read
	o, err := d.identify(ctx, j, credentials{})
	if err == nil {
		err = o.needClient()
	}
	if err != nil {
		return nil, idem.Account{}, err
	}
	id, err := idOf(ctx, o, name, f.byID)
	if err != nil {
		return nil, o.account, err
	}
	v, err := d.view(ctx, o, id)
	if err != nil {
		return nil, o.account, err
	}
	if d.app.Output == cli.FormatTable {
		_, err = io.WriteString(d.app.Stderr, "Before:\n"+v.facts()+"\n")
	} else {
		d.app.Note("%s is %s since %s. %s", v.title(), v.State, v.Since, v.Next.Text)
	}
	if err == nil && v.State == "open" {
		err = d.askAPI(ctx, j, o.account, id, f)
	}
	if err == nil {
		f.Generation = v.Generation
		err = d.rehearse(ctx, j, o.account, id, f)
	}
	return v, o.account, err
}

// askAPI notes what the API shows. It fails if that contradicts the resolution.
func (d *desk) askAPI(ctx context.Context, j connect.Journal, a idem.Account, id string, f resolveFlags) error {
	c, err := d.credentials(a)
	if err != nil {
		d.app.Note("The API was not read: %v.", err)
		return nil
	}
	o, err := d.identify(ctx, j, c)
	if err != nil {
		return err
	}
	found, err := o.client.look(ctx, id)
	switch {
	case err != nil:
		d.app.Note("The API was read, without a result: %v.", err)
	case found.Done:
		d.app.Note("The API shows that it was executed: %s.", found.Evidence)
		if f.notExecuted {
			return cli.Advise(errors.New("the API shows that it was executed, so nothing was recorded"),
				cli.Advice{Next: "Resolve it with --executed and the id above."})
		}
	case found.Evidence == "":
		d.app.Note("The API was read, and does not show whether it was executed.")
	default:
		d.app.Note("The API does not show whether it was executed: %s.", found.Evidence)
	}
	return nil
}

func (f resolveFlags) question(v *view) string {
	if f.notExecuted {
		return fmt.Sprintf("Record that %s was NOT executed? It can then run again.", v.title())
	}
	if f.withoutID {
		return fmt.Sprintf("Record that %s was executed, id not known?", v.title())
	}
	return fmt.Sprintf("Record that %s was executed, id %q?", v.title(), f.ID)
}

// explain adds what to do to an error of a resolution.
func (d *desk) explain(err error, a idem.Account, f resolveFlags) error {
	switch {
	case errors.Is(err, idem.ErrNotVerified) && cli.CredentialsRefused(err):
		return d.needCredentials(err, a)
	case errors.Is(err, idem.ErrNotVerified):
		return cli.Advise(err, cli.Advice{
			Next: "Check the ID. If the API cannot be read, and you are sure: --unverified.",
		})
	case errors.Is(err, idem.ErrMayBeExecuting):
		return cli.Advise(err, cli.Advice{Next: "Check again at the vendor after that time, then repeat the command."})
	case errors.Is(err, idem.ErrAlreadyResolved) && f.notExecuted:
		return cli.Advise(err, cli.Advice{Next: "The API's own response proves that it was executed."})
	default:
		return err
	}
}

// needCredentials adds how the API is read to an error of credentials that are
// missing, refused or for another address.
func (d *desk) needCredentials(err error, a idem.Account) error {
	variables := "BARDGE_API_KEY"
	if a.Vendor == "bluesnap" {
		variables = "BLUESNAP_USERNAME and BLUESNAP_PASSWORD"
	}
	next := "The id is read from the API first. Set " + variables + " to the credentials of the account."
	if cli.IsUsage(err) { // of the base URL
		next = "The id is read from the API first. Nothing was sent: give --base-url " + a.BaseURL + "."
	}
	return cli.Advise(err, cli.Advice{Next: next})
}

// mayCall returns the credentials for an account; none if they are not given or
// not for it. An id is then not verified, which resolving reports.
func (d *desk) mayCall(a idem.Account) credentials {
	c, _ := d.credentials(a) // the zero value with an error
	return c
}
