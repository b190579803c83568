package bluesnaptest

import (
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Stored selects the responses of an operation that are stored under its key.
// The vendor states only that "the previous response" is returned; all three
// are inferred.
type Stored string

const (
	// StoredAll stores every response of the operation, declines and server
	// errors included. It is the default: an executed operation is never
	// executed again while its key is remembered.
	StoredAll Stored = "all"
	// StoredFinal stores all but server errors. After
	// [fakeserver.ServerErrorAfter] the same key executes the operation again.
	StoredFinal Stored = "final"
	// StoredSuccess stores only successes: the same key executes a declined
	// request again, and one that was executed but reported as a timeout.
	StoredSuccess Stored = "success"
)

// WithStored sets which responses are stored.
func WithStored(which Stored) fakeserver.Option {
	return func(s *fakeserver.Settings) error {
		switch which {
		case StoredAll:
			s.Keys.Stored = nil
		case StoredFinal:
			s.Keys.Stored = func(status int) bool { return status < http.StatusInternalServerError }
		case StoredSuccess:
			s.Keys.Stored = func(status int) bool { return status < http.StatusMultipleChoices }
		default:
			return fmt.Errorf("bluesnaptest: WithStored: %q is unknown", string(which))
		}
		return nil
	}
}

// WithEchoOnReplay returns the key only with replays, as one reading of the
// vendor's page has it. By default every response of an operation that honours
// the key has it (both inferred).
func WithEchoOnReplay() fakeserver.Option {
	return marking(func(header http.Header, replayed bool) {
		if !replayed {
			header.Del(keyHeader)
		}
	})
}

// WithoutLocationOnReplay removes the Location header from replays. The vendor
// does not document it; by default it is repeated (inferred).
func WithoutLocationOnReplay() fakeserver.Option {
	return marking(func(header http.Header, replayed bool) {
		if replayed {
			header.Del(locationName)
		}
	})
}

// WithoutKeys makes a server for a merchant without the idempotency feature:
// keys are ignored and not returned.
func WithoutKeys() fakeserver.Option {
	return func(s *fakeserver.Settings) error {
		s.Keys.Ignored = true
		return nil
	}
}

// marking changes the header of a response after the other marks.
func marking(change func(header http.Header, replayed bool)) fakeserver.Option {
	return func(s *fakeserver.Settings) error {
		before := s.Keys.Mark
		s.Keys.Mark = func(header http.Header, key string, replayed bool) {
			before(header, key, replayed)
			change(header, replayed)
		}
		return nil
	}
}
