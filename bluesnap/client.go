package bluesnap

import (
	"context"
	"encoding/base64"
	"fmt"
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
	ProductionURL = "https://ws.bluesnap.com"      // the default
	SandboxURL    = "https://sandbox.bluesnap.com" // the vendor's own sandbox; see [WithSandbox]
)

// DefaultAPIVersion is sent as bluesnap-version with every attempt: without it
// the account's setting decides what responses look like (documented).
const DefaultAPIVersion = "3.0"

// Client calls the Payment API. It is safe for concurrent use; make one and
// keep it: its calls share connections and a retry budget.
type Client struct {
	Transactions    *TransactionsService    // pays by card or wallet, captures, reverses, refunds
	AltTransactions *AltTransactionsService // pays without a card: ACH, ECP and others
	VaultedShoppers *VaultedShoppersService // stores people with their means of payment
	Subscriptions   *SubscriptionsService   // makes plans and subscriptions, also on demand
	Vendors         *VendorsService         // makes vendors, who receive shares of payments
	PaymentFields   *PaymentFieldsService   // makes tokens for fields that a browser sends
	Accounts        *AccountsService        // registers the merchant's domains, reports and users
	Documents       *DocumentsService       // calls the endpoints that speak XML alone
	Operations      *OperationsService      // lists, reads and erases the journal's operations

	core        *sdk.Client
	base        string
	merchantID  string
	unique      bool // the caller's merchantTransactionIds are
	echo        *echo
	reconcilers map[string]reconciler
}

type service struct{ client *Client }

// New makes a Client for an API user (console: Settings, API Settings). A bad
// setting is an error that wraps *[InvalidError] and names the option.
func New(username, password string, opts ...Option) (c *Client, err error) {
	defer func() { err = sdk.Named("bluesnap", err) }()
	s := defaults()
	if err := sdk.ApplyOptions(opts, func(o Option) error { return o.apply(&s) }); err != nil {
		return nil, err
	}
	auth, err := basicAuth(username, password)
	if err != nil {
		return nil, err
	}
	s.learn(auth)
	if err := s.SealWith(password, "the password"); err != nil {
		return nil, err
	}
	core, err := s.Connect(idem.Config{
		Profile:   profile(),
		Header:    http.Header{"User-Agent": {s.UserAgent}, versionHeader: {s.version}},
		Resource:  resource,
		WallClock: s.wallClock,
		Authorize: func(_ context.Context, h http.Header) error {
			h.Set("Authorization", auth)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return newServices(core, &s), nil
}

// FromEnv makes a Client from BLUESNAP_USERNAME, BLUESNAP_PASSWORD and, if set,
// BLUESNAP_BASE_URL. Options win over the environment.
func FromEnv(opts ...Option) (*Client, error) {
	env := newOption("FromEnv", func(s *settings) error {
		s.SetBaseURL(os.Getenv("BLUESNAP_BASE_URL"), "BLUESNAP_BASE_URL")
		return nil
	})
	for _, name := range []string{"BLUESNAP_USERNAME", "BLUESNAP_PASSWORD"} {
		if os.Getenv(name) == "" {
			return nil, fmt.Errorf("bluesnap: %w", &InvalidError{Field: name, Reason: "is not set"})
		}
	}
	return New(os.Getenv("BLUESNAP_USERNAME"), os.Getenv("BLUESNAP_PASSWORD"), append([]Option{env}, opts...)...)
}

func newServices(core *sdk.Client, s *settings) *Client {
	c := &Client{
		core: core, base: strings.TrimSuffix(s.BaseURL, "/"),
		merchantID: s.merchantID, unique: s.unique, echo: s.echo, reconcilers: s.reconcilers,
	}
	core.Class, core.ResponseOf, core.Verify, core.Recovery = classOf, responseOf, c.verify, c.recovery()
	all := &service{client: c}
	c.Transactions = (*TransactionsService)(all)
	c.AltTransactions = (*AltTransactionsService)(all)
	c.VaultedShoppers = (*VaultedShoppersService)(all)
	c.Subscriptions = (*SubscriptionsService)(all)
	c.Vendors = (*VendorsService)(all)
	c.PaymentFields = (*PaymentFieldsService)(all)
	c.Accounts = (*AccountsService)(all)
	c.Documents = (*DocumentsService)(all)
	c.Operations = (*OperationsService)(all)
	return c
}

// CloseIdleConnections closes this client's unused connections; calls in
// progress go on. A custom RoundTripper's connections stay open.
func (c *Client) CloseIdleConnections() { c.core.Engine().CloseIdleConnections() }

// ErrClientClosed is in the errors of calls that begin after [Client.Close].
// They send nothing; the [Error] has what is known by ref or key.
var ErrClientClosed = idem.ErrClosed

// Close ends the client's work in order. Calls that begin from now on end with
// [ErrClientClosed]. Calls in progress end with retries and records;
// [Client.Recover] and [Client.RunRecovery] finish what has begun. Then idle
// connections are closed. Close the journal after Close has returned nil.
//
// If ctx ends first, the error wraps its error and counts the calls in
// progress, the SDK's own reads included; they go on, and Close may be called
// again. A process that exits earlier loses their outcomes; with a journal,
// [Client.Recover] finishes them in the next process.
//
// Close may be called repeatedly and concurrently, but not by an observer, a
// callback of RunRecovery, or in a loop over Recover: it waits for these.
func (c *Client) Close(ctx context.Context) error { return c.core.Close(ctx) }

// versionHeader selects the shape of responses (documented).
const versionHeader = "Bluesnap-Version"

type settings struct {
	sdk.Settings

	version     string
	merchantID  string
	unique      bool
	echo        *echo // nil: no echo is required
	reconcilers map[string]reconciler
	wallClock   func() time.Time // nil: the system's
}

func defaults() settings {
	return settings{Settings: sdk.NewSettings("bluesnap", ProductionURL, Version), version: DefaultAPIVersion}
}

// basicAuth returns the Authorization header. With more or less than one space
// the vendor fails the call (documented).
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

// learn remembers an Authorization header's credentials and its password.
func (s *settings) learn(auth string) {
	encoded := auth[strings.LastIndexByte(auth, ' ')+1:]
	s.Credentials.Learn(encoded)
	if pair, err := base64.StdEncoding.DecodeString(encoded); err == nil {
		_, password, _ := strings.Cut(string(pair), ":")
		s.Credentials.Learn(password)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
