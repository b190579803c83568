package sendonce

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
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
		ownCauses.find, proxyCause, tlsCause, dialCause, endCauses.find,
	} {
		if c, ok := known(err); ok {
			return c
		}
	}
	return Cause{Reason: "network error"}
}

// causes are the causes of errors, and of what is known by words alone.
type causes []struct {
	err   error // or
	words string
	cause Cause
}

// find returns the cause of the first row that fits.
func (rows causes) find(err error) (Cause, bool) {
	text := err.Error()
	for _, row := range rows {
		if row.err != nil && errors.Is(err, row.err) || row.words != "" && strings.Contains(text, row.words) {
			return row.cause, true
		}
	}
	return Cause{}, false
}

const reasonUnsolicited = "a response that no request asked for; connection closed"

// errHandshakeTimeout ends a TLS handshake on a connection of the caller's
// dialer.
var errHandshakeTimeout = errors.New("idem: the TLS handshake timed out")

var ownCauses = causes{
	{err: ErrTooLate, cause: Cause{Reason: "too late to leave"}},
	{err: ErrAttemptTimeout, cause: Cause{Reason: "attempt timed out", TimedOut: true}},
	{err: ErrSlept, cause: Cause{Reason: "the machine slept before the request was delivered", TimedOut: true}},
	{err: errUnsolicited, cause: Cause{Reason: reasonUnsolicited}},
	{err: errEarlyResponse, cause: Cause{Reason: "a success before the request was written; connection closed"}},
	{err: errDialerHTTP2, cause: Cause{Reason: "the caller's dialer negotiated HTTP/2", Permanent: true}},
	{err: errHandshakeTimeout, cause: Cause{Reason: "TLS handshake timed out", TimedOut: true}},
}

// endCauses end a connection that had come about. Timeouts of net and net/http
// pass for the end of the caller's context, and are found before.
var endCauses = causes{
	{err: context.Canceled, cause: Cause{Reason: "cancelled by the caller", TimedOut: true}},
	{err: context.DeadlineExceeded, cause: Cause{Reason: "the caller's deadline passed", TimedOut: true}},
	{words: "readLoopPeekFailLocked", cause: Cause{Reason: reasonUnsolicited}},
	{words: "server closed idle connection", cause: Cause{Reason: "connection closed"}},
	{words: "malformed HTTP", cause: Cause{Reason: "malformed HTTP response"}},
	{words: "malformed MIME header", cause: Cause{Reason: "malformed HTTP response"}},
	{words: "response headers exceeded", cause: Cause{Reason: "response headers over the size limit"}},
	{words: "unsupported protocol scheme", cause: Cause{Reason: "unsupported protocol", Permanent: true}},
	{err: io.EOF, cause: Cause{Reason: "connection closed"}},
	{err: io.ErrUnexpectedEOF, cause: Cause{Reason: "connection closed"}},
	{err: net.ErrClosed, cause: Cause{Reason: "connection closed"}},
}
