package sendonce

import (
	"context"
	"errors"
)

// ErrAttemptTimeout ends an attempt whose time is over. It differs from the
// error of the caller's own deadline (R17).
var ErrAttemptTimeout error = attemptTimeoutError{}

type attemptTimeoutError struct{}

func (attemptTimeoutError) Error() string { return "idem: the attempt timed out" }

// Timeout makes it a timeout by net.Error's definition.
func (attemptTimeoutError) Timeout() bool { return true }

// Cause classifies the error of an attempt that got no status line. The text of
// a transport's error may contain anything (R23), so it is not repeated.
type Cause struct {
	// Reason is the cause in fixed words, which can be searched for.
	Reason string
	// Permanent: another attempt to connect would fail in the same way.
	Permanent bool
	// TimedOut: nothing was received in time; the connection did not break.
	TimedOut bool
}

// CauseOf classifies err. An unknown error is neither permanent nor a timeout.
func CauseOf(err error) Cause {
	for _, known := range []func(error) (Cause, bool){
		ownCause, proxyCause, tlsCause, dialCause, contextCause, brokenCause,
	} {
		if c, ok := known(err); ok {
			return c
		}
	}
	return Cause{Reason: "network error"}
}

// ownCause knows the errors of this package.
func ownCause(err error) (Cause, bool) {
	for _, row := range []struct {
		err   error
		cause Cause
	}{
		{ErrTooLate, Cause{Reason: "too late to leave"}},
		{ErrAttemptTimeout, Cause{Reason: "attempt timed out", TimedOut: true}},
		{ErrSlept, Cause{Reason: "the machine slept before the request was delivered", TimedOut: true}},
		{errUnsolicited, Cause{Reason: reasonUnsolicited}},
		{errEarlyResponse, Cause{Reason: "a success before the request was written; connection closed"}},
		{errDialerHTTP2, Cause{Reason: "the caller's dialer negotiated HTTP/2", Permanent: true}},
		{errHandshakeTimeout, Cause{Reason: "TLS handshake timed out", TimedOut: true}},
	} {
		if errors.Is(err, row.err) {
			return row.cause, true
		}
	}
	return Cause{}, false
}

// contextCause knows the end of the caller's context. Timeouts of net and
// net/http pass for it, and are looked for before.
func contextCause(err error) (Cause, bool) {
	switch {
	case errors.Is(err, context.Canceled):
		return Cause{Reason: "cancelled by the caller", TimedOut: true}, true
	case errors.Is(err, context.DeadlineExceeded):
		return Cause{Reason: "the caller's deadline passed", TimedOut: true}, true
	default:
		return Cause{}, false
	}
}

const reasonUnsolicited = "a response that no request asked for; connection closed"

// errHandshakeTimeout ends a TLS handshake on a connection of the caller's
// dialer.
var errHandshakeTimeout = errors.New("idem: the TLS handshake timed out")
