package bluesnap

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Version is the SDK's version, as sent in the User-Agent.
const Version = "0.1.0"

// Where the vendor serves its Payment API (documented).
const (
	// ProductionURL is the default.
	ProductionURL = "https://ws.bluesnap.com"
	// SandboxURL is the vendor's own sandbox; see [WithSandbox].
	SandboxURL = "https://sandbox.bluesnap.com"
)

// DefaultAPIVersion is the bluesnap-version that goes out with every attempt:
// without one the account's setting decides what responses look like
// (documented).
const DefaultAPIVersion = "3.0"

// Client calls the Payment API. It is safe for concurrent use; make one and
// keep it, since its calls share connections and the retry budget.
type Client struct {
	// Transactions are card and wallet payments, with their captures, reversals
	// and refunds.
	Transactions *TransactionsService
	// AltTransactions are payments that no card makes: ACH, ECP and others.
	AltTransactions *AltTransactionsService
	// VaultedShoppers are people whose means of payment are stored.
	VaultedShoppers *VaultedShoppersService
	// Subscriptions are plans, subscriptions to them, and those that the
	// merchant charges on demand.
	Subscriptions *SubscriptionsService
	// Vendors receive shares of payments.
	Vendors *VendorsService
	// Accounts are what belongs to the merchant: Apple Pay domains, custom
	// reports, users of the console.
	Accounts *AccountsService
	// Documents are the endpoints that speak XML alone.
	Documents *DocumentsService
	// Operations of the journal are listed, read and erased here.
	Operations *OperationsService

	engine      func() *idem.Engine // a function: a dump by reflection shows no credentials
	credentials sdk.Credentials
	defaults    sdk.CallDefaults
	verbose     bool // errors show the vendor's messages
	base        string
	merchantID  string
	unique      bool // the caller's merchantTransactionIds are
	reconcilers map[string]reconciler
}

// service is what every service is made of.
type service struct{ client *Client }

// New makes a Client for an API user (console: Settings, API Settings). Bad
// settings fail here, as an error that wraps *[InvalidError] and names the
// option, and not at the first call.
func New(username, password string, opts ...Option) (*Client, error) {
	c, err := newClient(username, password, opts)
	if err != nil {
		return nil, fmt.Errorf("bluesnap: %w", err)
	}
	return c, nil
}

func newClient(username, password string, opts []Option) (*Client, error) {
	s := defaults()
	for _, o := range opts {
		if sdk.IsNil(o) {
			continue
		}
		if err := o.apply(&s); err != nil {
			return nil, sdk.OptionError(fmt.Sprint(o), err)
		}
	}
	auth, err := basicAuth(username, password)
	if err != nil {
		return nil, err
	}
	s.learn(auth)
	if s.journal != nil && s.secrets == nil {
		if s.secrets, err = sdk.DefaultSecret(password, "the password"); err != nil {
			return nil, sdk.OptionError("WithJournalSecret", err)
		}
	}
	return build(&s, auth)
}

// FromEnv makes a Client from the environment: BLUESNAP_USERNAME,
// BLUESNAP_PASSWORD, and BLUESNAP_BASE_URL where it is set. Options given here
// win over it.
func FromEnv(opts ...Option) (*Client, error) {
	env := newOption("FromEnv", func(s *settings) error {
		if base := os.Getenv("BLUESNAP_BASE_URL"); base != "" {
			s.baseURL, s.baseFrom = base, "BLUESNAP_BASE_URL"
		}
		return nil
	})
	for _, name := range []string{"BLUESNAP_USERNAME", "BLUESNAP_PASSWORD"} {
		if os.Getenv(name) == "" {
			return nil, fmt.Errorf("bluesnap: %w", &InvalidError{Field: name, Reason: "is not set"})
		}
	}
	return New(os.Getenv("BLUESNAP_USERNAME"), os.Getenv("BLUESNAP_PASSWORD"), append([]Option{env}, opts...)...)
}

