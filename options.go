package bardge

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
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
	known := newKnownOperations(s)
	for operation := range s.reconcilers {
		op, ok := known.row(operation)
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
