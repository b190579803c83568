package postgres

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"github.com/bardge/bardge-go/journal"
)

// causeOf returns the cause of an error, with its code and words.
func causeOf(err error) (cause *journal.Error, words string) {
	if cause, words, found := unfitServer(err); found {
		return cause, words
	}
	for _, k := range knownErrors {
		if errors.Is(err, k.err) && k.cause != journal.CauseTimeout {
			return &journal.Error{Cause: k.cause}, k.err.Error()
		}
	}
	cause = reportedCause(err)
	words = cause.Error()
	return cause, words
}

// reportedCause is causeOf for errors from outside the package. The server's
// code precedes the system's, since a refused session has both.
func reportedCause(err error) *journal.Error {
	if server := reported(err); server != nil {
		return &journal.Error{Cause: serverCause(server.Code), Code: "SQLSTATE " + server.Code}
	}
	if errno, ok := errnoOf(err); ok {
		return &journal.Error{Cause: systemCause(errno), Code: "errno " + errnoName(errno)}
	}
	timeout := net.Error(nil)
	switch {
	case errors.Is(err, puddle.ErrClosedPool):
		return &journal.Error{Cause: journal.CauseClosed}
	case isTLS(err):
		return &journal.Error{Cause: journal.CauseTLS}
	case isUnknownHost(err):
		return &journal.Error{Cause: journal.CauseUnknownHost}
	case pgconn.Timeout(err), errors.As(err, &timeout) && timeout.Timeout():
		return &journal.Error{Cause: journal.CauseTimeout}
	default:
		return &journal.Error{Cause: journal.CauseConnection}
	}
}

func serverCause(code string) journal.Cause {
	switch code {
	case "53100":
		return journal.CauseDiskFull
	case "42501":
		return journal.CausePermission
	case "3D000":
		return journal.CauseNoDatabase
	case "25006":
		return journal.CauseReadOnly
	case "55P03", "40P01":
		return journal.CauseLocked
	case queryCanceled, "25P03", "25P04": // of a statement, or of the caller's transaction
		return journal.CauseTimeout
	case "53300", "57P01", "57P02", "57P03", "57P05":
		return journal.CauseConnection // too many, or the server ended it
	}
	switch code[:min(2, len(code))] {
	case "08":
		return journal.CauseConnection
	case "28":
		return journal.CauseAuthentication
	case "XX":
		if code != "XX000" { // an internal error
			return journal.CauseCorrupt
		}
	}
	return journal.CauseOther
}

// isTLS reports whether the two sides could not agree on TLS: a certificate that
// one does not trust, or a side that does not use it.
func isTLS(err error) bool {
	alert, ok := errors.AsType[*net.OpError](err) // of either side
	return ok && (alert.Op == "remote error" || alert.Op == "local error") ||
		is[*tls.CertificateVerificationError](err) || is[tls.RecordHeaderError](err) ||
		strings.Contains(err.Error(), noTLS)
}

// noTLS is in the driver's error, which it does not export, if the server has no
// TLS and the connection requires it.
const noTLS = "server refused TLS connection"

func isUnknownHost(err error) bool {
	lookup, ok := errors.AsType[*net.DNSError](err)
	return ok && lookup.IsNotFound
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func errnoOf(err error) (syscall.Errno, bool) {
	errno := syscall.Errno(0)
	found := errors.As(err, &errno)
	return errno, found
}

// errnoNames are the numbers of errors that end connections.
var errnoNames = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "ECONNREFUSED",
	syscall.ECONNRESET:   "ECONNRESET",
	syscall.ECONNABORTED: "ECONNABORTED",
	syscall.EPIPE:        "EPIPE",
	syscall.ETIMEDOUT:    "ETIMEDOUT",
	syscall.EHOSTUNREACH: "EHOSTUNREACH",
	syscall.ENETUNREACH:  "ENETUNREACH",
	syscall.ENETDOWN:     "ENETDOWN",
	syscall.ENOENT:       "ENOENT", // no such socket
	syscall.EACCES:       "EACCES",
	syscall.EMFILE:       "EMFILE",
}

func errnoName(errno syscall.Errno) string {
	if name, ok := errnoNames[errno]; ok {
		return name
	}
	return fmt.Sprintf("%d", uintptr(errno))
}

func systemCause(errno syscall.Errno) journal.Cause {
	switch errno { //nolint:exhaustive // the others break a connection
	case syscall.ECONNREFUSED, syscall.ENOENT:
		return journal.CauseRefused
	case syscall.ETIMEDOUT:
		return journal.CauseTimeout
	case syscall.EACCES:
		return journal.CausePermission
	default:
		return journal.CauseConnection
	}
}
