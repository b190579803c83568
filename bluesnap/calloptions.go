package bluesnap

import (
	"time"

	"github.com/bardge/bardge-go/internal/sdk"
)

// CallOption changes one call. The package's options are comparable, equal if
// made of equal arguments, and print their names without values.
type CallOption interface{ applyCall(*callSettings) error }

// SharedOption is an [Option] and a [CallOption]. Given to [New], it is the
// default of all calls, the SDK's own reads included; a call's own option wins.
type SharedOption interface {
	Option
	CallOption
}

type callOption struct{ sdk.CallOption }

func (o callOption) applyCall(s *callSettings) error { return o.Apply(s, versionHeader) }

func (o callOption) apply(s *settings) error {
	return s.Defaults.Take(o.CallOption, &s.Policy, versionHeader)
}

type callFunc func(*callSettings)

func (f callFunc) applyCall(s *callSettings) error {
	f(s)
	return nil
}

type callSettings = sdk.CallSettings

// RefOf returns the ref of the last [WithRef] among a call's options; empty if
// there is none. A fake of the services finds the operation by it.
func RefOf(opts ...CallOption) string { return sdk.RefOf(opts, CallOption.applyCall) }

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes its operation, within the same window. Operations that take no key
// (reads, captures, reversals) refuse it.
func WithIdempotencyKey(k Key) CallOption { return callOption{sdk.KeyOption(k)} }

// WithRef names the operation by a number of yours, such as an order's, of 1 to
// 1,024 bytes of UTF-8, none of them zero. It is then done once for that ref,
// as long as the journal remembers it; later calls get the recorded result. One
// ref names one operation with one body (compared as JSON; a document byte for
// byte), anything else is [ErrRefReused]: an order that is paid and later
// refunded needs two, such as order-17/pay and order-17/refund.
//
// A ref needs [WithJournal], and chooses the key: repeat the call with the ref,
// never with its error's key, of which the journal would learn nothing. Refs
// must be unique among all programs that use the merchant's account: key and
// merchantTransactionId are made from them.
func WithRef(ref string) CallOption { return callOption{sdk.RefOption(ref)} }

// WithTimeout bounds a whole call, including its waits and reading the
// response. The call then ends with what is known, and errors.Is finds
// [context.DeadlineExceeded]. An earlier deadline of the context still counts.
// A call with a timeout may last longer than one without, up to
// RetryPolicy.MaxElapsedTime (15 minutes by default). Zero and less are
// refused; the default is no bound but the context's.
//
// RetryPolicy.AttemptTimeout bounds each attempt. The context of
// [Client.Recover] bounds its requests.
func WithTimeout(d time.Duration) SharedOption { return callOption{sdk.TimeoutOption(d)} }

// WithRetryPolicy changes how operations are tried. Fields that are not zero
// replace the defaults in [New], and the client's values in a call; a bool can
// only be switched on. The later of several wins, field by field,
// [WithMaxAttempts] included. [Client.Recover] uses the client's policy.
//
// KeyTTL and KeyTTLMargin are for New alone: recovery, the journal and all
// calls under a key must agree on when the server may have forgotten it. What
// cannot be kept is an *[InvalidError], from New or before anything is sent.
func WithRetryPolicy(p RetryPolicy) SharedOption { return callOption{sdk.RetryPolicyOption(p)} }

// WithMaxAttempts is [WithRetryPolicy] with MaxAttempts alone, the first
// attempt included: 1 means no retry. Zero and less are refused.
func WithMaxAttempts(n int) SharedOption { return callOption{sdk.MaxAttemptsOption(n)} }

// WithHeader sends a header that the SDK does not know. Names are compared
// without case and with "_" as "-", as many servers do. Refused are headers of
// the SDK and of HTTP (such as Authorization, Bluesnap-Version, Content-Type,
// Idempotency-Key), those that may replace the request's method or target
// (X-HTTP-Method-Override, Forwarded, X-Original-URL and the like), and those
// that change a response's meaning (If-Match and the like, Range, Prefer).
func WithHeader(name, value string) SharedOption { return callOption{sdk.HeaderOption(name, value)} }

// WithExtraField adds a field, encoded as JSON at once (secrets included), to
// the top of the request's JSON body; the params' Extra maps do so at any
// depth. Refused are a field that the call sets, one for a call without a JSON
// body, and "_method". Names are compared without case and with "_" as "-".
func WithExtraField(name string, value any) CallOption {
	return callOption{sdk.FieldOption(name, value, encodeRequest)}
}
