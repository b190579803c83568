package bluesnap

import (
	"github.com/bardge/bardge-go/internal/facade"
)

// CallOption changes one call.
type CallOption interface{ applyCall(*callSettings) error }

type callOption func(*callSettings) error

func (o callOption) applyCall(s *callSettings) error { return o(s) }

// callSettings is what the call options fill in.
type callSettings = facade.CallSettings

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes the operation that the error is about, within the same window.
// Operations that take no key (reads, captures, reversals) refuse it.
func WithIdempotencyKey(k Key) CallOption {
	return callOption(func(s *callSettings) error { return s.TakeKey(k) })
}

// WithRef names the operation by the caller's own number, such as an order's, of at
// most 1,024 bytes of UTF-8, none of them zero: it is then done once for that ref, for
// as long as the journal remembers it, and a later call gets the recorded result. One
// ref names one operation with one body (compared as JSON; a document byte for byte): an
// order that is paid and later refunded needs two, such as order-17/pay and
// order-17/refund; anything else is [ErrRefReused]. A ref needs [WithJournal], and
// chooses the key: a call that was made with a ref is repeated with that ref, never with
// its error's key, of which the journal would learn nothing. Refs must be unique among
// all programs that use the merchant's account: key and merchantTransactionId are made
// from them.
func WithRef(ref string) CallOption {
	return callOption(func(s *callSettings) error { return s.TakeRef(ref) })
}

// WithMaxAttempts bounds the attempts of this call, the first included; 1 means
// no retry. Zero and less are refused.
func WithMaxAttempts(n int) CallOption {
	return callOption(func(s *callSettings) error { return s.TakeMaxAttempts(n) })
}

// WithHeader sends a header that the SDK does not know. Those that the SDK or
// HTTP owns are refused, among them Accept, Authorization, Bluesnap-Version,
// Content-Type, Idempotency-Key and User-Agent.
func WithHeader(name, value string) CallOption {
	return callOption(func(s *callSettings) error { return s.TakeHeader(name, value, versionHeader) })
}

// WithExtraField adds a field to the top of the request's JSON body that the SDK
// does not model; the Extra maps of params do so at any depth. A field that the
// call sets already is refused, and so is one for a call without a JSON body.
func WithExtraField(name string, value any) CallOption {
	return callOption(func(s *callSettings) error { return s.TakeField(name, value) })
}
