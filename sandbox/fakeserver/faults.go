package fakeserver

import (
	"fmt"
	"slices"
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

// ParseFault reads a fault from its text: a name, with a status or a time where
// the fault has one. [KnownFaults] lists all of them, and so does its error.
func ParseFault(text string) (Fault, error) {
	_, err := readFault(Fault(text))
	return Fault(text), err
}

func withStatus(name string, status int) Fault { return Fault(name + "=" + strconv.Itoa(status)) }

func withTime(name string, d time.Duration) Fault { return Fault(name + "=" + d.String()) }

// effect is a parsed fault: its name, and its status or time.
type effect struct {
	text     Fault // "" for no fault
	name     string
	status   int
	time     time.Duration
	atTakeUp bool // it acts on the request that takes up the key
}

func readFault(f Fault) (effect, error) {
	name, argument, _ := strings.Cut(string(f), "=")
	for i := range knownFaults {
		known := &knownFaults[i]
		if known.Name != name {
			continue
		}
		e := effect{text: f, name: name, atTakeUp: known.atTakeUp}
		if known.read(argument, &e) {
			return e, nil
		}
		return effect{}, fmt.Errorf("sandbox: fault %q is not of the form %s", string(f), known.Form())
	}
	return effect{}, fmt.Errorf("sandbox: no fault is named %q; there are %s", name, strings.Join(faultForms(), ", "))
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

// is reports whether the effect is this fault, which has no status or time.
func (e effect) is(f Fault) bool { return e.name == string(f) }

// matches reports whether a filter names this fault, with or without its
// argument.
func (f Fault) matches(filter string) bool {
	name, _, _ := strings.Cut(string(f), "=")
	return filter == string(f) || filter == name
}

// Known reports whether a fault has this text, or this name without its
// argument.
func (f Fault) Known() bool {
	_, err := readFault(f)
	return err == nil || slices.ContainsFunc(knownFaults, func(known FaultForm) bool { return known.Name == string(f) })
}
