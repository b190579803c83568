package fakeserver

import (
	"net/http"
	"time"
)

// Vendor is what one vendor's server does that others do not. All functions are called from several goroutines at once.
type Vendor[Op ~string] struct {
	// BasePath is the path of the API's base URL, such as "/v1"; "" is none.
	BasePath string

	// Operations are the names of all operations.
	Operations []Op

	// RequestID is the response header that carries the request's id; "" sends none.
	RequestID string

	// RandomFaults are what [WithRandomFaults] draws from; nil is [EverydayFaults].
	RandomFaults []Fault

	// Account finds out who sends a request, or refuses it. Keys of different accounts never meet.
	Account func(c *Call, r *http.Request) (account string, refused *Response)

	// Refuse tells a refusal in the vendor's words. The server itself adds Retry-After.
	Refuse func(c *Call, r *http.Request, why Refusal) *Response

	// Routes returns the handler of all operations. Each of them is what around returned for it: around brings a
	// request to the operation and its answer back. A keyed operation honours idempotency keys. Operations run one at a
	// time, must not wait for anything, and write to the [http.ResponseWriter] that they are given before they return.
	Routes func(around func(op Op, keyed bool, next http.Handler) http.Handler) http.Handler
}

// Refusal is a request that the server refuses itself: the operation never sees it.
type Refusal struct {
	Reason Reason // why
	Status int    // of [ReasonServerError]: what the fault asks for, 500 to 599; of others 0
}

// Reason says why a request is refused.
type Reason string

// Reasons. Those of the keys come behind [Vendor].Account.
const (
	ReasonBodyTooLarge   Reason = "body too large"
	ReasonNoFault        Reason = "the fault header names no fault"
	ReasonServerError    Reason = "server error"
	ReasonUnavailable    Reason = "unavailable"
	ReasonTooMany        Reason = "too many requests"
	ReasonKeyReused      Reason = "key used with another request"
	ReasonKeyInProgress  Reason = "request with the same key in progress" // only where [KeyRules].Waits is false
	ReasonKeyTooLong     Reason = "key too long"                          // only by [KeyRules].Check
	ReasonKeyMalformed   Reason = "key with a bad character"              // only by [KeyRules].Check
	ReasonKeyStoreFailed Reason = "key store unavailable"
)

// KeyRules say what a vendor does with idempotency keys.
type KeyRules struct {
	// Header is the request header with the key. An empty one is none.
	Header string

	// Memory is how long a key is remembered, from the moment it was first taken up. A key whose request still runs
	// always is.
	Memory time.Duration

	// Ignored switches the keys off: every request is executed.
	Ignored bool

	// Check objects to a key that does not have the right form, or returns ""; nil never objects.
	Check func(key string) Reason

	// Waits makes a request that comes while the first one with its key runs wait for that one's answer. Otherwise it
	// is refused.
	Waits bool

	// Stored tells by its status whether an answer of the operation is kept. The key of another is forgotten, and the
	// same request runs again. Nil keeps all.
	Stored func(status int) bool

	// Mark puts into an answer's header what tells of the key; replayed says that the answer is an earlier request's.
	// Refusals are not marked. Nil marks nothing.
	Mark func(header http.Header, key string, replayed bool)
}
