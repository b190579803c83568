package idem

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
	cause cause
}{
	{syscall.ECONNREFUSED, cause{reason: "connection refused"}},
	{syscall.ENETUNREACH, cause{reason: "network unreachable"}},
	{syscall.EHOSTUNREACH, cause{reason: "no route to host"}},
	{syscall.EADDRNOTAVAIL, cause{reason: "no local address left"}},
	{syscall.EMFILE, cause{reason: "too many open files"}},
	{syscall.ENFILE, cause{reason: "too many open files"}},
	{syscall.EACCES, cause{reason: "connection not permitted"}},
	{syscall.EPERM, cause{reason: "connection not permitted"}},
	{syscall.ECONNRESET, cause{reason: "connection reset"}},
	{syscall.EPIPE, cause{reason: "connection reset"}},
	{syscall.ECONNABORTED, cause{reason: "connection reset"}},
}

// dialCause knows why no connection came about: names, addresses, the system.
func dialCause(err error) (cause, bool) {
	var (
		dns  *net.DNSError
		addr *net.AddrError
	)
	if errors.As(err, &dns) {
		return dnsCause(dns), true
	}
	if errors.As(err, &addr) && strings.Contains(addr.Err, "port") {
		return cause{reason: "port out of range", permanent: true}, true
	}
	for _, row := range errnoCauses {
		if errors.Is(err, row.errno) {
			return row.cause, true
		}
	}
	return timeoutCause(err)
}

// timeoutCause knows which of net's and net/http's timeouts has passed.
func timeoutCause(err error) (cause, bool) {
	var (
		op      *net.OpError
		timeout interface{ Timeout() bool }
	)
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		return cause{}, false
	}
	text := err.Error()
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return cause{reason: "dial timed out", silent: true}, true
	case strings.Contains(text, "TLS handshake timeout"):
		return cause{reason: "TLS handshake timed out", silent: true}, true
	case strings.Contains(text, "timeout awaiting response headers"):
		return cause{reason: "timed out waiting for the response headers", silent: true}, true
	case errors.Is(err, context.DeadlineExceeded):
		return cause{}, false
	default:
		return cause{reason: "timed out", silent: true}, true
	}
}

func dnsCause(err *net.DNSError) cause {
	switch {
	case err.IsNotFound:
		return cause{reason: "no such host", permanent: true}
	case err.IsTimeout:
		return cause{reason: "name lookup timed out", silent: true}
	default:
		return cause{reason: "name lookup failed"}
	}
}

// brokenCauses are what net/http says in words alone.
var brokenCauses = []struct {
	words string
	cause cause
}{
	{"readLoopPeekFailLocked", cause{reason: reasonUnsolicited}},
	{"server closed idle connection", cause{reason: "connection closed"}},
	{"malformed HTTP", cause{reason: "malformed HTTP response"}},
	{"malformed MIME header", cause{reason: "malformed HTTP response"}},
	{"response headers exceeded", cause{reason: "response headers over the size limit"}},
	{"unsupported protocol scheme", cause{reason: "unsupported protocol", permanent: true}},
}

// brokenCause knows how a connection ended that had come about.
func brokenCause(err error) (cause, bool) {
	text := err.Error()
	for _, row := range brokenCauses {
		if strings.Contains(text, row.words) {
			return row.cause, true
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return cause{reason: "connection closed"}, true
	}
	return cause{}, false
}
