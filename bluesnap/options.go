package bluesnap

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/journal"
)

// Option sets up a [Client] or a transport ([NewTransport]). Options for one
// call are of type [CallOption]; what is both is a [SharedOption].
// Options can be compared, each one with itself, and show their names as text.
type Option interface{ apply(*settings) error }

// option is a pointer in the interface, so that comparing two never panics.
type option struct {
	name string
	set  func(*settings) error
}

func newOption(name string, set func(*settings) error) *option { return &option{name, set} }

// shared is an option that the clients of both vendors have.
func shared(o sdk.Option) *option {
	return newOption(o.Name, func(s *settings) error { return o.Set(&s.Settings) })
}

func (o *option) apply(s *settings) error { return o.set(s) }

// String returns the option's name.
func (o *option) String() string { return o.name }

// WithSandbox calls the vendor's own sandbox, [SandboxURL].
func WithSandbox() Option { return WithBaseURL(SandboxURL) }

// WithBaseURL replaces [ProductionURL]. It must be https, or http to a loopback
// host, and ends before "/services/2".
func WithBaseURL(u string) Option { return shared(sdk.BaseURL(u)) }

var apiVersion = regexp.MustCompile(`^\d{1,2}\.\d{1,2}$`)

// WithAPIVersion replaces [DefaultAPIVersion]: "1.0", "2.0" or "3.0"
// (documented). It is the same on every attempt of an operation; do not change
// it while operations are open. The types of this package are written for 3.0.
func WithAPIVersion(version string) Option {
	return newOption("WithAPIVersion", func(s *settings) error {
		if !apiVersion.MatchString(version) {
			return &InvalidError{Field: "API version", Reason: `is not of the form "3.0"`}
		}
		s.version = version
		return nil
	})
}

// WithHTTPClient takes the connections from c, of which only the Transport is
// used. A nil c is refused, as is a Timeout, a Jar or a CheckRedirect, which
// would act behind the SDK's back.
//
// An *http.Transport (nil: [http.DefaultTransport]) is cloned, and keeps its
// settings for proxy (without this option: the environment's), TLS (1.2 is the
// least), dialing, header timeouts, MaxConnsPerHost, MaxIdleConnsPerHost, and
// IdleConnTimeout up to 30 s. Timeouts can only shorten an attempt, which
// RetryPolicy.AttemptTimeout bounds. The clone speaks HTTP/1.1, on connections
// that drop undelivered requests when they are closed; c's own pool is not
// used.
//
// Any other RoundTripper is used as it is, and must send a request at most
// once. Less can then be proven about what left the machine: more calls end
// unknown, and a request that was given up may be delivered later than assumed.
func WithHTTPClient(c *http.Client) Option { return shared(sdk.HTTPClient(c)) }

// RetryPolicy says how often, how long and how patiently operations are tried.
// Its zero values are the defaults, so a policy sets only what differs; the
// vendor's window is 12 hours, a call's longest time 10 minutes. What may be
// retried is not a matter of policy: see the package documentation for the
// table.
// See [idem.Policy] for its fields.
type RetryPolicy = idem.Policy

// WithMerchantID names the merchant's own account number, by which transactions
// are found under their merchantTransactionId: [Client.Recover] and
// [TransactionsService.Find] need it. The default is none.
func WithMerchantID(id string) Option {
	return newOption("WithMerchantID", func(s *settings) error {
		if !digits(id) {
			return &InvalidError{Field: "merchant id", Reason: "is not a number"}
		}
		s.merchantID = id
		return nil
	})
}

// WithUniqueTransactionIDs declares that a merchantTransactionId which the
// caller sets names one operation only, for ever. [Client.Recover] then takes a
// transaction under it for the one that it looks for; otherwise only under ids
// that the SDK has made.
//
// Warning: if it is not true, Recover may report done for what was not
// executed.
func WithUniqueTransactionIDs() Option {
	return newOption("WithUniqueTransactionIDs", func(s *settings) error {
		s.unique = true
		return nil
	})
}

