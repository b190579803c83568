package bardge

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/journal"
)

// Option sets up a [Client] or a [NewTransport]. Options for one call are of
// type [CallOption], those for both of [SharedOption]. They print their names.
type Option interface{ apply(*settings) error }

type option struct {
	name string
	set  func(*settings) error
}

func newOption(name string, set func(*settings) error) *option { return &option{name, set} }

func shared(o sdk.Option) *option {
	return newOption(o.Name, func(s *settings) error { return o.Set(&s.Settings) })
}

func (o *option) apply(s *settings) error { return o.set(s) }

// String returns the option's name.
func (o *option) String() string { return o.name }

// WithAPIKeyProvider calls provider before every attempt, so that a key which
// is reset in the dashboard is replaced within a call. If it fails, the attempt
// sends nothing and the call ends. It must be safe for concurrent use.
func WithAPIKeyProvider(provider func(context.Context) (string, error)) Option {
	return newOption("WithAPIKeyProvider", func(s *settings) error {
		if provider == nil {
			return &InvalidError{Field: "API key provider", Reason: "is nil"}
		}
		s.keySource = provider
		return nil
	})
}

// WithBaseURL replaces [DefaultBaseURL], by https, or http to a loopback host.
func WithBaseURL(u string) Option { return shared(sdk.BaseURL(u)) }

// WithHTTPClient uses c's Transport. A nil c is refused, as is a Timeout, a Jar
// or a CheckRedirect, which would act behind the SDK's back.
//
// An *http.Transport (nil: [http.DefaultTransport]) is cloned, and keeps its
// settings for proxy (by default the environment's), TLS (at least 1.2),
// dialing (10 s without a dialer of its own), header timeouts, MaxConnsPerHost,
// MaxIdleConnsPerHost, and IdleConnTimeout up to 30 s. Its timeouts can only
// shorten RetryPolicy.AttemptTimeout. The clone speaks HTTP/1.1, and closing
// its connections drops undelivered requests; c's own pool is not used.
//
// Any other RoundTripper is used as it is, and must send a request at most
// once. Less can then be proven about what left the machine: more calls end
// unknown, and a request that was given up may be delivered later than assumed.
func WithHTTPClient(c *http.Client) Option { return shared(sdk.HTTPClient(c)) }

// WithJournal records every operation but reads in j, with a ref or without, in
// two commits at least; while j fails, nothing is sent. Operations with a ref
// (see [WithRef]) are then done once for as long as j remembers them, and
// [Client.Recover] takes up what crashes left. The default is none.
//
// The first call or Recover binds a journal to one account: the vendor, the
// base URL, and a name of your choice, such as "acme-production". The name must
// not be empty and must not change; the API key may. A client of another
// account or base URL is refused with [ErrOtherAccount] and sends nothing. Give
// each account its own file or schema. To change base URL or name, see
// [Client.Rebind].
func WithJournal(j journal.Journal, account string) Option { return shared(sdk.Journal(j, account)) }

// WithJournalTimeout bounds each read and write of the journal, for any context
// of the call. The default is 10 s; zero and less are refused. A call whose
// intent cannot be recorded in that time sends nothing.
func WithJournalTimeout(d time.Duration) Option { return shared(sdk.JournalTimeout(d)) }

// WithJournalSecret seals recorded requests and responses, which are personal
// data, with AES-256-GCM under a key derived from secret: at least 16 bytes,
// better 32 random ones. The default is the API key; [WithAPIKeyProvider]
// requires the option. After a rotation, previous secrets, such as the old API
// key, open what they sealed. A record that they do not open is an
// [ErrJournalSecret].
func WithJournalSecret(secret []byte, previous ...[]byte) Option {
	return shared(sdk.JournalSecret(secret, previous))
}

// WithReconciler makes [Client.Recover] find out with f whether an operation
// was executed. The operation is named as in "IssuePass", or registered by
// [WithRawOperation]; it must neither only read nor be idempotent: Cancel is
// sent again instead. f is called for operations with a ref: after the key's
// window, or at once for those that are never sent again. It must change nothing
// and be safe for concurrent use; an error leaves the outcome unknown.
//
// Of a raw operation the SDK cannot check that no other one made what f has
// found: f must be sure of that.
func WithReconciler(operation string, f func(context.Context, PendingOperation) (ReconcileResult, error)) Option {
	return newOption("WithReconciler", func(s *settings) error {
		if f == nil {
			return &InvalidError{Field: "reconciler", Reason: "is nil"}
		}
		if s.reconcilers == nil {
			s.reconcilers = map[string]reconciler{}
		}
		s.reconcilers[operation] = f
		return nil
	})
}

// checkReconcilers refuses the reconciler of an operation that is unknown, or
// is sent again. Raw operations may be registered in any order.
func (s *settings) checkReconcilers() error {
	known := s.known()
	for operation := range s.reconcilers {
		op, ok := known.Row(operation)
		var reason string
		switch {
		case !ok:
			reason = "names no operation"
		case op.Class == idem.Safe || op.Class == idem.Idempotent:
			reason = "is for an operation that is sent again instead"
		default:
			continue
		}
		return sdk.OptionError("WithReconciler", &InvalidError{Field: "reconciler", Reason: reason})
	}
	return nil
}

// WithLogger logs every attempt and every call's end with the call's context. A
// call's lines share call_id, operation, ref and key; the last has its reason,
// duration and request id, and the first five of its [Drift]. Ambiguous attempts,
// calls that end unknown, and items left out of a list are warnings, a failed
// record is an error, the rest is debug. No line has a URL, a header, a body or a
// credential. Nil, the default, logs nothing.
func WithLogger(l *slog.Logger) Option { return shared(sdk.Logger(l)) }

// WithObserver calls f with every step of every call, from the call's
// goroutine: f must be quick and safe for concurrent use. A call's events share
// a CallID. Observers are called in order. Nil, the default, is none.
func WithObserver(f func(Event)) Option { return shared(sdk.Observer(f)) }

// WithVerboseErrors adds the vendor's message for people to the text of errors,
// quoted and cut to 200 bytes. It may repeat what was sent, such as a name; by
// default it is in [Error].Message alone.
func WithVerboseErrors() Option { return shared(sdk.VerboseErrors()) }

// WithUserAgent puts product, "name/version", before the SDK's User-Agent.
func WithUserAgent(product string) Option { return shared(sdk.UserAgent(product)) }

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

// WithPath corrects the path of an operation, such as "CancelBooking", if the
// API has another one than the contract. The template has the parameters of the
// contract's path, each once and as a whole segment, in any order:
//
//	bardge.WithPath("ListGymCopayOptions", "/gyms/{providerBranchId}/copay")
//
// What a journal has recorded keeps the path it was recorded with, and a call
// with its ref finds it: the contract's path is known in any case, and so are
// earlier ones, if they are given before the one in use. The option is for [New]
// and [NewTransport], which then recognises a request by the path in use alone.
//
// Refused are operations that the SDK does not have, and templates that may be
// taken for another path of the operation, or of another operation.
func WithPath(operation, template string) Option {
	return newOption("WithPath", func(s *settings) error {
		op := gen.OperationID(operation).Operation()
		if op.ID == "" {
			return &InvalidError{Field: "path", Reason: "is of no operation"}
		}
		if reason := s.paths.Fault(op, template); reason != "" {
			return &InvalidError{Field: "path of " + operation, Reason: reason}
		}
		if s.paths == nil {
			s.paths = operations.Paths{}
		}
		s.paths[op.ID] = append(s.paths[op.ID], template)
		return nil
	})
}
