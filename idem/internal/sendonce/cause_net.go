package sendonce

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// errnoCauses are what a system says of a connection.
var errnoCauses = []struct {
	errno syscall.Errno
	cause Cause
}{
	{syscall.ECONNREFUSED, Cause{Reason: "connection refused"}},
	{syscall.ENETUNREACH, Cause{Reason: "network unreachable"}},
	{syscall.EHOSTUNREACH, Cause{Reason: "no route to host"}},
	{syscall.EADDRNOTAVAIL, Cause{Reason: "no local address left"}},
	{syscall.EMFILE, Cause{Reason: "too many open files"}},
	{syscall.ENFILE, Cause{Reason: "too many open files"}},
	{syscall.EACCES, Cause{Reason: "connection not permitted"}},
	{syscall.EPERM, Cause{Reason: "connection not permitted"}},
	{syscall.ECONNRESET, Cause{Reason: "connection reset"}},
	{syscall.EPIPE, Cause{Reason: "connection reset"}},
	{syscall.ECONNABORTED, Cause{Reason: "connection reset"}},
}

// dialCause knows why no connection came about: names, addresses, the system.
func dialCause(err error) (Cause, bool) {
	var (
		dns  *net.DNSError
		addr *net.AddrError
	)
	if errors.As(err, &dns) {
		return dnsCause(dns), true
	}
	if errors.As(err, &addr) && strings.Contains(addr.Err, "port") {
		return Cause{Reason: "port out of range", Permanent: true}, true
	}
	for _, row := range errnoCauses {
		if errors.Is(err, row.errno) {
			return row.cause, true
		}
	}
	return timeoutCause(err)
}

// timeoutCause knows which of net's and net/http's timeouts has passed.
func timeoutCause(err error) (Cause, bool) {
	var (
		op      *net.OpError
		timeout interface{ Timeout() bool }
	)
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		return Cause{}, false
	}
	text := err.Error()
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return Cause{Reason: "dial timed out", TimedOut: true}, true
	case strings.Contains(text, "TLS handshake timeout"):
		return Cause{Reason: "TLS handshake timed out", TimedOut: true}, true
	case strings.Contains(text, "timeout awaiting response headers"):
		return Cause{Reason: "timed out waiting for the response headers", TimedOut: true}, true
	case errors.Is(err, context.DeadlineExceeded):
		return Cause{}, false
	default:
		return Cause{Reason: "timed out", TimedOut: true}, true
	}
}

func dnsCause(err *net.DNSError) Cause {
	switch {
	case err.IsNotFound:
		return Cause{Reason: "no such host", Permanent: true}
	case err.IsTimeout:
		return Cause{Reason: "name lookup timed out", TimedOut: true}
	default:
		return Cause{Reason: "name lookup failed"}
	}
}

// brokenCauses are what net/http says in words alone.
var brokenCauses = []struct {
	words string
	cause Cause
}{
	{"readLoopPeekFailLocked", Cause{Reason: reasonUnsolicited}},
	{"server closed idle connection", Cause{Reason: "connection closed"}},
	{"malformed HTTP", Cause{Reason: "malformed HTTP response"}},
	{"malformed MIME header", Cause{Reason: "malformed HTTP response"}},
	{"response headers exceeded", Cause{Reason: "response headers over the size limit"}},
	{"unsupported protocol scheme", Cause{Reason: "unsupported protocol", Permanent: true}},
}

// brokenCause knows how a connection ended that had come about.
func brokenCause(err error) (Cause, bool) {
	text := err.Error()
	for _, row := range brokenCauses {
		if strings.Contains(text, row.words) {
			return row.cause, true
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return Cause{Reason: "connection closed"}, true
	}
	return Cause{}, false
}