// build makes the services around one engine.
func build(s *settings, auth string) (*Client, error) {
	config := s.engine(s.baseURL)
	config.Header = http.Header{"User-Agent": {s.userAgent}, versionHeader: {s.version}}
	config.Journal, config.JournalSecrets, config.Resource = s.journal, s.secrets, resource
	config.Account, config.JournalTimeout = s.account, s.journalTimeout
	config.Authorize = func(_ context.Context, h http.Header) error {
		h.Set("Authorization", auth)
		return nil
	}
	engine, err := idem.New(config)
	if err != nil {
		return nil, sdk.EngineError(s.baseFrom, err)
	}
	if err := s.defaults.Check(engine); err != nil {
		return nil, err
	}
	c := &Client{
		engine:      func() *idem.Engine { return engine },
		credentials: s.credentials,
		defaults:    s.defaults,
		verbose:     s.verbose,
		base:        strings.TrimSuffix(s.baseURL, "/"),
		merchantID:  s.merchantID,
		unique:      s.unique,
		reconcilers: s.reconcilers,
	}
	all := &service{client: c}
	c.Transactions = (*TransactionsService)(all)
	c.AltTransactions = (*AltTransactionsService)(all)
	c.VaultedShoppers = (*VaultedShoppersService)(all)
	c.Subscriptions = (*SubscriptionsService)(all)
	c.Vendors = (*VendorsService)(all)
	c.Accounts = (*AccountsService)(all)
	c.Documents = (*DocumentsService)(all)
	c.Operations = (*OperationsService)(all)
	return c, nil
}

// CloseIdleConnections closes the connections that this client keeps for later.
// Calls under way go on. It does nothing with a custom RoundTripper, whose
// connections are its owner's.
func (c *Client) CloseIdleConnections() { c.engine().CloseIdleConnections() }

// versionHeader selects the shape of answers (documented).
const versionHeader = "Bluesnap-Version"

// settings is what the options fill in.
type settings struct {
	baseURL   string
	baseFrom  string // what has set it, for errors
	version   string
	userAgent string
	transport http.RoundTripper
	policy    RetryPolicy
	defaults  sdk.CallDefaults
	journal   idem.Journal
	account   string   // that the journal belongs to
	secrets   [][]byte // what seals the journal; nil: the password

	journalTimeout time.Duration // zero: the engine's default

	merchantID  string
	unique      bool
	reconcilers map[string]reconciler
	logger      *slog.Logger
	observer    func(Event)
	verbose     bool
	credentials sdk.Credentials
	wallClock   func() time.Time // nil: the system's
}

func defaults() settings {
	return settings{
		baseURL: ProductionURL, baseFrom: "WithBaseURL", version: DefaultAPIVersion,
		userAgent: "bluesnap-go/" + Version, credentials: sdk.NewCredentials(),
	}
}

// engine is what every engine of this package is made of.
func (s *settings) engine(base string) idem.Config {
	return idem.Config{
		Profile:   profile(),
		Policy:    s.policy,
		BaseURL:   base,
		Transport: s.transport,
		Observe:   sdk.Observe("bluesnap", s.logger, s.observer, s.credentials.Redact),
		Logger:    s.logger,
		WallClock: s.wallClock,
	}
}

// basicAuth is the Authorization header: the vendor fails a call with more or
// less than one space in it (documented).
func basicAuth(username, password string) (string, error) {
	switch {
	case username == "":
		return "", &InvalidError{Field: "username", Reason: "is empty"}
	case strings.Contains(username, ":"):
		return "", &InvalidError{Field: "username", Reason: "has a colon, which ends it in the header"}
	case password == "":
		return "", &InvalidError{Field: "password", Reason: "is empty"}
	case strings.ContainsFunc(username+password, isControl):
		return "", &InvalidError{Field: "username or password", Reason: "has a control character"}
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password)), nil
}

// learn remembers the credentials of an Authorization header, the password by itself too.
func (s *settings) learn(auth string) {
	encoded := auth[strings.LastIndexByte(auth, ' ')+1:]
	s.credentials.Learn(encoded)
	if pair, err := base64.StdEncoding.DecodeString(encoded); err == nil {
		_, password, _ := strings.Cut(string(pair), ":")
		s.credentials.Learn(password)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
