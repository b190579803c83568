package bluesnaptest

import (
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Stored says which answers of an operation are kept under its key. The vendor says only that "the previous response"
// is returned; all three are inferred.
type Stored string

const (
	// StoredAll keeps every answer that the operation gave, declines and server errors among them. It is the default:
	// an operation that was executed is never executed again while its key is remembered.
	StoredAll Stored = "all"
	// StoredFinal keeps all but server errors. An operation that was executed and answered with one by
	// [fakeserver.ServerErrorAfter] is executed again for the same key.
	StoredFinal Stored = "final"
	// StoredSuccess keeps successes alone: a declined request is tried again for the same key, and so is one that
	// was told as a timeout although it was executed.
	StoredSuccess Stored = "success"
)

// WithStored sets which answers are kept.
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

// WithEchoOnReplay sends the key back with replays only, as one reading of the vendor's page has it. By default every
// answer of an operation that looked at the key carries it (both inferred).
func WithEchoOnReplay() fakeserver.Option {
	return marking(func(header http.Header, replayed bool) {
		if !replayed {
			header.Del(keyHeader)
		}
	})
}

// WithoutLocationOnReplay leaves the Location header out of replays. Whether the vendor repeats it is not documented;
// by default it is repeated (inferred).
func WithoutLocationOnReplay() fakeserver.Option {
	return marking(func(header http.Header, replayed bool) {
		if replayed {
			header.Del(locationName)
		}
	})
}

// WithoutKeys makes a server whose merchant does not have the idempotency feature: keys are ignored and not sent back.
func WithoutKeys() fakeserver.Option {
	return func(s *fakeserver.Settings) error {
		s.Keys.Ignored = true
		return nil
	}
}

// marking changes the header of an answer after what marks it already.
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
