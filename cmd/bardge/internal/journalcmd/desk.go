package journalcmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// desk is what the subcommands share: which journal, and its secrets.
type desk struct {
	app           *cli.App
	flags         *connect.Flags
	previousFiles []string
}

// opened is an open journal with what is known of it.
type opened struct {
	connect.Journal

	account  idem.Account   // zero: it was never used, or client is nil
	previous []idem.Account // to which it belonged before
	client   client         // nil if no secret opens the journal, or it was never used
	sealed   bool           // no secret opens it
}

// openForReading opens the journal, changing nothing. Without the right secret
// it is still open, as far as it is in the clear.
func (d *desk) openForReading(ctx context.Context) (*opened, error) {
	j, err := d.flags.OpenReadOnly(ctx)
	if err != nil {
		return nil, err
	}
	o, err := d.identify(ctx, j, credentials{})
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return o, nil
}

// identify finds out whose journal it is, and makes a client of its vendor.
func (d *desk) identify(ctx context.Context, j connect.Journal, c credentials) (*opened, error) {
	o := &opened{Journal: j}
	secrets, err := d.secrets()
	if err != nil {
		return nil, err
	}
	o.account, o.previous, err = idem.BoundAccount(ctx, j, secrets...)
	switch {
	case errors.Is(err, idem.ErrJournalSecret):
		o.sealed = true
		return o, nil
	case err != nil:
		return nil, err
	case o.account == idem.Account{}:
		return o, nil
	case len(secrets) == 0: // it lies in the clear, which a client refuses
		o.sealed = true
		return o, nil
	}
	o.client, err = d.newClient(j, o.account, secrets, c)
	return o, err
}

// noteSealed notes that sealed fields are not shown.
func (d *desk) noteSealed(o *opened) {
	if o.sealed {
		d.app.Note("What is sealed is not shown: no secret that was given opens the journal. " +
			"Set BARDGE_JOURNAL_SECRET.")
	}
}

// needClient fails where the journal cannot be opened, or was never used.
func (o *opened) needClient() error {
	switch {
	case o.sealed:
		return cli.Exit(cli.ExitCredentials,
			errors.New("no secret that was given opens the journal: set BARDGE_JOURNAL_SECRET"))
	case o.client == nil:
		return errors.New("the journal was never used: it has no operations")
	default:
		return nil
	}
}

// secrets returns the journal's secrets, the one that seals first. Without any
// the API's credentials are tried, as clients do.
func (d *desk) secrets() ([][]byte, error) {
	secret, err := d.flags.OptionalSecret(d.flags.SecretFile, "BARDGE_JOURNAL_SECRET")
	if err != nil {
		return nil, err
	}
	previous, err := d.previousSecrets()
	if err != nil {
		return nil, err
	}
	all := append([]string{secret}, previous...)
	if secret == "" {
		apiKey, err := d.flags.OptionalSecret(d.flags.CredentialFile, "BARDGE_API_KEY")
		if err != nil {
			return nil, err
		}
		all = append([]string{apiKey, d.app.Getenv("BLUESNAP_PASSWORD")}, previous...)
	}
	var secrets [][]byte
	for _, s := range all {
		switch {
		case s == "":
		case len(s) < minSecret && s == secret:
			return nil, cli.Usage(errors.New("the journal's secret has fewer than 16 bytes"))
		case len(s) >= minSecret:
			secrets = append(secrets, []byte(s))
		}
	}
	return secrets, nil
}

// secretGiven reports whether a secret was given for the journal itself, and not
// an API's credential alone.
func (d *desk) secretGiven() bool {
	return d.flags.SecretFile != "" || len(d.previousFiles) > 0 ||
		d.app.Getenv("BARDGE_JOURNAL_SECRET")+d.app.Getenv("BARDGE_JOURNAL_SECRET_PREVIOUS") != ""
}

// minSecret is the least length of a secret, in bytes.
const minSecret = 16

func (d *desk) previousSecrets() ([]string, error) {
	if len(d.previousFiles) == 0 {
		return []string{d.app.Getenv("BARDGE_JOURNAL_SECRET_PREVIOUS")}, nil
	}
	all := make([]string, len(d.previousFiles))
	for i, file := range d.previousFiles {
		secret, err := d.flags.OptionalSecret(file, "")
		if err != nil {
			return nil, err
		}
		all[i] = secret
	}
	return all, nil
}

// oneRef accepts one argument.
func oneRef(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("missing argument REF")
	case len(args) > 1:
		return fmt.Errorf("unexpected argument %q", args[1])
	default:
		return nil
	}
}

// idOf returns the id of the operation that a command names.
func idOf(ref string, byID bool) (string, error) {
	switch {
	case ref == "":
		return "", cli.Usage(errors.New("REF is empty"))
	case byID:
		return ref, nil
	default:
		return journal.RefID(ref), nil
	}
}
