package bluesnap

import (
	"time"

	"github.com/bardge/bardge-go/internal/sdk"
)

// CallOption changes one call. The options of this package are comparable
// values, equal if made of equal arguments, and print their names without
// values. A fake of your own reads the ref of a call with [RefOf].
type CallOption interface{ applyCall(*callSettings) error }

// SharedOption is an [Option] and a [CallOption]. Given to [New], it is the
// default of all calls, including the reads that the SDK makes by itself. Given
// to a call, it overrides the default.
type SharedOption interface {
	Option
	CallOption
}

type callOption struct{ sdk.CallOption }

func (o callOption) applyCall(s *callSettings) error { return o.Apply(s, versionHeader) }

func (o callOption) apply(s *settings) error {
	return s.Defaults.Take(o.CallOption, &s.Policy, versionHeader)
}

// callFunc is an option that the SDK gives its own calls.
type callFunc func(*callSettings)

func (f callFunc) applyCall(s *callSettings) error {
	f(s)
	return nil
}

// callSettings is what the call options fill in.
type callSettings = sdk.CallSettings

// RefOf returns the ref of the last [WithRef] among a call's options; empty if
// there is none. Fakes of the SDK's services find the operation by it.
func RefOf(opts ...CallOption) string { return sdk.RefOf(opts, CallOption.applyCall) }

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes the operation that the error is about, within the same window.
// Operations that take no key (reads, captures, reversals) refuse it.
func WithIdempotencyKey(k Key) CallOption { return callOption{sdk.KeyOption(k)} }

// WithRef names the operation by the caller's own number, such as an order's,
// of at most 1,024 bytes of UTF-8, none of them zero: it is then done once for
// that ref, for as long as the journal remembers it, and a later call gets the
// recorded result. One ref names one operation with one body (compared as JSON;
// a document byte for byte): an order that is paid and later refunded needs
// two, such as order-17/pay and order-17/refund; anything else is
// [ErrRefReused]. A ref needs [WithJournal], and chooses the key: a call that
// was made with a ref is repeated with that ref, never with its error's key, of
// which the journal would learn nothing. Refs must be unique among all programs
// that use the merchant's account: key and merchantTransactionId are made from
// them.
func WithRef(ref string) CallOption { return callOption{sdk.RefOption(ref)} }

// WithTimeout bounds a whole call, its waits and the reading of its response
// included. The call then ends with what is known, and errors.Is finds
// [context.DeadlineExceeded]. An earlier deadline of the context still counts.
// A call with a timeout may last longer than one without, up to
// RetryPolicy.MaxElapsedTime (15 minutes by default). Zero and less are
// refused; without this option the context alone bounds a call.
//
// Each attempt is bounded by RetryPolicy.AttemptTimeout. The requests of
// [Client.Recover] are bounded by its context.
func WithTimeout(d time.Duration) SharedOption { return callOption{sdk.TimeoutOption(d)} }

// WithRetryPolicy changes how operations are tried. Fields that are not zero
// replace, in [New], the defaults, and in a call the client's values; a bool
// can only be switched on. If given more than once, also as [WithMaxAttempts],
// the later one wins, field by field. [Client.Recover] uses the client's
// policy.
//
// KeyTTL and KeyTTLMargin are for New alone, and refused in a call: recovery,
// the journal and all calls under a key must agree on when the server may have
// forgotten it. What cannot be kept is refused as *[InvalidError]: by New, or
// before anything is sent.
func WithRetryPolicy(p RetryPolicy) SharedOption { return callOption{sdk.RetryPolicyOption(p)} }

// WithMaxAttempts is [WithRetryPolicy] with MaxAttempts alone, the first
// attempt included; 1 means no retry. Zero and less are refused.
func WithMaxAttempts(n int) SharedOption { return callOption{sdk.MaxAttemptsOption(n)} }

// WithHeader sends a header that the SDK does not know. Names are compared
// without case and with "_" as "-", as many servers do. Refused are the headers
// of the SDK and of HTTP itself (such as Authorization, Bluesnap-Version,
// Content-Type, Idempotency-Key), those that may replace the request's method
// or target (X-HTTP-Method-Override, Forwarded, X-Original-URL and the like),
// and those that change what a response means (If-Match and the like, Range,
// Prefer).
func WithHeader(name, value string) SharedOption { return callOption{sdk.HeaderOption(name, value)} }

// WithExtraField adds a field to the top of the request's JSON body that the
// SDK does not model; the Extra maps of params do so at any depth. The value is
// encoded as JSON at once, secrets of this package included. A field that the
// call sets already is refused; so are one for a call without a JSON body, and
// "_method". Names are compared without case and with "_" as "-".
func WithExtraField(name string, value any) CallOption {
	return callOption{sdk.FieldOption(name, value, encodeRequest)}
}
