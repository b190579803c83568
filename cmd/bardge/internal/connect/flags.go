// Package connect makes clients and opens journals, as flags and the environment
// describe them.
package connect

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// Flags describe an API and a journal. Credentials come from the environment or
// from files, never from flags, which other users of the machine can see.
type Flags struct {
	// BaseURL replaces the environment's and the vendor's own.
	BaseURL string
	// CredentialFile holds the API key, or BlueSnap's password.
	CredentialFile string
	// Journal is sqlite:PATH or postgres://...; empty is BARDGE_JOURNAL.
	Journal string
	// Schema is PostgreSQL's; empty is the journal's default.
	Schema string
	// Account is the name that the journal is bound to; empty is BARDGE_ACCOUNT.
	Account string
	// SecretFile holds the journal's secret; empty is BARDGE_JOURNAL_SECRET.
	SecretFile string
	// PreviousSecretFiles hold earlier ones; none is
	// BARDGE_JOURNAL_SECRET_PREVIOUS.
	PreviousSecretFiles []string
	// MerchantID is BlueSnap's name of the account; empty is
	// BLUESNAP_MERCHANT_ID.
	MerchantID string
	// Paths correct paths of Bardge's operations, each as OPERATION=TEMPLATE.
	Paths []string
	// RequireEcho: an operation in doubt is repeated only once a key came back;
	// BLUESNAP_REQUIRE_ECHO.
	RequireEcho bool

	app    *cli.App
	warned map[string]bool // of files that everyone can read
}

// New returns empty flags.
func New(app *cli.App) *Flags { return &Flags{app: app, warned: map[string]bool{}} }

// AddAPI adds the flags of an API, whose credential has this name.
func (f *Flags) AddAPI(flags *pflag.FlagSet, credential string) {
	flags.StringVar(&f.BaseURL, "base-url", "", "call the API at this `URL`")
	flags.StringVar(&f.CredentialFile, strings.ReplaceAll(strings.ToLower(credential), " ", "-")+"-file", "",
		"read the "+credential+" from `FILE`")
}

// AddPaths adds the flag that corrects the paths of Bardge's operations.
func (f *Flags) AddPaths(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.Paths, "path", nil, "send an operation to another path, as in "+
		"`GetClass=/class/{id}`; repeatable")
}

// withPaths returns the options of the corrected paths.
func (f *Flags) withPaths() ([]bardge.Option, error) {
	opts := make([]bardge.Option, len(f.Paths))
	for i, path := range f.Paths {
		operation, template, ok := strings.Cut(path, "=")
		if !ok {
			return nil, cli.Usage(errors.New("--path is not OPERATION=TEMPLATE, such as GetClass=/class/{id}"))
		}
		opts[i] = bardge.WithPath(operation, template)
	}
	return opts, nil
}

// AddJournal adds the flags of a journal.
func (f *Flags) AddJournal(flags *pflag.FlagSet) {
	flags.StringVar(&f.Journal, "journal", "", "`ADDRESS` of the journal, sqlite:PATH or postgres://... "+
		"(default $BARDGE_JOURNAL)")
	flags.StringVar(&f.Schema, "journal-schema", "", "`NAME` of the journal's schema in PostgreSQL")
	flags.StringVar(&f.SecretFile, "journal-secret-file", "", "read the secret that seals the journal from `FILE` "+
		"(default $BARDGE_JOURNAL_SECRET, else the API's credential)")
	flags.StringArrayVar(&f.PreviousSecretFiles, "previous-secret-file", nil, "read an earlier secret from `FILE`; "+
		"repeatable (default $BARDGE_JOURNAL_SECRET_PREVIOUS)")
}

// AddAccount adds the flag that names the account of a journal.
func (f *Flags) AddAccount(flags *pflag.FlagSet) {
	flags.StringVar(&f.Account, "account", "", "`NAME` of the account that the journal belongs to "+
		"(default $BARDGE_ACCOUNT)")
}

// AddBlueSnap adds the flags that only BlueSnap's client has.
func (f *Flags) AddBlueSnap(flags *pflag.FlagSet) {
	flags.StringVar(&f.MerchantID, "merchant-id", "",
		"the merchant's own `NUMBER`, for finding by a merchant transaction id (default $BLUESNAP_MERCHANT_ID)")
	flags.BoolVar(&f.RequireEcho, "require-echo", false,
		"repeat nothing in doubt before a response brings a key back, "+
			"for an account whose keys may not be enabled (default $BLUESNAP_REQUIRE_ECHO)")
}

// HasJournal reports whether flags or environment name a journal.
func (f *Flags) HasJournal() bool { return f.Journal != "" || f.app.Getenv("BARDGE_JOURNAL") != "" }
