package fakeserver

import (
	"net/http"
	"time"
)

// Vendor holds what differs between vendors' servers. All functions are called
// from several goroutines at once.
type Vendor[Op ~string] struct {
	// BasePath is the path of the API's base URL, such as "/v1"; "" is none.
	BasePath string

	// Operations are the names of all operations.
	Operations []Op

	// RequestID is the response header that carries the request's id; "" sends
	// none.
	RequestID string

	// RandomFaults are what [WithRandomFaults] draws from; nil is
	// [EverydayFaults].
	RandomFaults []Fault

	// Account returns the sender of a request, and the response that rejects it
	// if it is to be rejected: a disabled account has both. It is called once,
	// when the request arrives, and changes nothing. Keys of different accounts
	// are independent.
	Account func(c *Call, r *http.Request) (account string, refused *Response)

	// Accounts are the accounts that [Control] can change; nil is none. No
	// operation runs while one is created or gets another secret.
	Accounts Accounts

	// State returns a part of the API's data for [Control.State], as a value
	// that encoding/json encodes; nil shows none. No operation runs until it is
	// encoded.
	State func(query StateQuery) any

	// Seed returns a seed that makes the API's data anew, for [Control.Seed];
	// nil makes none. No operation runs until it is encoded.
	Seed func() any

	// Reset puts the API's data back to the start. No operation runs meanwhile.
	// Nil keeps no data.
	Reset func()

	// Refuse returns a rejection in the vendor's words. The server itself adds
	// Retry-After.
	Refuse func(c *Call, r *http.Request, why Refusal) *Response

	// Routes returns the handler of all operations. Each handler is wrapped by
	// around, which brings a request to the operation and its response back. A
	// keyed operation honours idempotency keys. Operations run one at a time,
	// must not wait, and write to the [http.ResponseWriter] before they return.
	Routes func(around func(op Op, keyed bool, next http.Handler) http.Handler) http.Handler
}

// Refusal is a request that the server itself rejects, before the operation.
type Refusal struct {
	Reason Reason // why
	Status int    // of [ReasonServerError], by the fault: 500 to 599; else 0
}

// Reason is why a request is rejected.
type Reason string

// Reasons. Those about keys follow [Vendor].Account.
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

// KeyRules are a vendor's rules for idempotency keys.
type KeyRules struct {
	// Header is the request header with the key; empty: none.
	Header string

	// Memory is how long a key is remembered, from the arrival of its first
	// request. A key whose request still runs always is.
	Memory time.Duration

	// Ignored disables keys: every request is executed.
	Ignored bool

	// Check returns what is wrong with a key's form, or ""; nil accepts every
	// key.
	Check func(key string) Reason

	// Waits makes a request that comes while the first one with its key runs
	// wait and share its response. Otherwise it is rejected.
	Waits bool

	// Stored reports by its status whether an operation's response is stored.
	// Without that, the key is forgotten, and the same request runs again. Nil
	// stores all.
	Stored func(status int) bool

	// Mark adds the key's headers to a response; replayed means that it is an
	// earlier request's. Rejections are not marked. Nil adds nothing.
	Mark func(header http.Header, key string, replayed bool)
}
