package idem

import (
	"context"
	"errors"
)

// errAttemptTimeout ends an attempt by the policy's own timeout, so that it can
// be told from the caller's deadline (R17).
var errAttemptTimeout error = attemptTimeoutError{}

type attemptTimeoutError struct{}

func (attemptTimeoutError) Error() string { return "idem: the attempt timed out" }

// Timeout makes it a timeout for those who ask net.Error's question.
func (attemptTimeoutError) Timeout() bool { return true }

// cause sorts an error without a status line. Its words are fixed, so that they can
// be searched, and since the text of a transport's error may hold anything (R23);
// the error itself stays reachable through Unwrap.
type cause struct {
	reason string
	// permanent: another attempt to connect cannot fare better.
	permanent bool
	// silent: nothing was heard in time; the connection did not break.
	silent bool
}

// causeOf sorts err. What it does not know is neither permanent nor silence.
func causeOf(err error) cause {
	for _, known := range []func(error) (cause, bool){
		ownCause, proxyCause, tlsCause, dialCause, contextCause, brokenCause,
	} {
		if c, ok := known(err); ok {
			return c
		}
	}
	return cause{reason: "network error"}
}

// ownCause knows the engine's own errors.
func ownCause(err error) (cause, bool) {
	for _, row := range []struct {
		err   error
		cause cause
	}{
		{ErrJournal, cause{reason: "the claim could not be renewed", silent: true}},
		{errTooLate, cause{reason: "too late to leave"}},
		{errAttemptTimeout, cause{reason: "attempt timed out", silent: true}},
		{errSlept, cause{reason: "the machine slept before the request was delivered", silent: true}},
		{errUnsolicited, cause{reason: reasonUnsolicited}},
		{errEarlyResponse, cause{reason: "a success before the request was written; connection closed"}},
		{errDialerHTTP2, cause{reason: "the caller's dialer negotiated HTTP/2", permanent: true}},
		{errHandshakeTimeout, cause{reason: "TLS handshake timed out", silent: true}},
	} {
		if errors.Is(err, row.err) {
			return row.cause, true
		}
	}
	return cause{}, false
}

// contextCause knows the end of the caller's context. Timeouts of net and net/http
// pass for it, and are looked for before.
func contextCause(err error) (cause, bool) {
	switch {
	case errors.Is(err, context.Canceled):
		return cause{reason: "cancelled by the caller", silent: true}, true
	case errors.Is(err, context.DeadlineExceeded):
		return cause{reason: "the caller's deadline passed", silent: true}, true
	default:
		return cause{}, false
	}
}

const reasonUnsolicited = "a response that no request asked for; connection closed"

// errHandshakeTimeout ends a TLS handshake on a connection of the caller's dialer.
var errHandshakeTimeout = errors.New("idem: the TLS handshake timed out")
