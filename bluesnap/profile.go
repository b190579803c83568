package bluesnap

import (
	"bytes"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Key is an idempotency key together with what is known of it: whether it may
// have been sent, since when, for which request, and with what result. Copies
// share that knowledge. A key is an identifier, not a secret.
// See [idem.Key] for its methods.
type Key = idem.Key

// NewKey mints a key that was never sent. Its String can be stored before the
// call; after a crash [SentKey] takes it up again.
func NewKey() Key { return idem.NewKey() }

// UnsentKey makes a key of the caller's own string, by the caller's word that
// it was never sent: 1 to 64 letters, digits and hyphens (documented), which
// the call checks. Call it once per string, in all processes, for ever: a key
// that is made anew at each attempt, of an order's number for example, has been
// sent by the second time, and would be sent again after the vendor has
// forgotten it. Such a number is for [WithRef] with a journal; or store the
// time of the first call with it, and use [SentKey].
func UnsentKey(s string) (Key, error) { return idem.UnsentKey(s) }

// SentKey makes a key that may have been sent since then, perhaps by another
// process. A zero since means the date inside a key of [NewKey]. A call under a
// key that is past its window sends nothing and fails with [ErrKeyExpired].
func SentKey(s string, since time.Time) (Key, error) { return idem.SentKey(s, since) }

const (
	// keyHeader carries the key, and comes back with it (documented; the name
	// of the one that comes back is inferred).
	keyHeader = "Idempotency-Key"
	// keyWindow is half of what the vendor states as the most ("we store keys
	// for up to 24 hours"): a ceiling promises no minimum, so that a key may
	// vanish earlier.
	keyWindow = 12 * time.Hour
	// keyPatience is how long one call goes on by itself: no caller waits for
	// 12 hours.
	keyPatience = 10 * time.Minute
	// keyMaxLength is documented.
	keyMaxLength = 64
)

// profile is BlueSnap's way of idempotency. It marks no replay: the key that
// comes back says that it was honoured, and may do so with a first answer too.
func profile() idem.Profile {
	return idem.Profile{
		Vendor:         "bluesnap",
		KeyHeader:      keyHeader,
		KeyTTL:         keyWindow,
		MaxElapsedTime: keyPatience,
		KeyMaxLength:   keyMaxLength,
		KeyAlphabet:    keyByte,
		Classify:       classify,
		Code:           codeIn,
	}
}

// codeIn finds the name of the vendor's first error, or its number where it has
// none, for the journal.
func codeIn(_ int, body []byte) string {
	messages := parseMessages(body)
	if len(messages) == 0 {
		return ""
	}
	if name := nameText(messages[0].Name); name != "" && len(name) <= 64 {
		return name
	}
	return codeText(messages[0].Code)
}

// keyByte reports whether a byte may be in a key (documented).
func keyByte(b byte) bool {
	return b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// classify reads the vendor's error messages.
func classify(status int, body []byte) idem.Signal {
	if status < http.StatusMultipleChoices && !looksLikeError(body) {
		return idem.SignalNone // most successes need no second reading
	}
	messages := parseMessages(body)
	switch {
	case len(messages) == 0 && status == http.StatusUnauthorized:
		// The vendor's gateway refuses credentials in words of its own. Whoever
		// says 401 says that the request has not been applied (RFC 9110,
		// 15.5.2).
		return idem.SignalError
	case len(messages) == 0:
		return idem.SignalNone
	case has(messages, ErrIdempotencyKeyReused):
		return idem.SignalKeyReused
	case has(messages, ErrIdempotencyKeyInProgress):
		return idem.SignalInProgress
	case status == http.StatusLocked, has(messages, ErrIdempotencyUnavailable):
		return idem.SignalRetryable
	case status == http.StatusInternalServerError, has(messages, leftOpen...):
		return idem.SignalIndeterminate
	default:
		return idem.SignalError
	}
}

// looksLikeError finds the names without which a body holds no messages. In XML
// the name may have a prefix.
func looksLikeError(body []byte) bool {
	return bytes.Contains(body, []byte(`"message"`)) || bytes.Contains(body, []byte(`"errorCode"`)) ||
		bytes.Contains(body, []byte("<messages")) || bytes.Contains(body, []byte(":messages"))
}
