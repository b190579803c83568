package bardge

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Version is the SDK's version, as sent in the User-Agent.
const Version = "0.1.0"

// DefaultBaseURL is where the vendor serves the Reseller API V3 (documented).
const DefaultBaseURL = "https://api-prod.bardge.com/v3/api/business/reseller"

// Client calls the Reseller API. It is safe for concurrent use. Make one and
// keep it: its calls share connections and a retry budget.
//
// Give each call a context with a deadline: without one, a mutation takes up to
// 85 s while the server is away. After the deadline the call ends with an
// *[Error], whose Outcome states what is known.
type Client struct {
	IssuedPasses *IssuedPassesService // issues, changes and reads passes
	Passes       *PassesService       // lists the packages that may be issued
	Providers    *ProvidersService    // lists gyms and spas
	AccessCodes  *AccessCodesService  // generates access codes
	Classes      *ClassesService      // lists classes and their dates
	Bookings     *BookingsService     // books classes and spas, reads and cancels bookings
	Copay        *CopayService        // lists co-pay options and buys co-pays
	Credits      *CreditsService      // buys credits
	Clients      *ClientsService      // reads clients
	Lookups      *LookupsService      // finds the clients of other resellers
	Operations   *OperationsService   // lists, reads and erases the journal's operations
	Preview      *PreviewService      // inferred operations, outside the promise of compatibility

	core        *sdk.Client
	window      time.Duration // in which the server remembers a key
	reconcilers map[string]reconciler
	report      *DriftReport // nil: not wanted
	known       *operations.Known
	paths       operations.Paths
}

type service struct{ client *Client }

// New makes a Client for an API key, which may be empty only with
// [WithAPIKeyProvider]. A bad option's error names it and is an *[InvalidError].
func New(apiKey string, opts ...Option) (c *Client, err error) {
	defer func() { err = sdk.Named("bardge", err) }()
	s := defaults()
	if err := sdk.ApplyOptions(opts, func(o Option) error { return o.apply(&s) }); err != nil {
		return nil, err
	}
	if err := s.takeKey(apiKey); err != nil {
		return nil, err
	}
	if err := cmp.Or(s.checkReconcilers(), s.paths.Check()); err != nil {
		return nil, err
	}
	if err := s.SealWith(s.fixedKey(), "the API key"); err != nil {
		return nil, err
	}
	core, err := s.Connect(s.config())
	if err != nil {
		return nil, err
	}
	if err := s.report.begin(s.BaseURL); err != nil {
		return nil, err
	}
	return newServices(core, &s), nil
}

func newServices(core *sdk.Client, s *settings) *Client {
	c := &Client{
		core: core, window: cmp.Or(s.Policy.KeyTTL, keyWindow), reconcilers: s.reconcilers,
		report: s.report, paths: s.paths, known: s.known(),
	}
	core.Class, core.ResponseOf, core.Verify, core.Recovery = c.known.Class, responseOf, c.verify, c.recovery()
	c.addServices()
	return c
}

// addServices makes the services, which call through c.
func (c *Client) addServices() {
	all := &service{client: c}
	c.IssuedPasses = (*IssuedPassesService)(all)
	c.Passes = (*PassesService)(all)
	c.Providers = (*ProvidersService)(all)
	c.AccessCodes = (*AccessCodesService)(all)
	c.Classes = (*ClassesService)(all)
	c.Bookings = (*BookingsService)(all)
	c.Copay = (*CopayService)(all)
	c.Credits = (*CreditsService)(all)
	c.Clients = (*ClientsService)(all)
	c.Lookups = (*LookupsService)(all)
	c.Operations = (*OperationsService)(all)
	c.Preview = (*PreviewService)(all)
}

// reportingTo returns a client whose calls are gathered in r alone. It shares
// all else with c.
func (c *Client) reportingTo(r *DriftReport) *Client {
	other := *c
	other.report = r
	other.addServices()
	_ = r.begin(c.core.Engine().BaseURL()) // r is new: it has no other
	return &other
}

// FromEnv makes a Client from BARDGE_API_KEY and, if set, BARDGE_BASE_URL.
// Options win over the environment.
func FromEnv(opts ...Option) (*Client, error) {
	env := newOption("BARDGE_API_KEY", func(s *settings) error {
		s.SetBaseURL(os.Getenv("BARDGE_BASE_URL"), "BARDGE_BASE_URL")
		if key := os.Getenv("BARDGE_API_KEY"); key != "" {
			return s.takeKey(key)
		}
		return nil
	})
	complete := newOption("", func(s *settings) error {
		if s.apiKey == "" && s.keySource == nil {
			return &InvalidError{Field: "BARDGE_API_KEY", Reason: "is not set"}
		}
		return nil
	})
	return New("", slices.Concat([]Option{env}, opts, []Option{complete})...)
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
func (c *Client) Close(ctx context.Context) error {
	return errors.Join(c.core.Close(ctx), sdk.Named("bardge: drift report", c.report.writeAtClose()))
}

type settings struct {
	sdk.Settings

	apiKey      string
	keySource   func(context.Context) (string, error) // goes before apiKey
	reconcilers map[string]reconciler
	report      *DriftReport
	raw         map[string]operations.Raw // of WithRawOperation, by name
	paths       operations.Paths          // of WithPath
}

// known are the operations of a client. Only one with a journal has to remember
// raw calls.
func (s *settings) known() *operations.Known {
	return operations.NewKnown(rows, s.raw, s.Journal != nil)
}

func defaults() settings {
	return settings{Settings: sdk.NewSettings("bardge", DefaultBaseURL, Version)}
}

func (s *settings) takeKey(apiKey string) error {
	switch {
	case s.keySource != nil && apiKey != "":
		return &InvalidError{Field: "API key", Reason: "is given twice, directly and by a source"}
	case s.keySource != nil, apiKey == "" && s.apiKey != "":
		return nil
	}
	if err := checkAPIKey(apiKey); err != nil {
		return err
	}
	s.apiKey = apiKey
	s.Credentials.Learn(apiKey)
	return nil
}

// fixedKey returns the API key, empty where a source provides it.
func (s *settings) fixedKey() string {
	if s.keySource != nil {
		return ""
	}
	return s.apiKey
}

func (s *settings) config() idem.Config {
	own := idem.Config{
		Profile:  profile(),
		Inspect:  inspector(s.Credentials.Redact).inspect,
		Header:   http.Header{"User-Agent": {s.UserAgent}, "Accept": {"application/json"}},
		Resource: resource,
		Scope:    func(r idem.Request) string { return reconcilable(s.paths, r).Scope() },
	}
	if s.keySource != nil {
		own.Authorize = s.authorize
	} else {
		setKey(own.Header, s.apiKey)
	}
	return own
}

func (s *settings) authorize(ctx context.Context, h http.Header) error {
	key, err := s.keySource(ctx)
	if err == nil {
		err = checkAPIKey(key)
	}
	if err != nil {
		return err
	}
	s.Credentials.Learn(key)
	setKey(h, key)
	return nil
}

func setKey(h http.Header, key string) { h.Set("Authorization", "Bearer "+key) }

// checkAPIKey rejects what cannot be an API key, without repeating it.
func checkAPIKey(key string) error {
	if key == "" {
		return &InvalidError{Field: "API key", Reason: "is empty"}
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			return &InvalidError{Field: "API key", Reason: "has a character that a header must not contain"}
		}
	}
	return nil
}
