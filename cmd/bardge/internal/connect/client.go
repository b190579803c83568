package connect

import (
	"cmp"
	"errors"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// Bardge makes a client for the Reseller API: BARDGE_API_KEY, BARDGE_BASE_URL,
// and flags before them. A nil journal is none.
func (f *Flags) Bardge(j journal.Journal, opts ...bardge.Option) (*bardge.Client, error) {
	key, err := f.credential(f.CredentialFile, "BARDGE_API_KEY")
	if err != nil {
		return nil, err
	}
	own := []bardge.Option{bardge.WithLogger(f.app.Logger())}
	if base := cmp.Or(f.BaseURL, f.app.Getenv("BARDGE_BASE_URL")); base != "" {
		own = append(own, bardge.WithBaseURL(base))
	}
	if j != nil {
		account, err := f.account()
		if err != nil {
			return nil, err
		}
		own = append(own, bardge.WithJournal(j, account))
		secret, err := f.journalSecret()
		if err != nil {
			return nil, err
		}
		if secret != nil {
			own = append(own, bardge.WithJournalSecret(secret))
		}
	}
	return bardge.New(key, append(own, opts...)...)
}

// BlueSnap makes a client for the Payment API: BLUESNAP_USERNAME,
// BLUESNAP_PASSWORD, BLUESNAP_BASE_URL, and flags before them. A nil journal is
// none.
func (f *Flags) BlueSnap(j journal.Journal, opts ...bluesnap.Option) (*bluesnap.Client, error) {
	username, err := f.credential("", "BLUESNAP_USERNAME")
	if err != nil {
		return nil, err
	}
	password, err := f.credential(f.CredentialFile, "BLUESNAP_PASSWORD")
	if err != nil {
		return nil, err
	}
	own := []bluesnap.Option{bluesnap.WithLogger(f.app.Logger())}
	if base := cmp.Or(f.BaseURL, f.app.Getenv("BLUESNAP_BASE_URL")); base != "" {
		own = append(own, bluesnap.WithBaseURL(base))
	}
	if j != nil {
		account, err := f.account()
		if err != nil {
			return nil, err
		}
		own = append(own, bluesnap.WithJournal(j, account))
		secret, err := f.journalSecret()
		if err != nil {
			return nil, err
		}
		if secret != nil {
			own = append(own, bluesnap.WithJournalSecret(secret))
		}
	}
	return bluesnap.New(username, password, append(own, opts...)...)
}

// account returns the name that the journal is bound to.
func (f *Flags) account() (string, error) {
	if name := cmp.Or(f.Account, f.app.Getenv("BARDGE_ACCOUNT")); name != "" {
		return name, nil
	}
	return "", cli.Usage(errors.New("a journal needs --account, or BARDGE_ACCOUNT"))
}

// journalSecret returns the secret that seals the journal; nil where the
// client's credential does.
func (f *Flags) journalSecret() ([]byte, error) {
	if f.SecretFile != "" {
		secret, err := f.readSecret(f.SecretFile)
		return []byte(secret), err
	}
	if secret := f.app.Getenv("BARDGE_JOURNAL_SECRET"); secret != "" {
		return []byte(secret), nil
	}
	return nil, nil
}
