package fakeserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FaultHeader is a request header that carries a [Fault] for this request:
// "lose-response", "delay-before=2s". It is ignored if the server has seen the
// request's idempotency key before, so that a client that sends its headers on
// every attempt meets the fault once.
const FaultHeader = "Bardge-Sandbox-Fault"

// Fault is a fault of one request. The command and [FaultHeader] take its text;
// see [ParseFault]. Each fault documents whether the operation is executed.
type Fault string

const (
	// NoFault lets a request pass, to put between two faults or to spare it
	// from random ones.
	NoFault Fault = "none"

	// Refuse closes the connection before the request is read. Not executed.
	// The server's host is reached; see [Server.Down] for connections that are
	// refused.
	Refuse Fault = "refuse"

	// ResetBefore reads the request and resets the connection. Not executed.
	ResetBefore Fault = "reset-before"

	// LoseResponse executes the operation and resets the connection. A response
	// that the idempotency layer keeps is kept.
	LoseResponse Fault = "lose-response"

	// CutResponse executes the operation and closes the connection halfway
	// through the response's body; the Content-Length is the full length.
	CutResponse Fault = "cut-response"

	// KeyStoreFailure refuses a request with an idempotency key because the
	// server cannot look the key up. Not executed, and nothing is kept under
	// the key. A request whose key is ignored, or that has none, passes.
	KeyStoreFailure Fault = "key-store-failure"
)

const (
	serverErrorBefore = "server-error-before"
	serverErrorAfter  = "server-error-after"
	unavailable       = "unavailable"
	tooMany           = "too-many"
	delayBefore       = "delay-before"
	delayAfter        = "delay-after"
	proxyPage         = "proxy-page"
	proxyPageAfter    = "proxy-page-after"
	unreadable        = "unreadable" // in place of an invalid text
)

// ServerErrorBefore answers with a status from 500 to 599 and the vendor's
// error object. Not executed, and nothing is kept under the key.
func ServerErrorBefore(status int) Fault { return withStatus(serverErrorBefore, status) }

// ServerErrorAfter executes the operation, then answers with a status from 500
// to 599, which the idempotency layer keeps, if it keeps such responses: the
// same key then brings the same error until it is forgotten.
func ServerErrorAfter(status int) Fault { return withStatus(serverErrorAfter, status) }

// Unavailable answers 503 with a Retry-After in whole seconds, rounded up; 0
// sends none. Not executed.
func Unavailable(retryAfter time.Duration) Fault { return withTime(unavailable, retryAfter) }

// TooMany answers 429 with a Retry-After in whole seconds, rounded up; 0 sends
// none. Not executed.
func TooMany(retryAfter time.Duration) Fault { return withTime(tooMany, retryAfter) }

// DelayBefore accepts the request and its key at once and executes it after d,
// even if the client has gone by then.
func DelayBefore(d time.Duration) Fault { return withTime(delayBefore, d) }

// DelayAfter executes the operation at once and sends the response after d.
func DelayAfter(d time.Duration) Fault { return withTime(delayAfter, d) }

// ProxyPage answers with a status from 200 to 599 and an HTML page, as a proxy
// or portal in front of the API does. Not executed.
func ProxyPage(status int) Fault { return withStatus(proxyPage, status) }

// ProxyPageAfter executes the operation, then replaces the response by an HTML
// page with a status from 200 to 599, as a proxy does after a timeout. A
// response that the idempotency layer keeps is kept.
func ProxyPageAfter(status int) Fault { return withStatus(proxyPageAfter, status) }

// ParseFault reads a fault from its text: a name alone ("refuse",
// "reset-before", "lose-response", "cut-response", "key-store-failure",
// "none"), with a status ("server-error-before=500", "server-error-after=500",
// "proxy-page=502", "proxy-page-after=504") or with a time ("unavailable=2s",
// "too-many=2s", "delay-before=2s", "delay-after=2s").
func ParseFault(text string) (Fault, error) {
	_, err := readFault(Fault(text))
	return Fault(text), err
}

func withStatus(name string, status int) Fault { return Fault(name + "=" + strconv.Itoa(status)) }

func withTime(name string, d time.Duration) Fault { return Fault(name + "=" + d.String()) }

// effect is a parsed fault: its name, and its status or time.
type effect struct {
	text   Fault // "" for no fault
	name   string
	status int
	time   time.Duration
}

func readFault(f Fault) (effect, error) {
	name, argument, _ := strings.Cut(string(f), "=")
	e := effect{text: f, name: name}
	var ok bool
	switch name {
	case string(NoFault), string(Refuse), string(ResetBefore), string(LoseResponse), string(CutResponse),
		string(KeyStoreFailure):
		ok = argument == ""
	case serverErrorBefore, serverErrorAfter:
		e.status, ok = readStatus(argument, 500)
	case proxyPage, proxyPageAfter:
		e.status, ok = readStatus(argument, 200)
	case unavailable, tooMany, delayBefore, delayAfter:
		var err error
		e.time, err = time.ParseDuration(argument)
		ok = err == nil && e.time >= 0
	}
	if !ok {
		return effect{}, fmt.Errorf("sandbox: %q is no fault", string(f))
	}
	return e, nil
}

// effectOf parses a fault that may come from outside; "" and [NoFault] are no
// fault.
func effectOf(f Fault) effect {
	if f == "" || f == NoFault {
		return effect{}
	}
	e, err := readFault(f)
	if err != nil {
		return effect{text: unreadable, name: unreadable}
	}
	return e
}

func readStatus(text string, least int) (status int, ok bool) {
	status, err := strconv.Atoi(text)
	return status, err == nil && status >= least && status <= 599
}

// is reports whether the effect is this fault, which has no status or time.
func (e effect) is(f Fault) bool { return e.name == string(f) }
