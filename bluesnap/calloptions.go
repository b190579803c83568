package bluesnap

import (
	"context"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/facade"
)

// CallOption changes one call.
type CallOption interface{ applyCall(*callSettings) error }

type callOption func(*callSettings) error

func (o callOption) applyCall(s *callSettings) error { return o(s) }

// callSettings is what the call options fill in.
type callSettings struct {
	key         Key
	ref         string
	maxAttempts int
	header      http.Header
	extra       []facade.Field
	reread      func(context.Context) (*idem.Answer, bool)
}

// collect applies the call options in order.
func collect(opts []CallOption) (callSettings, error) {
	var s callSettings
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o.applyCall(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes the operation that the error is about, within the same window.
// Operations that take no key (reads, captures, reversals) refuse it.
func WithIdempotencyKey(k Key) CallOption {
	return callOption(func(s *callSettings) error {
		if k.IsZero() {
			return &InvalidError{Field: "idempotency key", Reason: "is empty"}
		}
		s.key = k
		return nil
	})
}

// WithRef names the operation by the caller's own number, such as an order's: it
// is then done once for that ref, for as long as the journal remembers it, and a
// later call gets the recorded result. It needs [WithJournal], and chooses the
// key. Refs must be unique among all programs that use the merchant's account:
// key and merchantTransactionId are made from them.
func WithRef(ref string) CallOption {
	return callOption(func(s *callSettings) error {
		if ref == "" {
			return &InvalidError{Field: "ref", Reason: "is empty"}
		}
		s.ref = ref
		return nil
	})
}

// WithMaxAttempts bounds the attempts of this call, the first included; 1 means
// no retry. Zero and less are refused.
func WithMaxAttempts(n int) CallOption {
	return callOption(func(s *callSettings) error {
		if n < 1 {
			return &InvalidError{Field: "MaxAttempts", Reason: "is less than 1"}
		}
		s.maxAttempts = n
		return nil
	})
}

// WithHeader sends a header that the SDK does not know. Those that the SDK or
// HTTP owns are refused, among them Accept, Authorization, Bluesnap-Version,
// Content-Type, Idempotency-Key and User-Agent.
func WithHeader(name, value string) CallOption {
	return callOption(func(s *callSettings) error {
		switch canonical := http.CanonicalHeaderKey(name); canonical {
		case "":
			return &InvalidError{Field: "header", Reason: "has no name"}
		case "Accept", "User-Agent", versionHeader:
			return &InvalidError{Field: "header " + canonical, Reason: "is set by the SDK"}
		}
		s.setHeader(name, value)
		return nil
	})
}

func (s *callSettings) setHeader(name, value string) {
	if s.header == nil {
		s.header = http.Header{}
	}
	s.header.Set(name, value)
}

// WithExtraField adds a field to the top of the request's JSON body that the SDK
// does not model; the Extra maps of params do so at any depth. A field that the
// call sets already is refused, and so is one for a call without a JSON body.
func WithExtraField(name string, value any) CallOption {
	return callOption(func(s *callSettings) error {
		f, err := facade.NewField(name, value)
		if err != nil {
			return err
		}
		s.extra = append(s.extra, f)
		return nil
	})
}
