package bardge

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// Key is an idempotency key and what is known of it: whether, since when and
// for which request it may have been sent, and with what result. Copies share
// that. A key is no secret. See [idem.Key] for its methods.
type Key = idem.Key

// NewKey makes a key to be stored before the call; see [SentKey].
func NewKey() Key { return idem.NewKey() }

// UnsentKey makes a key of a string of yours that was never sent, in any
// process: 1 to 255 visible ASCII characters (the vendor states no limits).
//
// Warning: a key made anew of an order's number at each attempt has been sent
// by the second time, and after its window the operation would be done again.
// Use [WithRef] there, or store the time of the first call and use [SentKey].
func UnsentKey(s string) (Key, error) { return idem.UnsentKey(s) }

// SentKey makes a key that may have been sent since then, by any process. A
// zero since means the date inside a key of [NewKey]. Clocks differ, so it is
// taken for 5 s older. Past its window, calls fail with [ErrKeyExpired].
func SentKey(s string, since time.Time) (Key, error) { return idem.SentKey(s, since) }

// WithIdempotencyKey runs the operation under this key. The Key of an [Error]
// resumes its operation, within the same window. Reads and Cancel refuse it.
func WithIdempotencyKey(k Key) CallOption { return callOption{sdk.KeyOption(k)} }

// WithRef names the operation by a number of yours, such as an order's, of 1 to
// 1,024 bytes of UTF-8, none of them zero. It is then done once for that ref,
// as long as the journal remembers it; later calls get the recorded result. One
// ref names one operation with one body (compared as JSON), anything else is
// [ErrRefReused]: an order that issues a pass and buys credits needs two, such
// as order-17/pass and order-17/credits.
//
// A ref needs [WithJournal], and chooses the key: repeat the call with the ref,
// never with its error's key, of which the journal would learn nothing.
func WithRef(ref string) CallOption { return callOption{sdk.RefOption(ref)} }

// keyWindow is documented: page "Idempotent Requests".
const keyWindow = 90 * time.Second

// The headers of responses; each one has a request id (documented: pages
// "Introduction" and "Idempotent Requests").
const (
	requestIDHeader = "Bardge-Request-Id"
	replayHeader    = "X-Idempotent-Replayed"
	replayValue     = "true"
)

// profile describes Bardge's keys. All of it is documented.
func profile() idem.Profile {
	return idem.Profile{
		Vendor:          "bardge",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          keyWindow,
		ReplayHeader:    replayHeader,
		ReplayValue:     replayValue,
		RequestIDHeader: requestIDHeader,
		Classify:        classify,
		Code:            codeIn,
	}
}

func vendorError(body []byte) errorDetail {
	if b, _, _ := parseErrorResponse(body); b != nil { // what does not fit is not there
		return b.Error
	}
	return errorDetail{}
}

func codeIn(_ int, body []byte) string { return string(vendorError(body).Code) }

// classify reads the vendor's error object, which is in every error response
// (documented: page "Errors"). Gateways have errors of their own form, so an
// error counts only by this object. In a success any "error" is one.
func classify(status int, _ http.Header, body []byte) idem.Signal {
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

// Profile returns Bardge's rules of idempotency, for an engine of your own, a
// transport or the kit in package idem/conformance.
func Profile() idem.Profile { return profile() }
