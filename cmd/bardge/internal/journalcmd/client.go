package journalcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// client is a client of either vendor.
type client interface {
	List(ctx context.Context, f journal.Filter) ([]*idem.RecordedOperation, error)
	GetID(ctx context.Context, id string) (*idem.RecordedOperation, error)
	EraseID(ctx context.Context, id string) error
	Reseal(ctx context.Context, o idem.ResealOptions) (idem.ResealResult, error)
	// look reads what the API shows of an open operation.
	look(ctx context.Context, id string) (Reading, error)
	resolve(ctx context.Context, id string, r Resolution) error
	shows(ctx context.Context, operation, id string) string
	recover(ctx context.Context, o bardge.RecoveryOptions) iter.Seq2[recovered, error]
	// Rebind gives the journal of account from to the client's.
	Rebind(ctx context.Context, from idem.Account) error
	Close(ctx context.Context) error
}

// recovered is what became of one operation in a pass of recovery.
type recovered struct {
	id, operation, ref string
	action             idem.RecoveryAction
	outcome            idem.Outcome
	evidence           string
	err                error
}

// adapted returns a vendor's results in the form of both vendors.
func adapted[R any](results iter.Seq2[*R, error], adapt func(*R) recovered) iter.Seq2[recovered, error] {
	return func(yield func(recovered, error) bool) {
		for r, err := range results {
			one := recovered{}
			if r != nil {
				one = adapt(r)
			}
			if !yield(one, err) {
				return
			}
		}
	}
}

// credentials are how the API is called; the zero value does not call it.
type credentials struct {
	username, secret string
}

// errNoCalls ends a request that a command must not make.
var errNoCalls = errors.New("the API must not be called")

// credentials returns how the API of an account is called. The base URL must be
// the account's: an API key is never sent to an address that only the journal
// names.
func (d *desk) credentials(a idem.Account) (credentials, error) {
	var c credentials
	var err error
	base, variable := bardge.DefaultBaseURL, "BARDGE_BASE_URL"
	if a.Vendor == "bluesnap" {
		base, variable = bluesnap.ProductionURL, "BLUESNAP_BASE_URL"
		c.secret, err = d.flags.Credential(d.flags.CredentialFile, "BLUESNAP_PASSWORD")
		if err == nil {
			c.username, err = d.flags.Credential("", "BLUESNAP_USERNAME")
		}
	} else {
		c.secret, err = d.flags.Credential(d.flags.CredentialFile, "BARDGE_API_KEY")
	}
	if err != nil {
		return credentials{}, err
	}
	base = cmp.Or(d.flags.BaseURL, d.app.Getenv(variable), base)
	if strings.TrimRight(strings.TrimSpace(base), "/") != a.BaseURL {
		return credentials{}, cli.Usage(fmt.Errorf(
			"the journal belongs to %v: give --base-url or set %s to call the API there", a, variable))
	}
	return c, nil
}

// newClient makes a client for the account of a journal.
func (d *desk) newClient(j journal.Journal, a idem.Account, secrets [][]byte, c credentials) (client, error) {
	switch a.Vendor {
	case "bardge":
		provider := func(context.Context) (string, error) {
			if c.secret == "" {
				return "", errNoCalls
			}
			return c.secret, nil
		}
		made, err := bardge.New("", bardge.WithAPIKeyProvider(provider), bardge.WithBaseURL(a.BaseURL),
			bardge.WithJournal(j, a.Name), bardge.WithJournalSecret(secrets[0], secrets[1:]...),
			bardge.WithLogger(d.app.Logger()))
		if err != nil {
			return nil, err
		}
		return bardgeClient{made.Operations, made}, nil
	case "bluesnap":
		opts := []bluesnap.Option{
			bluesnap.WithBaseURL(a.BaseURL), bluesnap.WithJournal(j, a.Name),
			bluesnap.WithJournalSecret(secrets[0], secrets[1:]...), bluesnap.WithLogger(d.app.Logger()),
		}
		account, err := d.flags.BlueSnapAccount()
		if err != nil {
			return nil, err
		}
		opts = append(opts, account...)
		if c.secret == "" {
			silent := &http.Client{Transport: noCalls{}}
			opts = append(opts, bluesnap.WithHTTPClient(silent), bluesnap.WithMaxAttempts(1))
		}
		made, err := bluesnap.New(cmp.Or(c.username, "none"), cmp.Or(c.secret, "none"), opts...)
		if err != nil {
			return nil, err
		}
		return blueSnapClient{made.Operations, made}, nil
	default:
		return nil, fmt.Errorf("the journal belongs to %v, a vendor that this program does not know", a)
	}
}

type bardgeClient struct {
	*bardge.OperationsService

	client *bardge.Client
}

func (c bardgeClient) look(ctx context.Context, id string) (Reading, error) {
	r, err := c.ReconcileID(ctx, id)
	return Reading{r.Done, r.ID, r.Evidence}, err
}

func (c bardgeClient) resolve(ctx context.Context, id string, r Resolution) error {
	word := bardge.NotExecuted()
	if r.Executed {
		word = bardge.Executed(r.ID)
	}
	word = word.By(r.By).Note(r.Note).Generation(r.Generation)
	if r.Unverified {
		word = word.Unverified()
	}
	return c.client.ResolveID(ctx, id, word)
}

func (c bardgeClient) recover(ctx context.Context, o bardge.RecoveryOptions) iter.Seq2[recovered, error] {
	return adapted(c.client.Recover(ctx, o), func(r *bardge.RecoveryResult) recovered {
		return recovered{r.ID, r.Operation, r.Ref, r.Action, r.Outcome, r.Evidence, r.Err}
	})
}

func (c bardgeClient) Rebind(ctx context.Context, from idem.Account) error {
	return c.client.Rebind(ctx, from)
}

func (c bardgeClient) Close(ctx context.Context) error { return c.client.Close(ctx) }

type blueSnapClient struct {
	*bluesnap.OperationsService

	client *bluesnap.Client
}

func (c blueSnapClient) look(ctx context.Context, id string) (Reading, error) {
	r, err := c.ReconcileID(ctx, id)
	return Reading{r.Done, r.ID, r.Evidence}, err
}

func (c blueSnapClient) resolve(ctx context.Context, id string, r Resolution) error {
	word := bluesnap.NotExecuted()
	if r.Executed {
		word = bluesnap.Executed(r.ID)
	}
	word = word.By(r.By).Note(r.Note).Generation(r.Generation)
	if r.Unverified {
		word = word.Unverified()
	}
	return c.client.ResolveID(ctx, id, word)
}

func (c blueSnapClient) recover(ctx context.Context, o bardge.RecoveryOptions) iter.Seq2[recovered, error] {
	return adapted(c.client.Recover(ctx, bluesnap.RecoveryOptions(o)), func(r *bluesnap.RecoveryResult) recovered {
		return recovered{r.ID, r.Operation, r.Ref, r.Action, r.Outcome, r.Evidence, r.Err}
	})
}

func (c blueSnapClient) Rebind(ctx context.Context, from idem.Account) error {
	return c.client.Rebind(ctx, from)
}

func (c blueSnapClient) Close(ctx context.Context) error { return c.client.Close(ctx) }
