package idem

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// errAttemptTimeout ends an attempt by the policy's own timeout, so that it can
// be told from the caller's deadline (R17).
var errAttemptTimeout error = attemptTimeoutError{}

type attemptTimeoutError struct{}

func (attemptTimeoutError) Error() string { return "idem: the attempt timed out" }

// Timeout makes it a timeout for those who ask net.Error's question.
func (attemptTimeoutError) Timeout() bool { return true }

// cause sorts an error without a status line. Its words are fixed, since the
// text of a transport's error may hold anything (R23); the error itself stays
// reachable through Unwrap.
type cause struct {
	reason string
	// permanent: another attempt to connect cannot fare better.
	permanent bool
	// silent: nothing was heard in time; the connection did not break.
	silent bool
}

// causeOf sorts err by type. What it does not know is neither permanent nor
// silence.
func causeOf(err error) cause {
	if c, ok := permanentCause(err); ok {
		return c
	}
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrJournal):
		return cause{reason: "the claim could not be renewed", silent: true}
	case errors.Is(err, errTooLate):
		return cause{reason: "too late to leave"}
	case errors.Is(err, errAttemptTimeout):
		return cause{reason: "timed out", silent: true}
	case errors.Is(err, context.Canceled):
		return cause{reason: "cancelled by the caller", silent: true}
	case errors.Is(err, context.DeadlineExceeded):
		return cause{reason: "the caller's deadline passed", silent: true}
	case errors.Is(err, syscall.ECONNREFUSED):
		return cause{reason: "connection refused"}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return cause{reason: "no route to the host"}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return cause{reason: "connection reset"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return cause{reason: "connection closed"}
	case errors.As(err, new(*net.DNSError)):
		return cause{reason: "the name could not be resolved"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return cause{reason: "timed out", silent: true}
	default:
		return cause{reason: "network error"}
	}
}

// permanentCause knows the failures to connect that repeating does not mend.
func permanentCause(err error) (cause, bool) {
	var (
		dns      *net.DNSError
		verify   *tls.CertificateVerificationError
		authorty x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &verify), errors.As(err, &authorty), errors.As(err, &hostname), errors.As(err, &invalid):
		return cause{reason: "the server's certificate was not accepted", permanent: true}, true
	case errors.As(err, &record):
		return cause{reason: "the server does not speak TLS", permanent: true}, true
	case disagree(err):
		return cause{reason: "no TLS version in common", permanent: true}, true
	case errors.As(err, &dns) && dns.IsNotFound:
		return cause{reason: "no such host", permanent: true}, true
	default:
		return cause{}, false
	}
}

// disagree reports whether client and server could not agree on a version of TLS.
// crypto/tls tells so in words alone.
func disagree(err error) bool {
	said := err.Error()
	return strings.Contains(said, "tls: ") &&
		(strings.Contains(said, "protocol version") || strings.Contains(said, "supported versions"))
}
