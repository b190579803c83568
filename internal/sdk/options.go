package sdk

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Option is an option that the clients of all vendors have.
type Option struct {
	Name string
	Set  func(*Settings) error
}

func set(name string, f func(*Settings)) Option {
	return Option{name, func(s *Settings) error {
		f(s)
		return nil
	}}
}

func BaseURL(u string) Option {
	return set("WithBaseURL", func(s *Settings) { s.BaseURL, s.BaseFrom = u, "WithBaseURL" })
}

func HTTPClient(c *http.Client) Option {
	return Option{"WithHTTPClient", func(s *Settings) (err error) {
		s.Transport, err = transportOf(c)
		return err
	}}
}

func Journal(j journal.Journal, account string) Option {
	return Option{"WithJournal", func(s *Settings) error {
		s.Journal, s.Account = j, account
		return checkJournal(j, account)
	}}
}

func JournalTimeout(d time.Duration) Option {
	return Option{"WithJournalTimeout", func(s *Settings) error {
		if d <= 0 {
			return &idem.InvalidError{Field: "journal timeout", Reason: "is not positive"}
		}
		s.JournalTimeout = d
		return nil
	}}
}

// JournalSecret lists the secrets that seal the journal, newest first.
func JournalSecret(secret []byte, previous [][]byte) Option {
	return Option{"WithJournalSecret", func(s *Settings) (err error) {
		s.Secrets, err = checkSecrets(append([][]byte{secret}, previous...))
		return err
	}}
}

func Logger(l *slog.Logger) Option {
	return set("WithLogger", func(s *Settings) { s.Logger = l })
}

// Observer adds f to the functions that receive every event.
func Observer(f func(idem.Event)) Option {
	return set("WithObserver", func(s *Settings) { s.Observer = InTurn(s.Observer, f) })
}

func VerboseErrors() Option {
	return set("WithVerboseErrors", func(s *Settings) { s.Verbose = true })
}

func UserAgent(product string) Option {
	return Option{"WithUserAgent", func(s *Settings) error {
		for i := range len(product) {
			if product[i] < ' ' || product[i] >= 0x7f {
				return &idem.InvalidError{Field: "user agent", Reason: "has a character that a header must not contain"}
			}
		}
		if product != "" {
			s.UserAgent = product + " " + s.UserAgent
		}
		return nil
	}}
}

// Named puts the package's name in front of an error; nil stays nil.
func Named(pkg string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", pkg, err)
}

// IsNil reports whether v is nil or holds a nil pointer, map or function.
func IsNil(v any) bool {
	at := reflect.ValueOf(v)
	switch at.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.Interface:
		return at.IsNil()
	default:
		return false
	}
}
