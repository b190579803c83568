package sendonce

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
)

var systemCauses = causes{
	{err: syscall.ECONNREFUSED, cause: Cause{Reason: "connection refused"}},
	{err: syscall.ENETUNREACH, cause: Cause{Reason: "network unreachable"}},
	{err: syscall.EHOSTUNREACH, cause: Cause{Reason: "no route to host"}},
	{err: syscall.EADDRNOTAVAIL, cause: Cause{Reason: "no local address left"}},
	{err: syscall.EMFILE, cause: Cause{Reason: "too many open files"}},
	{err: syscall.ENFILE, cause: Cause{Reason: "too many open files"}},
	{err: syscall.EACCES, cause: Cause{Reason: "connection not permitted"}},
	{err: syscall.EPERM, cause: Cause{Reason: "connection not permitted"}},
	{err: syscall.ECONNRESET, cause: Cause{Reason: "connection reset"}},
	{err: syscall.EPIPE, cause: Cause{Reason: "connection reset"}},
	{err: syscall.ECONNABORTED, cause: Cause{Reason: "connection reset"}},
}

// dialCause knows why no connection came about: names, addresses, the system,
// time.
func dialCause(err error) (Cause, bool) {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case dns.IsNotFound:
			return Cause{Reason: "no such host", Permanent: true}, true
		case dns.IsTimeout:
			return Cause{Reason: "name lookup timed out", TimedOut: true}, true
		default:
			return Cause{Reason: "name lookup failed"}, true
		}
	}
	if addr, ok := errors.AsType[*net.AddrError](err); ok && strings.Contains(addr.Err, "port") {
		return Cause{Reason: "port out of range", Permanent: true}, true
	}
	if c, ok := systemCauses.find(err); ok {
		return c, true
	}
	reason := timeoutReason(err)
	return Cause{Reason: reason, TimedOut: true}, reason != ""
}

// timeoutReason finds which of net's and net/http's timeouts has passed; empty:
// none.
func timeoutReason(err error) string {
	var timeout interface{ Timeout() bool }
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		return ""
	}
	text := err.Error()
	op, ok := errors.AsType[*net.OpError](err)
	switch {
	case ok && op.Op == "dial":
		return "dial timed out"
	case strings.Contains(text, "TLS handshake timeout"):
		return "TLS handshake timed out"
	case strings.Contains(text, "timeout awaiting response headers"):
		return "timed out waiting for the response headers"
	case errors.Is(err, context.DeadlineExceeded):
		return ""
	default:
		return "timed out"
	}
}
