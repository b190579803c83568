package chaos

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Rules is how a vendor does idempotency.
type Rules struct {
	// TTL is how long a key is remembered. The model counts from the moment the
	// key was taken up, not from the end of the execution, which is the worst
	// that the vendors' wording allows.
	TTL time.Duration
	// Waits makes a request whose key is in use wait and share the response.
	// Otherwise it gets InProgress.
	Waits bool
	// WholeRequest makes the same key with another path a mismatch too, not
	// only with another body.
	WholeRequest bool
	// InProgress and Mismatch are the refusals of a key in use and of a key
	// used for something else.
	InProgress, Mismatch Refusal
	// ReplayHeader is set to ReplayValue on a replay, EchoHeader to the key on
	// each keyed response; empty: not sent. An empty ReplayValue is "true".
	ReplayHeader, ReplayValue, EchoHeader string
	// MarksAll sets the replay mark on each response to a key that is known,
	// also while the first request runs.
	MarksAll bool
	// MaxKey is the longest key, KeyAlphabet what it may consist of; empty:
	// visible ASCII.
	MaxKey      int
	KeyAlphabet string
	// ErrorBody writes the vendor's error object.
	ErrorBody func(r Refusal, requestID string) []byte
	// Result writes the body that answers an operation that was executed; nil:
	// an object tagged "issued_pass", with an id.
	Result func(op string) []byte
	// ErrorHeader is set on the error object of a refusal; nil: nothing is.
	ErrorHeader func(r Refusal) http.Header

	// KeyHeader carries the key; empty: Idempotency-Key. KeyField is the member
	// of a JSON body that carries it instead.
	KeyHeader, KeyField string
	// QuotedKeys makes the header's value a string of RFC 8941. One without
	// quotes is refused.
	QuotedKeys bool
	// KeyMissing is the refusal of a request without a key; without a status it
	// is executed.
	KeyMissing Refusal
	// IgnoresRequest replays to any request with the key: there is no mismatch.
	IgnoresRequest bool
	// Keeps is what is stored under a key.
	Keeps Keeping
	// FailureUndoes makes an execution that is answered with a 500 undone.
	FailureUndoes bool
	// Exists is the error object that refuses, with a 409, each request that
	// follows an execution under its key, and names the operation that was
	// executed. Nil: the stored response is replayed.
	Exists func(op string) []byte
	// Current writes the body of a replayed success, which shows the state of
	// now, with status 200; nil: it is the first body.
	Current func(op string) []byte
	// SuccessStatus, SuccessType and ErrorType are of a response; zero: 201 and
	// application/json.
	SuccessStatus          int
	SuccessType, ErrorType string
	// RequestIDHeader comes with each response; empty: Bardge-Request-Id.
	RequestIDHeader string
}

// Keeping is which responses are stored under a key. A key whose response is
// not stored is as new.
type Keeping int

// The ways to keep responses.
const (
	KeepsAll      Keeping = iota // each response
	KeepsExecuted                // those of an operation that was executed, whatever their status
	KeepsSuccess                 // those with a status below 300
)

func (k Keeping) stores(r response, executed bool) bool {
	switch k {
	case KeepsExecuted:
		return executed
	case KeepsSuccess:
		return r.status < http.StatusMultipleChoices
	default:
		return true
	}
}

// Refusal is a vendor's rejection: the status, and the fields of its error
// object.
type Refusal struct {
	Status              int
	Type, Code, Message string
}

const (
	keyHeader       = "Idempotency-Key"
	requestIDHeader = "Bardge-Request-Id"
	jsonType        = "application/json"
)

// Refusals that both rule sets use.
var (
	invalidKey       = Refusal{http.StatusUnauthorized, "authentication_error", "invalid_api_key", "Invalid API key provided"}
	accountDisabled  = Refusal{http.StatusForbidden, "permission_error", "account_disabled", "Reseller account is not enabled"}
	invalidInput     = Refusal{http.StatusBadRequest, "invalid_request_error", "validation_error", "A field is missing or has a bad value"}
	classFull        = Refusal{http.StatusConflict, "resource_conflict_error", "class_full", "The class is full"}
	notFound         = Refusal{http.StatusNotFound, "invalid_request_error", "resource_not_found", "No such resource"}
	alreadyCancelled = Refusal{http.StatusConflict, "resource_conflict_error", "already_cancelled", "The booking was cancelled before"}
	tooManyRequests  = Refusal{http.StatusTooManyRequests, "invalid_request_error", "rate_limited", "Too many requests"}
	serverFault      = Refusal{http.StatusInternalServerError, "api_error", "internal_error", "Something went wrong"}
	unavailable      = Refusal{http.StatusServiceUnavailable, "api_error", "unavailable", "Try again later"}
)

// BardgeRules returns the Reseller API's rules (documented: "Idempotent
// Requests"): 90 seconds, a concurrent request waitAt and shares, another body
// is a 409, a replay is marked. That a response with an error status is stored
// like any other is inferred from "after a 5xx retry with the same key".
func BardgeRules() Rules {
	return Rules{
		TTL:          90 * time.Second,
		Waits:        true,
		Mismatch:     Refusal{http.StatusConflict, "idempotency_error", "idempotency_key_reused", "The key was used with another body"},
		ReplayHeader: "X-Idempotent-Replayed",
		MaxKey:       255,
		ErrorBody:    bardgeError,
	}
}

// SecondRules returns the rules of another kind of vendor: a day, 409 while the
// first request runs, 422 for another request, the key repeated on each
// response and no mark on a replay, keys of up to 64 letters, digits and
// hyphens, and an error object of another shape.
func SecondRules() Rules {
	return Rules{
		TTL:          24 * time.Hour,
		WholeRequest: true,
		InProgress:   Refusal{http.StatusConflict, "60102", "IDEMPOTENCY_KEY_IN_PROGRESS", "The first request is still running"},
		Mismatch:     Refusal{http.StatusUnprocessableEntity, "60101", "IDEMPOTENCY_KEY_REUSED", "The key was used with another request"},
		EchoHeader:   keyHeader,
		MaxKey:       64,
		KeyAlphabet:  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-",
		ErrorBody:    messageListError,
	}
}

func bardgeError(r Refusal, requestID string) []byte {
	return mustJSON(map[string]any{"error": map[string]string{
		"type": r.Type, "code": r.Code, "message": r.Message, "request_id": requestID,
	}})
}

func messageListError(r Refusal, _ string) []byte {
	return mustJSON(map[string]any{"message": []map[string]string{
		{"errorName": r.Code, "code": r.Type, "description": r.Message},
	}})
}

func (r Rules) legalKey(key string) bool {
	for _, c := range key {
		if c <= ' ' || c > '~' || r.KeyAlphabet != "" && !strings.ContainsRune(r.KeyAlphabet, c) {
			return false
		}
	}
	return len(key) <= r.MaxKey
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // only maps of strings come here
	}
	return data
}
