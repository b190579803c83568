package sdk

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Settings holds the options of a client.
type Settings struct {
	// Name is the package's name, in errors, log lines and the User-Agent.
	Name string
	// BaseURL is the API's URL, BaseFrom the option that set it, for errors.
	BaseURL, BaseFrom string
	UserAgent         string
	Transport         http.RoundTripper
	Policy            idem.Policy
	// Defaults apply to each call.
	Defaults CallDefaults

	Journal        journal.Journal
	Account        string        // that the journal belongs to
	JournalTimeout time.Duration // zero: the engine's default
	Secrets        [][]byte      // seal the journal; nil: the client's credential

	Logger      *slog.Logger
	Observer    func(idem.Event)
	Verbose     bool // errors show the vendor's messages
	Credentials Credentials
}

// NewSettings returns the defaults of a package.
func NewSettings(name, baseURL, version string) Settings {
	return Settings{
		Name: name, BaseURL: baseURL, BaseFrom: "WithBaseURL", UserAgent: name + "-go/" + version,
		Credentials: NewCredentials(),
	}
}

// SetBaseURL replaces the base URL, unless baseURL is empty.
func (s *Settings) SetBaseURL(baseURL, from string) {
	if baseURL != "" {
		s.BaseURL, s.BaseFrom = baseURL, from
	}
}

// SealWith makes a credential the secret of the journal, unless one is set.
// Errors refer to it by name.
func (s *Settings) SealWith(credential, name string) (err error) {
	if s.Journal != nil && s.Secrets == nil {
		s.Secrets, err = defaultSecret(credential, name)
	}
	return OptionError("WithJournalSecret", err)
}

// Connect makes a client from the settings and the vendor's own.
func (s *Settings) Connect(own idem.Config) (*Client, error) {
	own.BaseURL, own.Policy, own.Transport = s.BaseURL, s.Policy, s.Transport
	own.Journal, own.Account, own.JournalTimeout = s.Journal, s.Account, s.JournalTimeout
	own.JournalSecrets, own.Logger = s.Secrets, s.Logger
	own.Observe = Observe(s.Name, s.Logger, s.Observer, s.Credentials.Redact)
	engine, err := idem.New(own)
	if err != nil {
		return nil, s.engineError(err)
	}
	if err := s.Defaults.Check(engine); err != nil {
		return nil, err
	}
	return &Client{
		Name: s.Name, Engine: func() *idem.Engine { return engine },
		Credentials: s.Credentials, Defaults: s.Defaults, Verbose: s.Verbose,
	}, nil
}

// engineError names the option behind a setting that the engine refuses.
func (s *Settings) engineError(err error) error {
	var bad *idem.InvalidError
	switch {
	case !errors.As(err, &bad):
		return err
	case bad.Field == "base URL":
		return OptionError(s.BaseFrom, err)
	case bad.Field == "journal secret":
		return OptionError("WithJournalSecret", err)
	default:
		return OptionError("WithRetryPolicy", err)
	}
}

// ApplyOptions applies a client's options in order and skips nil ones. The
// error names its option.
func ApplyOptions[O any](opts []O, apply func(O) error) error {
	for _, o := range opts {
		if IsNil(o) {
			continue
		}
		if err := apply(o); err != nil {
			return OptionError(fmt.Sprint(o), err)
		}
	}
	return nil
}

// OptionError puts the option's name in front of an error. An empty name leaves
// the error as it is; a nil error stays nil.
func OptionError(option string, err error) error {
	if option == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", option, err)
}
