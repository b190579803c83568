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
	Name              string // the package's, in errors, log lines and the User-Agent
	BaseURL, BaseFrom string // the API's URL, and the option that set it, for errors
	UserAgent         string
	Transport         http.RoundTripper
	Policy            idem.Policy
	Defaults          CallDefaults // apply to each call

	RateLimit     float64 // the server's, in requests a second; zero: unknown
	Limiter       idem.Limiter
	MaxConcurrent int // zero: no limit of the caller's

	Journal        journal.Journal
	Account        string        // that the journal belongs to
	JournalTimeout time.Duration // zero: the engine's default
	Secrets        [][]byte      // seal the journal; nil: the client's credential

	Logger      *slog.Logger
	Observer    func(idem.Event)
	Verbose     bool // errors show the vendor's messages
	Credentials Credentials
}

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

// SealWith makes a named credential the journal's secret, unless one is set.
func (s *Settings) SealWith(credential, name string) (err error) {
	if s.Journal != nil && s.Secrets == nil {
		s.Secrets, err = defaultSecret(credential, name)
	}
	return OptionError("WithJournalSecret", err)
}

// config completes the vendor's own.
func (s *Settings) config(own idem.Config) idem.Config {
	own.BaseURL, own.Policy, own.Transport = s.BaseURL, s.Policy, s.Transport
	own.RateLimit, own.Limiter, own.MaxConcurrent = s.RateLimit, s.Limiter, s.MaxConcurrent
	own.Journal, own.Account, own.JournalTimeout = s.Journal, s.Account, s.JournalTimeout
	own.JournalSecrets, own.Logger = s.Secrets, s.Logger
	own.Observe = Observe(s.Name, s.Logger, s.Observer, s.Credentials.Redact)
	return own
}

// Connect makes a client from the settings and the vendor's own.
func (s *Settings) Connect(own idem.Config) (*Client, error) {
	engine, err := idem.New(s.config(own))
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
	case bad.Field == "RateLimit":
		return OptionError("WithRateLimit", err)
	case bad.Field == "journal secret":
		return OptionError("WithJournalSecret", err)
	default:
		return OptionError("WithRetryPolicy", err)
	}
}

// ApplyOptions applies a client's options in order and skips nil ones.
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

// OptionError puts the option's name before an error, unless either is empty.
func OptionError(option string, err error) error {
	if option == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", option, err)
}