// WithJournal records every operation that changes something in j, with a ref
// or without, in two commits at least: before the first byte is sent, and
// before the result is returned. While j fails, none is sent ([ErrJournal]).
// Operations with a ref (see [WithRef]) are done once for as long as j
// remembers them. Without this option nothing outlives the call.
//
// A journal belongs to one account, which the first call or Recover binds it
// to: the vendor, the base URL, and the account's name, which is yours to
// choose, such as the merchant's id. It must not be empty and must not change;
// the password may. A client of another account, or of the sandbox, is refused
// with [ErrOtherAccount] and sends nothing. Give each account a file or schema
// of its own. If base URL or name must change, see [Client.Rebind].
func WithJournal(j journal.Journal, account string) Option { return shared(sdk.Journal(j, account)) }

// WithJournalTimeout bounds each read and write of the journal, whatever the
// call's context. The default is 10 s; zero and less are refused. A call whose
// intent could not be recorded in that time sends nothing.
func WithJournalTimeout(d time.Duration) Option { return shared(sdk.JournalTimeout(d)) }

// WithJournalSecret seals what the journal keeps of requests and responses with
// AES-256-GCM under a key derived from secret: at least 16 bytes, better 32
// random ones. The default is the password. After a rotation name the previous
// secrets too: they open what they sealed.
//
// A request is kept until its operation is settled, a card number and its
// security code included: with raw card data the program must be allowed to
// store it (PCI DSS forbids that for the code after authorisation), or pay by
// token or vaulted shopper.
func WithJournalSecret(secret []byte, previous ...[]byte) Option {
	return shared(sdk.JournalSecret(secret, previous))
}

// WithReconciler makes [Client.Recover] find out with f, instead of its own
// way, whether an operation was executed. The operation is named as in
// "CreatePlan", and must be neither a read nor of class idempotent. f is called
// for operations with a ref: after the key's window, or at once for one that is
// never sent again. It must change nothing, and be safe for concurrent use; an
// error leaves the outcome unknown.
func WithReconciler(name string, f func(context.Context, PendingOperation) (ReconcileResult, error)) Option {
	return newOption("WithReconciler", func(s *settings) error {
		op, known := operations[name]
		switch {
		case !known:
			return &InvalidError{Field: "reconciler", Reason: "names no operation"}
		case op.class == idem.Safe || op.class == idem.Idempotent:
			return &InvalidError{Field: "reconciler", Reason: "is for no operation that is looked for"}
		case f == nil:
			return &InvalidError{Field: "reconciler", Reason: "is nil"}
		}
		if s.reconcilers == nil {
			s.reconcilers = map[string]reconciler{}
		}
		s.reconcilers[name] = f
		return nil
	})
}

// WithLogger logs every attempt and every call's end with the call's context.
// All lines of a call have the same call_id, operation, ref and key; the last
// has its reason, its duration and the request id. An ambiguous attempt and a
// call that ends unknown are warnings, a record that could not be read or
// written is an error, the rest is logged at debug level. No line has a URL, a
// header, a body or a credential. Nil, the default, logs nothing.
func WithLogger(l *slog.Logger) Option { return shared(sdk.Logger(l)) }

// WithObserver calls f with every step of every call, from the call's
// goroutine: f must be quick and safe for concurrent use. The events of one
// call have the same CallID. Several observers are called in the order given.
// Nil, the default, is no observer.
func WithObserver(f func(Event)) Option { return shared(sdk.Observer(f)) }

// WithVerboseErrors adds the vendor's message for people to the text of errors,
// quoted and cut to 200 bytes; runs of digits that may be a card's number are
// redacted. The message may repeat what was sent, such as a name, so it is in
// [Error].Messages alone without this option. The vendor's code is always in
// the text.
func WithVerboseErrors() Option { return shared(sdk.VerboseErrors()) }

// WithUserAgent puts product in front of the SDK's own User-Agent, in the form
// "name/version".
func WithUserAgent(product string) Option { return shared(sdk.UserAgent(product)) }
