package journalcmd

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// desk is what the subcommands share: which journal, and its secrets.
type desk struct {
	app   *cli.App
	flags *connect.Flags
}

// opened is an open journal with what is known of it.
type opened struct {
	connect.Journal

	account  idem.Account   // zero: it was never used, or client is nil
	previous []idem.Account // to which it belonged before
	client   client         // nil if no secret opens the journal, or it was never used
	sealed   bool           // no secret opens it
	secrets  [][]byte       // that were tried
	given    bool           // one of them is for the journal itself
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
	secrets, given, err := d.secrets()
	if err != nil {
		return nil, err
	}
	o := &opened{Journal: j, secrets: secrets, given: given}
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
		d.app.Note("What is sealed is not shown: %s. %s", o.whySealed(), nextSecret(o.whySealed()))
	}
}

// Why what is sealed is not shown.
const (
	noSecret    = "the secret was not given"
	wrongSecret = "the given secret does not open the journal"
)

func (o *opened) whySealed() string {
	if o.given {
		return wrongSecret
	}
	return noSecret
}

// nextSecret is what to do about it.
func nextSecret(why string) string {
	if why == noSecret {
		return "Set BARDGE_JOURNAL_SECRET."
	}
	return "Set BARDGE_JOURNAL_SECRET_PREVIOUS to the earlier secret, or correct BARDGE_JOURNAL_SECRET."
}

// needClient fails where the journal cannot be opened, or was never used.
func (o *opened) needClient() error {
	switch {
	case o.sealed:
		err := cli.Exit(cli.ExitCredentials, errors.New(o.whySealed()))
		return cli.Advise(err, cli.Advice{Next: nextSecret(o.whySealed())})
	case o.client == nil:
		return errors.New("the journal was never used: it has no operations")
	default:
		return nil
	}
}

// secrets returns the journal's secrets, the one that seals first. Without it
// the API's credentials are tried, as clients do. given reports whether there
// are any for the journal itself.
func (d *desk) secrets() (all [][]byte, given bool, err error) {
	secret, previous, err := d.flags.JournalSecrets()
	if err != nil {
		return nil, false, err
	}
	sealing := []string{secret}
	if secret == "" {
		apiKey, err := d.flags.OptionalSecret(d.flags.CredentialFile, "BARDGE_API_KEY")
		if err != nil {
			return nil, false, err
		}
		sealing = []string{apiKey, d.app.Getenv("BLUESNAP_PASSWORD")}
	}
	for _, s := range append(sealing, previous...) {
		if connect.CanSeal(s) {
			all = append(all, []byte(s))
		}
	}
	return all, secret != "" || previous != nil, nil
}

// idOf returns the id of the operation that a command names: by its ref, or by
// its id as lists show it, if no operation has that for its ref.
func idOf(ctx context.Context, j journal.Journal, name string, byID bool) (string, error) {
	if byID {
		return name, nil
	}
	id := journal.RefID(name)
	_, ok, err := j.Load(ctx, id)
	if err != nil || ok {
		return id, err
	}
	if _, ok, err = j.Load(ctx, name); ok && err == nil {
		return name, nil
	}
	return id, err
}

// commandFor returns the command line of a subcommand that takes an operation:
// by its ref, or by its id where it has none.
func (d *desk) commandFor(name, id, ref string, flags ...string) string {
	if ref == "" {
		return d.flags.JournalCommand(name, id, append([]string{"--id"}, flags...)...)
	}
	return d.flags.JournalCommand(name, ref, flags...)
}
