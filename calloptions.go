package bardge

import (
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// CallOption changes one call. The options of this package are comparable values: two
// that are made of equal arguments are equal. As text they show their names and no
// values. A fake of your own reads the ref of a call with [RefOf].
type CallOption interface{ applyCall(*callSettings) error }

type callOption struct{ sdk.CallOption }

func (o callOption) applyCall(s *callSettings) error { return o.Apply(s, lookupTokenHeader) }

// callFunc is an option that the SDK gives its own calls.
type callFunc func(*callSettings)

func (f callFunc) applyCall(s *callSettings) error {
	f(s)
	return nil
}

// callSettings is what the call options fill in.
type callSettings = sdk.CallSettings

// lookupTokenHeader carries the token of a verified lookup (documented).
const lookupTokenHeader = "Bardge-Lookup-Token" //nolint:gosec // a name

// RefOf returns the ref among a call's options: that of the last [WithRef], empty if
// there is none. It is for fakes of the SDK's services, which are given options and
// have to find the operation.
func RefOf(opts ...CallOption) string {
	s, _ := sdk.Collect(opts, CallOption.applyCall) // the call itself reports a bad option
	return s.Ref
}

// WithMaxAttempts bounds the attempts of this call, the first included; 1 means
// no retry. Zero and less are refused.
func WithMaxAttempts(n int) CallOption { return callOption{sdk.MaxAttemptsOption(n)} }

// WithLookupToken sends the token that [LookupsService.Verify] returned, for a
// client who belongs to another reseller (documented for access codes and class
// bookings).
func WithLookupToken(token Secret) CallOption {
	return callOption{sdk.TokenOption(lookupTokenHeader, string(token))}
}

// WithHeader sends a header that the SDK does not know. Names are compared without
// case and with "_" as "-", as many servers do. Refused are the headers of the SDK and
// of HTTP itself (among them Accept, Authorization, Bardge-Lookup-Token, Content-Length,
// Content-Type, Idempotency-Key and User-Agent), those that may replace the request's
// method or target (X-HTTP-Method-Override, Forwarded, X-Forwarded-Host, X-Original-URL
// and the like), and those that change what a response says (If-Match and the like,
// Range, Prefer).
func WithHeader(name, value string) CallOption {
	return callOption{sdk.HeaderOption(name, value)}
}

// WithExtraField adds a field to the request's body that the SDK does not model, or one
// that the params leave empty, in another form. The value is encoded as JSON at once. It
// also stands in for a required param, which may then be empty. Refused are a field that
// the params set, one for a GET, and "_method". Names are compared without case and with
// "_" as "-".
func WithExtraField(name string, value any) CallOption {
	return callOption{sdk.FieldOption(name, value, wire.Encode)}
}
