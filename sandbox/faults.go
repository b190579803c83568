package sandbox

import (
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Faults without a status or time; the functions return the others.
const (
	// NoFault lets a request pass, to put between two faults or to spare it
	// from random ones.
	NoFault = fakeserver.NoFault

	// Refuse closes the connection before the request is read. Not executed.
	// The server's host is reached; see [Sandbox.Down] for connections that are
	// refused.
	Refuse = fakeserver.Refuse

	// ResetBefore reads the request and resets the connection. Not executed.
	ResetBefore = fakeserver.ResetBefore

	// LoseResponse executes the operation and resets the connection. A response
	// that the idempotency layer keeps is kept.
	LoseResponse = fakeserver.LoseResponse

	// CutResponse executes the operation and closes the connection halfway
	// through the response's body; the Content-Length is the full length.
	CutResponse = fakeserver.CutResponse

	// KeyStoreFailure refuses a request with an idempotency key because the
	// server cannot look the key up: 503 (inferred). Not executed, and nothing
	// is kept under the key. A request whose key is ignored, or that has none,
	// passes.
	KeyStoreFailure = fakeserver.KeyStoreFailure
)

// ServerErrorBefore answers with a status from 500 to 599 and the API's error
// object. Not executed, and nothing is kept under the key.
func ServerErrorBefore(status int) Fault { return fakeserver.ServerErrorBefore(status) }

// ServerErrorAfter executes the operation, then answers with a status from 500
// to 599, which the idempotency layer keeps: the same key brings the same error
// until it is forgotten.
func ServerErrorAfter(status int) Fault { return fakeserver.ServerErrorAfter(status) }

// Unavailable answers 503 with a Retry-After in whole seconds, rounded up; 0
// sends none. Not executed.
func Unavailable(retryAfter time.Duration) Fault { return fakeserver.Unavailable(retryAfter) }

// TooMany answers 429 with a Retry-After in whole seconds, rounded up; 0 sends
// none. Not executed.
func TooMany(retryAfter time.Duration) Fault { return fakeserver.TooMany(retryAfter) }

// DelayBefore accepts the request and its key at once and executes it after d,
// even if the client has gone by then.
func DelayBefore(d time.Duration) Fault { return fakeserver.DelayBefore(d) }

// DelayAfter executes the operation at once and sends the response after d.
func DelayAfter(d time.Duration) Fault { return fakeserver.DelayAfter(d) }

// ProxyPage answers with a status from 200 to 599 and an HTML page, as a proxy
// or portal in front of the API does. Not executed.
func ProxyPage(status int) Fault { return fakeserver.ProxyPage(status) }

// ProxyPageAfter executes the operation, then replaces the response by an HTML
// page with a status from 200 to 599, as a proxy does after a timeout. A
// response that the idempotency layer keeps is kept.
func ProxyPageAfter(status int) Fault { return fakeserver.ProxyPageAfter(status) }

// ParseFault reads a fault from its text: a name alone ("refuse",
// "reset-before", "lose-response", "cut-response", "key-store-failure",
// "none"), with a status ("server-error-before=500", "server-error-after=500",
// "proxy-page=502", "proxy-page-after=504") or with a time ("unavailable=2s",
// "too-many=2s", "delay-before=2s", "delay-after=2s").
func ParseFault(text string) (Fault, error) { return fakeserver.ParseFault(text) }
