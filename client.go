package bardge

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Version is the SDK's version, as sent in the User-Agent.
const Version = "0.1.0"

// DefaultBaseURL is where the vendor serves the Reseller API V3 (documented).
const DefaultBaseURL = "https://api-prod.bardge.com/v3/api/business/reseller"

// Client calls the Reseller API. It is safe for concurrent use; make one with
// [New] or [FromEnv] and keep it, since its calls share connections and the
// retry budget. The zero Client does not work.
//
// Give each call a context with a deadline: without one, a mutation takes up to
// 85 s while the server is away. A deadline that passes ends the call with an
// *[Error], whose Outcome says what is known; an unknown one can be resumed.
type Client struct {
	// IssuedPasses are issued, changed and read here.
	IssuedPasses *IssuedPassesService
	// Passes are the packages that may be issued.
	Passes *PassesService
	// Providers are found here.
	Providers *ProvidersService
	// AccessCodes are generated here.
	AccessCodes *AccessCodesService
	// Classes are found here.
	Classes *ClassesService
	// Bookings of classes and spas are made, read and cancelled here.
	Bookings *BookingsService
	// Copay options are read and co-pays bought here.
	Copay *CopayService
	// Credits are bought here.
	Credits *CreditsService
	// Clients are read here.
	Clients *ClientsService
	// Lookups find the clients of other resellers.
	Lookups *LookupsService
	// Operations of the journal are listed, read and erased here.
	Operations *OperationsService

	engine      func() *idem.Engine // a function: a dump by reflection shows no credentials
	credentials sdk.Credentials
	defaults    sdk.CallDefaults
	verbose     bool          // errors show the vendor's messages
	window      time.Duration // in which the server remembers a key
	reconcilers map[string]reconciler
}

// service is what every service is made of.
type service struct{ client *Client }

// New makes a Client for the reseller whose API key it is given. The key may be
// empty only with [WithAPIKeyProvider]. Bad settings fail here, as an error
// that wraps *[InvalidError] and names the option, and not at the first call.
func New(apiKey string, opts ...Option) (*Client, error) {
	c, err := newClient(apiKey, opts)
	if err != nil {
		return nil, fmt.Errorf("bardge: %w", err)
	}
	return c, nil
}

func newClient(apiKey string, opts []Option) (*Client, error) {
	s := settings{
		baseURL: DefaultBaseURL, baseFrom: "WithBaseURL", userAgent: "bardge-go/" + Version,
		credentials: sdk.NewCredentials(),
	}
	for _, o := range opts {
		if sdk.IsNil(o) {
			continue
		}
		if err := o.apply(&s); err != nil {
			return nil, sdk.OptionError(fmt.Sprint(o), err)
		}
	}
	if err := s.takeKey(apiKey); err != nil {
		return nil, err
	}
	if s.journal != nil && s.secrets == nil {
		var err error
		if s.secrets, err = sdk.DefaultSecret(s.fixedKey(), "the API key"); err != nil {
			return nil, sdk.OptionError("WithJournalSecret", err)
		}
	}
	return build(&s)
}

// build makes the services around one engine.
func build(s *settings) (*Client, error) {
	engine, err := idem.New(s.engine())
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
		window:      cmp.Or(s.policy.KeyTTL, keyWindow),
		reconcilers: s.reconcilers,
	}
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
	return c, nil
}

// FromEnv makes a Client from the environment: BARDGE_API_KEY, and
// BARDGE_BASE_URL where it is set. Options given here win over it.
func FromEnv(opts ...Option) (*Client, error) {
	env := newOption("BARDGE_API_KEY", func(s *settings) error {
		if base := os.Getenv("BARDGE_BASE_URL"); base != "" {
			s.baseURL, s.baseFrom = base, "BARDGE_BASE_URL"
		}
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

// CloseIdleConnections closes the connections that this client keeps for later.
// Calls under way go on. It does nothing with a custom RoundTripper, whose
// connections are its owner's.
func (c *Client) CloseIdleConnections() { c.engine().CloseIdleConnections() }

// settings is what the options fill in.
type settings struct {
	baseURL   string
	baseFrom  string // what has set it, for errors
	userAgent string
	apiKey    string
	keySource func(context.Context) (string, error) // goes before apiKey
	transport http.RoundTripper
	policy    RetryPolicy
	defaults  sdk.CallDefaults
	journal   idem.Journal
	account   string   // that the journal belongs to
	secrets   [][]byte // what seals the journal; nil: the API key

	journalTimeout time.Duration // zero: the engine's default

	reconcilers map[string]reconciler
	logger      *slog.Logger
	observer    func(Event)
	verbose     bool
	credentials sdk.Credentials
}

// takeKey sets the API key, unless a source was set.
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
	s.credentials.Learn(apiKey)
	return nil
}

// fixedKey returns the API key, empty where a source provides it.
func (s *settings) fixedKey() string {
	if s.keySource != nil {
		return ""
	}
	return s.apiKey
}

// engine is the configuration of the engine under the client.
func (s *settings) engine() idem.Config {
	header := http.Header{"User-Agent": {s.userAgent}, "Accept": {"application/json"}}
	authorize := s.authorize
	if s.keySource == nil {
		setKey(header, s.apiKey)
		authorize = nil
	}
	return idem.Config{
		Profile:        profile(),
		Policy:         idem.Policy(s.policy),
		BaseURL:        s.baseURL,
		Transport:      s.transport,
		Header:         header,
		Authorize:      authorize,
		Journal:        s.journal,
		Account:        s.account,
		JournalTimeout: s.journalTimeout,
		JournalSecrets: s.secrets,
		Resource:       resource,
		Scope:          scope,
		Observe:        sdk.Observe("bardge", s.logger, s.observer, s.credentials.Redact),
		Logger:         s.logger,
	}
}

// authorize adds the source's API key to one attempt.
func (s *settings) authorize(ctx context.Context, h http.Header) error {
	key, err := s.keySource(ctx)
	if err != nil {
		return err
	}
	if err := checkAPIKey(key); err != nil {
		return err
	}
	s.credentials.Learn(key)
	setKey(h, key)
	return nil
}

func setKey(h http.Header, key string) { h.Set("Authorization", "Bearer "+key) }

// checkAPIKey refuses what cannot be an API key, without repeating it.
func checkAPIKey(key string) error {
	if key == "" {
		return &InvalidError{Field: "API key", Reason: "is empty"}
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			return &InvalidError{Field: "API key", Reason: "has a character that cannot stand in a header"}
		}
	}
	return nil
}
