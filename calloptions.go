package bardge

import (
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
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

func (o callOption) applyCall(s *callSettings) error { return o.Apply(s, lookupTokenHeader) }

func (o callOption) apply(s *settings) error {
	return s.Defaults.Take(o.CallOption, &s.Policy, lookupTokenHeader)
}

type callFunc func(*callSettings)

func (f callFunc) applyCall(s *callSettings) error {
	f(s)
	return nil
}

type callSettings = sdk.CallSettings

// lookupTokenHeader carries the token of a verified lookup (documented).
const lookupTokenHeader = "Bardge-Lookup-Token" //nolint:gosec // a name

// RefOf returns the ref of the last [WithRef] among a call's options; empty if
// there is none. A fake of the services finds the operation by it.
func RefOf(opts ...CallOption) string { return sdk.RefOf(opts, CallOption.applyCall) }

// WithTimeout bounds a whole call, including its waits and reading the
// response. The call then ends with what is known, and errors.Is finds
// [context.DeadlineExceeded]. An earlier deadline of the context still counts.
// A call with a timeout may last longer than one without, up to
// RetryPolicy.MaxElapsedTime (15 minutes by default). Zero and less are
// refused; the default is no bound but the context's.
//
// RetryPolicy.AttemptTimeout bounds each attempt. An iterator makes a call for
// each page. The context of [Client.Recover] bounds its requests.
func WithTimeout(d time.Duration) SharedOption { return callOption{sdk.TimeoutOption(d)} }

// WithRetryPolicy changes how operations are tried. Fields that are not zero
// replace the defaults in [New], and the client's values in a call; a bool can
// only be switched on. The later of several wins, field by field,
// [WithMaxAttempts] included. [Client.Recover] uses the client's policy.
//
// KeyTTL and KeyTTLMargin are for New alone: recovery, the journal and all
// calls under a key must agree on when the server may have forgotten it. What
// cannot be kept is an *[InvalidError], from New or before anything is sent.
func WithRetryPolicy(p RetryPolicy) SharedOption {
	return callOption{sdk.RetryPolicyOption(idem.Policy(p))}
}

// WithMaxAttempts is [WithRetryPolicy] with MaxAttempts alone, the first
// attempt included: 1 means no retry. Zero and less are refused.
func WithMaxAttempts(n int) SharedOption { return callOption{sdk.MaxAttemptsOption(n)} }

// WithLookupToken sends a token of [LookupsService.Verify], for a client of
// another reseller (documented for access codes and class bookings).
func WithLookupToken(token Secret) CallOption {
	return callOption{sdk.TokenOption(lookupTokenHeader, string(token))}
}

// WithHeader sends a header that the SDK does not know. Names are compared
// without case and with "_" as "-", as many servers do. Refused are headers of
// the SDK and of HTTP (such as Authorization, Bardge-Lookup-Token,
// Content-Type, Idempotency-Key), those that may replace the request's method
// or target (X-HTTP-Method-Override, Forwarded, X-Original-URL and the like),
// and those that change a response's meaning (If-Match, Range, Prefer).
func WithHeader(name, value string) SharedOption { return callOption{sdk.HeaderOption(name, value)} }

// WithExtraField adds a field, encoded as JSON at once, to the request's body:
// one that the SDK does not model, or that the params leave empty, even if
// required. With [WithoutField] it replaces a field. Refused are a field that the params set, one for a GET, and
// "_method". Names are compared without case and with "_" as "-".
func WithExtraField(name string, value any) CallOption {
	return callOption{sdk.FieldOption(name, value, wire.Encode)}
}

// WithoutField leaves a field out of the request's body: one that the API
// refuses, or has under another name, which [WithExtraField] adds then. The
// names are the API's, such as "client_id", and compared exactly. It is for
// fields at the body's top, required or not. Refused are a name that the body
// does not have, and a call of GET. Given with WithExtraField of the same name,
// the field is replaced.
func WithoutField(name string) CallOption { return callOption{sdk.WithoutFieldOption(name)} }
