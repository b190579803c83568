package bluesnap

import (
	"bytes"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Key is an idempotency key and what is known of it: whether, since when and
// for which request it may have been sent, and with what result. Copies share
// that. A key is no secret. See [idem.Key] for its methods.
type Key = idem.Key

// NewKey makes a key to be stored before the call; see [SentKey].
func NewKey() Key { return idem.NewKey() }

// UnsentKey makes a key of a string of yours that was never sent, in any
// process: 1 to 64 letters, digits and hyphens (documented).
//
// Warning: a key made anew of an order's number at each attempt has been sent
// by the second time, and after its window the operation would be done again.
// Use [WithRef] there, or store the time of the first call and use [SentKey].
func UnsentKey(s string) (Key, error) { return idem.UnsentKey(s) }

// SentKey makes a key that may have been sent since then, by any process. A
// zero since means the date inside a key of [NewKey]. Past its window, a call
// under it sends nothing and fails with [ErrKeyExpired].
func SentKey(s string, since time.Time) (Key, error) { return idem.SentKey(s, since) }

const (
	// The key's header (documented); its name in the response is inferred.
	keyHeader = "Idempotency-Key"
	// keyWindow is half of the stated maximum ("we store keys for up to 24
	// hours"), which is no minimum: a key may vanish earlier.
	keyWindow = 12 * time.Hour
	// keyPatience is how long one call goes on by itself, instead of 12 hours.
	keyPatience  = 10 * time.Minute
	keyMaxLength = 64 // documented
)

// profile describes BlueSnap's keys. It marks no replay: the key that comes
// back shows that it was honoured, and may come with a first response too.
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

// codeIn returns the first error's name or else number, for the journal.
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

func keyByte(b byte) bool {
	return b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func classify(status int, _ http.Header, body []byte) idem.Signal {
	if status < http.StatusMultipleChoices && !looksLikeError(body) {
		return idem.SignalNone // most successes need no second reading
	}
	messages := parseMessages(body)
	switch {
	case len(messages) == 0 && status == http.StatusUnauthorized:
		// The vendor's gateway rejects credentials in words of its own. A 401
		// means that the request has not been applied (RFC 9110, 15.5.2).
		return idem.SignalError
	case len(messages) == 0:
		return idem.SignalNone
	case has(messages, ErrIdempotencyKeyReused):
		return idem.SignalKeyReused
	case has(messages, ErrIdempotencyKeyInProgress):
		return idem.SignalInProgress
	case status == http.StatusLocked, has(messages, ErrIdempotencyUnavailable):
		return idem.SignalRetryable
	case status == http.StatusInternalServerError, has(messages, leftOpen...),
		has(messages, ErrFraudDetected) && heldForReview(body):
		return idem.SignalIndeterminate
	default:
		return idem.SignalError
	}
}

// looksLikeError finds names that messages have. In XML they may have a prefix.
func looksLikeError(body []byte) bool {
	return bytes.Contains(body, []byte(`"message"`)) || bytes.Contains(body, []byte(`"errorCode"`)) ||
		bytes.Contains(body, []byte("<messages")) || bytes.Contains(body, []byte(":messages"))
}

// Profile returns BlueSnap's rules of idempotency, for an engine of your own, a
// transport or the kit in package idem/conformance.
func Profile() idem.Profile { return profile() }
