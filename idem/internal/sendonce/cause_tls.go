package sendonce

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// tlsCause knows why two sides did not agree upon TLS.
func tlsCause(err error) (Cause, bool) {
	var record tls.RecordHeaderError
	if c, ok := certificateCause(err); ok {
		return c, true
	}
	if c, ok := alertCause(err); ok {
		return c, true
	}
	switch {
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return Cause{Reason: "the server does not speak TLS", Permanent: true}, true
	case isTLSVersionMismatch(err):
		return Cause{Reason: "no TLS version in common", Permanent: true}, true
	default:
		return Cause{}, false
	}
}

// certificateCause knows what is wrong with the server's certificate.
func certificateCause(err error) (Cause, bool) {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	var reason string
	switch {
	case errors.As(err, &authority):
		reason = "certificate not trusted"
	case errors.As(err, &hostname):
		reason = "certificate is for another host name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		reason = "certificate expired or not yet valid"
	case errors.As(err, &invalid), errors.As(err, &verify):
		reason = "certificate not accepted"
	default:
		return Cause{}, false
	}
	return Cause{Reason: reason, Permanent: true}, true
}

// reasonClientCert is what a server without a client's certificate says.
const reasonClientCert = "client certificate required"

// alertCauses are the alerts of a server, which crypto/tls gives in words
// alone.
var alertCauses = []struct{ words, reason string }{
	{"tls: certificate required", reasonClientCert},
	{"tls: bad certificate", "client certificate required or rejected"},
	{"tls: unsupported certificate", "client certificate rejected"},
	{"tls: revoked certificate", "client certificate rejected"},
	{"tls: expired certificate", "client certificate rejected"},
	{"tls: unknown certificate", "client certificate rejected"}, // also "unknown certificate authority"
	{"tls: access denied", "client certificate rejected"},
	{"tls: handshake failure", "TLS handshake refused by the server"},
	{"tls: unrecognized name", "the server has no certificate for the host name"},
	{"tls: no application protocol", "no application protocol in common"},
}

// alertCause knows what the server says by an alert.
func alertCause(err error) (Cause, bool) {
	said, ok := remoteAlert(err)
	if !ok {
		return Cause{}, false
	}
	for _, row := range alertCauses {
		if strings.HasPrefix(said, row.words) {
			return Cause{Reason: row.reason, Permanent: true}, true
		}
	}
	return Cause{}, false
}

// remoteAlert is the alert that the server sent, in crypto/tls's words.
func remoteAlert(err error) (string, bool) {
	var op *net.OpError
	for errors.As(err, &op) {
		if op.Op == "remote error" && op.Err != nil {
			return op.Err.Error(), true
		}
		err = op.Err
	}
	return "", false
}

// handshakeRefused reports an alert that a server sends only while it shakes
// hands: it has not come to the request then, although TLS 1.3 let the client
// write it.
func handshakeRefused(err error) bool {
	said, ok := remoteAlert(err)
	return ok && said == "tls: certificate required"
}

// isTLSVersionMismatch reports whether client and server could not agree on a
// version of TLS. crypto/tls reports it in words alone.
func isTLSVersionMismatch(err error) bool {
	said := err.Error()
	return strings.Contains(said, "tls: ") &&
		(strings.Contains(said, "protocol version") || strings.Contains(said, "supported versions"))
}
