package doctor_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/doctor"
)

// Every failure has a sentence of its own, and advice without placeholders.
func TestEveryFailureHasItsDiagnosis(t *testing.T) {
	seen := map[string]string{}
	for reason, want := range map[string]string{
		"no such host":                                    "The host name api.test does not exist (DNS).",
		"name lookup failed":                              "The name server does not resolve api.test: name lookup failed.",
		"name lookup timed out":                           "The name server does not resolve api.test: name lookup timed out.",
		"proxy refused CONNECT: 407":                      "The proxy demands credentials (407).",
		"proxy refused CONNECT: 503":                      "A proxy refuses to connect to api.test:443: proxy refused CONNECT: 503.",
		"proxy not reached: no such host":                 "The proxy cannot be reached: proxy not reached: no such host.",
		"SOCKS proxy refused the connection":              "The SOCKS proxy refuses to connect to api.test:443.",
		"connection refused":                              "Nothing listens at api.test:443: the connection is refused.",
		"connection not permitted":                        "This machine's firewall does not permit connections to api.test:443.",
		"dial timed out":                                  "api.test:443 cannot be reached: the connection is not accepted in time.",
		"network unreachable":                             "There is no network to api.test:443.",
		"certificate not trusted":                         "The certificate of api.test:443 is not trusted: TLS is intercepted, or this machine's root certificates are out of date.",
		"certificate is for another host name":            "The server's certificate is for another host name than api.test: TLS may be intercepted.",
		"certificate expired or not yet valid":            "The server's certificate has expired or is not valid yet.",
		"client certificate required":                     "The server demands a certificate of the client: client certificate required.",
		"the server does not speak TLS":                   "api.test:443 does not speak TLS.",
		"no TLS version in common":                        "api.test:443 and this client have no version of TLS in common; the SDK needs 1.2.",
		"no application protocol in common":               "api.test:443 does not speak HTTP/1.1, which the SDK needs.",
		"the caller's dialer negotiated HTTP/2":           "The transport's DialTLSContext agrees on HTTP/2, which the SDK cannot track.",
		"the server has no certificate for the host name": "api.test:443 has no certificate for its host name.",
		"TLS handshake timed out":                         "TLS with api.test:443 fails: TLS handshake timed out.",
		"malformed HTTP response":                         "What listens at api.test:443 does not speak HTTP: malformed HTTP response.",
		"attempt timed out":                               "api.test:443 accepts the connection, but no response came in time.",
		"unsupported protocol":                            "The base URL's or the proxy's scheme is not supported.",
		"something new":                                   "No response came: something new.",
	} {
		d := doctor.Explain(doctor.Failure{Reason: reason, Host: "api.test:443"})
		assert.Equal(t, want, d.Problem)
		assert.NotEmpty(t, d.Advice)
		for _, placeholder := range []string{"{", "}"} {
			assert.NotContains(t, d.Problem+d.Advice, placeholder, reason)
		}
		assert.Empty(t, seen[d.Problem], "one sentence for two failures")
		seen[d.Problem] = reason
	}
}

func TestErrorsOfTheAPIHaveTheirDiagnosis(t *testing.T) {
	for _, row := range []struct {
		status int
		code   string
		want   string
	}{
		{401, "invalid_api_key", "The API refuses the API key (status 401, invalid_api_key)."},
		{401, "", "The API refuses the API key (status 401)."},
		{403, "account_disabled", "The reseller's account is disabled (status 403, account_disabled)."},
		{403, "permission_denied", "The API rejects the request (status 403, permission_denied)."},
		{429, "", "The API asks to slow down (status 429)."},
		{500, "api_error", "The API reports an error of its own (status 500, api_error)."},
		{404, "not_found", "The API rejects the request (status 404, not_found)."},
	} {
		d := doctor.Explain(doctor.Failure{Status: row.status, IsAPI: true, Code: row.code, Header: http.Header{}})
		assert.Equal(t, row.want, d.Problem)
	}
}
