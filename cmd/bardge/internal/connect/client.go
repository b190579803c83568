package connect

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// Bardge makes a client for the Reseller API: BARDGE_API_KEY, BARDGE_BASE_URL,
// and flags before them. A nil journal is none.
func (f *Flags) Bardge(j journal.Journal, opts ...bardge.Option) (*bardge.Client, error) {
	key, err := f.Credential(f.CredentialFile, "BARDGE_API_KEY")
	if err != nil {
		return nil, err
	}
	own, err := f.withPaths()
	if err != nil {
		return nil, err
	}
	own = append(own, bardge.WithLogger(f.app.Logger()))
	if f.app.Verbose {
		own = append(own, bardge.WithVerboseErrors())
	}
	if base := cmp.Or(f.BaseURL, f.app.Getenv("BARDGE_BASE_URL")); base != "" {
		own = append(own, bardge.WithBaseURL(base))
	}
	if j != nil {
		account, secrets, err := f.journalOwner(key)
		if err != nil {
			return nil, err
		}
		own = append(own, bardge.WithJournal(j, account))
		if secrets != nil {
			own = append(own, bardge.WithJournalSecret(secrets[0], secrets[1:]...))
		}
	}
	return bardge.New(key, append(own, opts...)...)
}

// BlueSnap makes a client for the Payment API: BLUESNAP_USERNAME,
// BLUESNAP_PASSWORD, BLUESNAP_BASE_URL, and flags before them. A nil journal is
// none.
func (f *Flags) BlueSnap(j journal.Journal, opts ...bluesnap.Option) (*bluesnap.Client, error) {
	username, err := f.Credential("", "BLUESNAP_USERNAME")
	if err != nil {
		return nil, err
	}
	password, err := f.Credential(f.CredentialFile, "BLUESNAP_PASSWORD")
	if err != nil {
		return nil, err
	}
	own := []bluesnap.Option{bluesnap.WithLogger(f.app.Logger())}
	if f.app.Verbose {
		own = append(own, bluesnap.WithVerboseErrors())
	}
	account, err := f.BlueSnapAccount()
	if err != nil {
		return nil, err
	}
	own = append(own, account...)
	if base := cmp.Or(f.BaseURL, f.app.Getenv("BLUESNAP_BASE_URL")); base != "" {
		own = append(own, bluesnap.WithBaseURL(base))
	}
	if j != nil {
		account, secrets, err := f.journalOwner(password)
		if err != nil {
			return nil, err
		}
		own = append(own, bluesnap.WithJournal(j, account))
		if secrets != nil {
			own = append(own, bluesnap.WithJournalSecret(secrets[0], secrets[1:]...))
		}
	}
	return bluesnap.New(username, password, append(own, opts...)...)
}

// BlueSnapAccount returns the options that describe BlueSnap's account:
// BLUESNAP_MERCHANT_ID, BLUESNAP_REQUIRE_ECHO, and flags before them.
func (f *Flags) BlueSnapAccount() (opts []bluesnap.Option, err error) {
	if id := cmp.Or(f.MerchantID, f.app.Getenv("BLUESNAP_MERCHANT_ID")); id != "" {
		opts = append(opts, bluesnap.WithMerchantID(id))
	}
	echo := f.RequireEcho
	if text := f.app.Getenv("BLUESNAP_REQUIRE_ECHO"); text != "" && !echo {
		if echo, err = strconv.ParseBool(text); err != nil {
			return nil, cli.Usage(errors.New("BLUESNAP_REQUIRE_ECHO is not true or false"))
		}
	}
	if echo {
		opts = append(opts, bluesnap.RequireEchoBeforeRepeating())
	}
	return opts, nil
}

// journalOwner returns the account that the journal is bound to, and the secret
// that seals it, followed by earlier ones; none where the client's credential
// seals it, as by itself.
func (f *Flags) journalOwner(credential string) (account string, secrets [][]byte, err error) {
	account = cmp.Or(f.Account, f.app.Getenv("BARDGE_ACCOUNT"))
	if account == "" {
		return "", nil, cli.Usage(errors.New("a journal needs --account, or BARDGE_ACCOUNT"))
	}
	secret, previous, err := f.JournalSecrets()
	if err != nil || secret == "" && previous == nil {
		return account, nil, err
	}
	for _, s := range append([]string{cmp.Or(secret, credential)}, previous...) {
		secrets = append(secrets, []byte(s))
	}
	return account, secrets, nil
}
