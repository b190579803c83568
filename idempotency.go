package bardge

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// Key is an idempotency key together with what is known of it: whether it may
// have been sent, since when, for which request, and with what result. Copies
// share that knowledge. A key is an identifier, not a secret. See [idem.Key]
// for its methods.
type Key = idem.Key

// NewKey mints a key that was never sent. Its String can be stored before the
// call; after a crash [SentKey] takes it up again.
func NewKey() Key { return idem.NewKey() }

// UnsentKey makes a key of a string of yours that was never sent, in any
// process: 1 to 255 visible ASCII characters (the vendor states no limits).
//
// Warning: an order's number, from which the key is made anew at each attempt,
// has been sent by the second time, and after the key's window the operation
// would be done again. Use [WithRef] with a journal there, or store the time of
// the first call with the order and use [SentKey].
func UnsentKey(s string) (Key, error) { return idem.UnsentKey(s) }

// SentKey makes a key that may have been sent since then, perhaps by another
// process. A zero since means the date inside a key of [NewKey]. Clocks differ,
// so the key is taken for 5 s older than that. A call under a key that is past
// its window sends nothing and fails with [ErrKeyExpired].
func SentKey(s string, since time.Time) (Key, error) { return idem.SentKey(s, since) }

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes the operation that the error is about, within the same window.
// Operations that take no key (reads, Cancel) refuse it.
func WithIdempotencyKey(k Key) CallOption { return callOption{sdk.KeyOption(k)} }

// WithRef names the operation by a number of yours, such as an order's, of at
// most 1,024 bytes of UTF-8, none of them zero: it is then done once for that
// ref, for as long as the journal remembers it, and a later call gets the
// recorded result. One ref names one operation with one body (compared as
// JSON), anything else is [ErrRefReused]: an order that issues a pass and buys
// credits needs two, such as order-17/pass and order-17/credits.
//
// A ref needs [WithJournal], and chooses the key: repeat the call with the ref,
// never with its error's key, of which the journal would learn nothing.
func WithRef(ref string) CallOption { return callOption{sdk.RefOption(ref)} }

// keyWindow is how long the server remembers an executed key (documented: page
// "Idempotent Requests").
const keyWindow = 90 * time.Second

// requestIDHeader comes with every answer, in canonical form (documented: page
// "Introduction").
const requestIDHeader = "Bardge-Request-Id"

// profile is Bardge's way of idempotency. Header names and the window are
// documented; that the replay mark's only value is "true" as well.
func profile() idem.Profile {
	return idem.Profile{
		Vendor:          "bardge",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          keyWindow,
		ReplayHeader:    "X-Idempotent-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: requestIDHeader,
		Classify:        classify,
		Code:            codeIn,
	}
}

// vendorError returns the vendor's error object; zero if the body has none.
func vendorError(body []byte) errorDetail {
	if b, _, _ := parseErrorResponse(body); b != nil { // what does not fit is not there
		return b.Error
	}
	return errorDetail{}
}

// codeIn returns the vendor's error code, for the journal.
func codeIn(_ int, body []byte) string { return string(vendorError(body).Code) }

// classify reads the vendor's error object, which is in every error response
// (documented: page "Errors"). Among errors only the object itself counts,
// since gateways have errors of their own form. In a success any "error" is
// one.
func classify(status int, body []byte) idem.Signal {
	switch {
	case status < http.StatusMultipleChoices && wire.HasError(body): // of any form
		return idem.SignalError
	case status < http.StatusMultipleChoices, status >= http.StatusInternalServerError:
		return idem.SignalNone // a 5xx shows nothing of the key
	}
	switch e := vendorError(body); {
	case e.Type == "" || e.Code == "":
		return idem.SignalNone
	case ErrIdempotencyKeyReused.is(string(e.Code)):
		return idem.SignalKeyReused
	case ErrAlreadyCancelled.is(string(e.Code)):
		return idem.SignalAlreadyApplied
	default:
		return idem.SignalError
	}
}
