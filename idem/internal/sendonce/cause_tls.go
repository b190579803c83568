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
	reason := certificateReason(err)
	if reason == "" {
		reason = alertReason(remoteAlert(err))
	}
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case reason != "":
	case isRecord, errors.Is(err, http.ErrSchemeMismatch):
		reason = "the server does not speak TLS"
	case isTLSVersionMismatch(err):
		reason = "no TLS version in common"
	}
	return Cause{Reason: reason, Permanent: true}, reason != ""
}

// certificateReason finds what is wrong with the server's certificate; empty:
// nothing.
func certificateReason(err error) string {
	_, untrusted := errors.AsType[x509.UnknownAuthorityError](err)
	_, misnamed := errors.AsType[x509.HostnameError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case untrusted:
		return "certificate not trusted"
	case misnamed:
		return "certificate is for another host name"
	case isInvalid && invalid.Reason == x509.Expired:
		return "certificate expired or not yet valid"
	case isInvalid, unverified:
		return "certificate not accepted"
	default:
		return ""
	}
}

// reasonClientCert: the server requires a client's certificate.
const reasonClientCert = "client certificate required"

// alertReasons are the alerts of a server, which crypto/tls gives in words
// alone.
var alertReasons = []struct{ words, reason string }{
	{certificateRequired, reasonClientCert},
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

// certificateRequired is an alert that a server sends only while it shakes
// hands: it has not come to the request then, although TLS 1.3 let the client
// write it.
const certificateRequired = "tls: certificate required"

func alertReason(alert string) string {
	for _, row := range alertReasons {
		if strings.HasPrefix(alert, row.words) {
			return row.reason
		}
	}
	return ""
}

// remoteAlert is the alert that the server sent, in crypto/tls's words; empty:
// none.
func remoteAlert(err error) string {
	for {
		op, ok := errors.AsType[*net.OpError](err)
		switch {
		case !ok:
			return ""
		case op.Op == "remote error" && op.Err != nil:
			return op.Err.Error()
		}
		err = op.Err
	}
}

// isTLSVersionMismatch reports whether client and server could not agree on a
// version of TLS, which crypto/tls reports in words alone.
func isTLSVersionMismatch(err error) bool {
	text := err.Error()
	return strings.Contains(text, "tls: ") &&
		(strings.Contains(text, "protocol version") || strings.Contains(text, "supported versions"))
}
