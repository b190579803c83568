package bluesnap

import (
	"github.com/bardge/bardge-go/internal/sdk"
)

// CallOption changes one call. The options of this package are comparable values: two
// that are made of equal arguments are equal. As text they show their names and no
// values. A fake of your own reads the ref of a call with [RefOf].
type CallOption interface{ applyCall(*callSettings) error }

type callOption struct{ sdk.CallOption }

func (o callOption) applyCall(s *callSettings) error { return o.Apply(s, versionHeader) }

// callFunc is an option that the SDK gives its own calls.
type callFunc func(*callSettings)

func (f callFunc) applyCall(s *callSettings) error {
	f(s)
	return nil
}

// callSettings is what the call options fill in.
type callSettings = sdk.CallSettings

// RefOf returns the ref among a call's options: that of the last [WithRef], empty if
// there is none. It is for fakes of the SDK's services, which are given options and
// have to find the operation.
func RefOf(opts ...CallOption) string {
	s, _ := sdk.Collect(opts, CallOption.applyCall) // the call itself reports a bad option
	return s.Ref
}

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes the operation that the error is about, within the same window.
// Operations that take no key (reads, captures, reversals) refuse it.
func WithIdempotencyKey(k Key) CallOption { return callOption{sdk.KeyOption(k)} }

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
func WithRef(ref string) CallOption { return callOption{sdk.RefOption(ref)} }

// WithMaxAttempts bounds the attempts of this call, the first included; 1 means
// no retry. Zero and less are refused.
func WithMaxAttempts(n int) CallOption { return callOption{sdk.MaxAttemptsOption(n)} }

// WithHeader sends a header that the SDK does not know. Names are compared without
// case and with "_" as "-", as many servers do. Refused are the headers of the SDK and
// of HTTP itself (among them Accept, Authorization, Bluesnap-Version, Content-Length,
// Content-Type, Idempotency-Key and User-Agent), those that may replace the request's
// method or target (X-HTTP-Method-Override, Forwarded, X-Forwarded-Host, X-Original-URL
// and the like), and those that change what a response says (If-Match and the like,
// Range, Prefer).
func WithHeader(name, value string) CallOption {
	return callOption{sdk.HeaderOption(name, value)}
}

// WithExtraField adds a field to the top of the request's JSON body that the SDK
// does not model; the Extra maps of params do so at any depth. The value is encoded as
// JSON at once, secrets of this package included. A field that the call sets already is
// refused; so are one for a call without a JSON body, and "_method". Names are compared
// without case and with "_" as "-".
func WithExtraField(name string, value any) CallOption {
	return callOption{sdk.FieldOption(name, value, encodeRequest)}
}
