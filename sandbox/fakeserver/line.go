package fakeserver

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// Result is the result of a request on the server.
type Result string

const (
	// ResultPending: the request is still running.
	ResultPending Result = "pending"
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted Result = "executed"
	// ResultReplayed: the stored response of an earlier request with the same
	// key was sent. Nothing was executed.
	ResultReplayed Result = "replayed"
	// ResultRejected: the response was an error, or a proxy's page. Nothing was
	// executed.
	ResultRejected Result = "rejected"
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped Result = "dropped"
)

// UnknownRoute is the operation of requests that no operation of the API
// serves.
const UnknownRoute = "unknown-route"

// Line is the server's record of one request, of any vendor. It holds no body,
// API key or token; the idempotency key is there as the client sent it.
type Line struct {
	// Line counts the requests in order of arrival, from 1. Lines have no gap,
	// even after a reset.
	Line uint64 `json:"line"`
	// Time is when the request arrived, by the server's clock.
	Time time.Time `json:"time"`
	// RequestID is counted, "req_0001"; in the response where the vendor has a
	// header for it.
	RequestID string `json:"request_id"`
	// Account is the sender; "" if it is unknown.
	Account string `json:"account"`
	// Method is the request's method, cut to 32 bytes.
	Method string `json:"method"`
	// Path is the request's path, percent-encoded, without its query, and cut
	// to 256 bytes.
	Path string `json:"path"`
	// Operation is the operation, or [UnknownRoute].
	Operation string `json:"operation"`
	// Key is the idempotency key as the client sent it; "" is none. Of a key
	// of more than 255 bytes, it is the beginning and a digest.
	Key string `json:"key"`
	// KeyName is a name for the key, "key_0001" for the account's first one.
	KeyName string `json:"key_name"`
	// Attempt counts the account's requests with the key, from 1; 0 without a
	// key. A key whose lines the ledger no longer has begins anew.
	Attempt int `json:"attempt"`
	// Result is the result of the request.
	Result Result `json:"result"`
	// Status is the response's; 0 if none was sent.
	Status int `json:"status"`
	// Code is the response's error code in the vendor's words; "" if it has none,
	// or none was sent.
	Code string `json:"code"`
	// Fault is what went wrong on purpose; "" if nothing did.
	Fault Fault `json:"fault"`
	// Phase is when the fault strikes; "" without a fault.
	Phase Phase `json:"phase"`
	// Resource is the id of what was made, changed or read; "" if nothing was.
	Resource string `json:"resource"`
	// RequestBytes is the length of the request's body, as far as it was read.
	RequestBytes int `json:"request_bytes"`
	// DurationMS is the time from the request's arrival to its response, by the
	// server's clock, in milliseconds; 0 while it is pending.
	DurationMS float64 `json:"duration_ms"`

	event uint64   // in the order in which lines are finished; 0: pending
	tally *tally   // that counts it
	known *keyName // of its key; nil without one
}

// Event is the position of a finished line in the order in which requests
// ended, from 1; 0 while the request runs. It is the id in [Control.Watch].
func (l *Line) Event() uint64 { return l.event }

const (
	maxMethodShown   = 32
	maxPathShown     = 256
	maxKeyShown      = 255
	maxResourceShown = 256
)

// newLine describes a request that arrives.
func newLine(c *Call, op string, r *http.Request, key string) *Line {
	return &Line{
		Time: c.arrived, RequestID: c.ID, Operation: op,
		Method: cut(r.Method, maxMethodShown), Path: cut(c.path, maxPathShown),
		Key: key, Result: ResultPending,
	}
}

// meets notes the request's fault.
func (l *Line) meets(fault Fault) { l.Fault, l.Phase = fault, fault.Phase() }

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most]
}

// shownKey returns a key of bounded length. Different keys stay different.
func shownKey(key string) string {
	if len(key) <= maxKeyShown {
		return key
	}
	digest := sha256.Sum256([]byte(key))
	suffix := "..." + hex.EncodeToString(digest[:])
	return key[:maxKeyShown-len(suffix)] + suffix
}
