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

// WithSandbox calls the vendor's own sandbox, [SandboxURL].
func WithSandbox() Option { return WithBaseURL(SandboxURL) }

// WithBaseURL replaces [ProductionURL], by https, or http to a loopback host.
// The URL ends before "/services/2".
func WithBaseURL(u string) Option { return shared(sdk.BaseURL(u)) }

var apiVersion = regexp.MustCompile(`^\d{1,2}\.\d{1,2}$`)

// WithAPIVersion replaces [DefaultAPIVersion]: "1.0", "2.0" or "3.0"
// (documented). Do not change it while operations are open: all attempts of an
// operation must have the same. This package's types are written for 3.0.
func WithAPIVersion(version string) Option {
	return newOption("WithAPIVersion", func(s *settings) error {
		if !apiVersion.MatchString(version) {
			return &InvalidError{Field: "API version", Reason: `is not of the form "3.0"`}
		}
		s.version = version
		return nil
	})
}

// WithHTTPClient uses c's Transport. A nil c is refused, as is a Timeout, a Jar
// or a CheckRedirect, which would act behind the SDK's back.
//
// An *http.Transport (nil: [http.DefaultTransport]) is cloned, and keeps its
// settings for proxy (by default the environment's), TLS (at least 1.2),
// dialing, header timeouts, MaxConnsPerHost, MaxIdleConnsPerHost, and
// IdleConnTimeout up to 30 s. Its timeouts can only shorten
// RetryPolicy.AttemptTimeout. The clone speaks HTTP/1.1, on connections that
// drop undelivered requests when they are closed; c's own pool is not used.
//
// Any other RoundTripper is used as it is, and must send a request at most
// once. Less can then be proven about what left the machine: more calls end
// unknown, and a request that was given up may be delivered later than assumed.
func WithHTTPClient(c *http.Client) Option { return shared(sdk.HTTPClient(c)) }

// RetryPolicy bounds how often and how long operations are tried. Zero values
// are defaults: a window of 12 hours, 10 minutes a call. It does not change
// what may be retried. See [idem.Policy] for its fields.
type RetryPolicy = idem.Policy

// WithMerchantID sets the merchant's account number, which [Client.Recover] and
// [TransactionsService.Find] need to find transactions. The default is none.
func WithMerchantID(id string) Option {
	return newOption("WithMerchantID", func(s *settings) error {
		if !digits(id) {
			return &InvalidError{Field: "merchant id", Reason: "is not a number"}
		}
		s.merchantID = id
		return nil
	})
}

// WithUniqueTransactionIDs declares that a merchantTransactionId of the caller
// names one operation only, for ever. [Client.Recover] then accepts a
// transaction under it; otherwise only under ids that the SDK has made.
//
// Warning: if it is false, Recover may report done for an unexecuted payment.
func WithUniqueTransactionIDs() Option {
	return newOption("WithUniqueTransactionIDs", func(s *settings) error {
		s.unique = true
		return nil
	})
}

// WithJournal records every operation but reads in j, with a ref or without, in
// two commits at least; while j fails, nothing is sent ([ErrJournal]).
// Operations with a ref (see [WithRef]) are then done once for as long as j
// remembers them, and [Client.Recover] takes up what crashed processes left. By
// default nothing outlives the call.
//
// The first call or Recover binds a journal to one account: the vendor, the
// base URL, and a name of your choice, such as the merchant's id. The name must
// not be empty and must not change; the password may. A client of another
// account, or of the sandbox, is refused with [ErrOtherAccount] and sends
// nothing. Give each account its own file or schema. To change base URL or
// name, see [Client.Rebind].
func WithJournal(j journal.Journal, account string) Option { return shared(sdk.Journal(j, account)) }

// WithJournalTimeout bounds each read and write of the journal, for any context
// of the call. The default is 10 s; zero and less are refused. A call whose
// intent cannot be recorded in that time sends nothing.
func WithJournalTimeout(d time.Duration) Option { return shared(sdk.JournalTimeout(d)) }

// WithJournalSecret seals recorded requests and responses with AES-256-GCM
// under a key derived from secret: at least 16 bytes, better 32 random ones.
// The default is the password. After a rotation, previous secrets open what
// they sealed.
//
// A request is kept until its operation is settled, a card number and its
// security code included: with raw card data the program must be allowed to
// store it (PCI DSS forbids that for the code after authorisation), or pay by
// token.
func WithJournalSecret(secret []byte, previous ...[]byte) Option {
	return shared(sdk.JournalSecret(secret, previous))
}

// WithReconciler makes [Client.Recover] find out with f whether an operation
// was executed. The operation is named as in "CreatePlan", and must be neither
// a read nor of class idempotent. f is called for operations with a ref: after
// the key's window, or at once for one that is never sent again. It must change
// nothing and be safe for concurrent use; an error leaves the outcome unknown.
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

// WithLogger logs every attempt and every call's end with the call's context. A
// call's lines share call_id, operation, ref and key; the last has its reason,
// duration and request id. Ambiguous attempts and calls that end unknown are
// warnings, a failed record is an error, the rest is debug. No line has a URL,
// a header, a body or a credential. Nil, the default, logs nothing.
func WithLogger(l *slog.Logger) Option { return shared(sdk.Logger(l)) }

// WithObserver calls f with every step of every call, from the call's
// goroutine: f must be quick and safe for concurrent use. A call's events share
// a CallID. Observers are called in order. Nil, the default, is none.
func WithObserver(f func(Event)) Option { return shared(sdk.Observer(f)) }

// WithVerboseErrors adds the vendor's message for people to the text of errors,
// quoted and cut to 200 bytes, without what may be a card's number. It may
// repeat what was sent, such as a name; by default it is in [Error].Messages
// alone. The vendor's code is always in the text.
func WithVerboseErrors() Option { return shared(sdk.VerboseErrors()) }

// WithUserAgent puts product, "name/version", before the SDK's User-Agent.
func WithUserAgent(product string) Option { return shared(sdk.UserAgent(product)) }
