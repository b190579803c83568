package idem

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listening runs a server of one's own and returns its address.
func listening(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

// refusing is a proxy that answers CONNECT with a status.
func refusing(status string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			writes(c, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
		}
	}
}

func via(proxy string) *http.Transport {
	return &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})}
}

// closed refuses connections. No listener is ever given this port; one that was just
// closed may be given to the next.
const closed = "127.0.0.1:1"

func TestReasons_OfRealConnections(t *testing.T) {
	silent := listening(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	mute := func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)); _, _ = io.Copy(io.Discard, c) }
	rows := map[string]struct {
		url      string
		rt       http.RoundTripper
		reason   string
		attempts int
		verdict  Verdict
	}{
		"proxy 407":     {"https://api.example.com", via(listening(t, refusing("407 secret words"))), "proxy refused CONNECT: 407", 1, VerdictNothingSent},
		"proxy 403":     {"https://api.example.com", via(listening(t, refusing("403 Forbidden"))), "proxy refused CONNECT: 403", 1, VerdictNothingSent},
		"proxy 503":     {"https://api.example.com", via(listening(t, refusing("503 secret words"))), "proxy refused CONNECT: 503", 2, VerdictNothingSent},
		"proxy is gone": {"https://api.example.com", via(closed), "proxy not reached: connection refused", 2, VerdictNothingSent},
		"proxy port":    {"https://api.example.com", via("127.0.0.1:99999"), "proxy not reached: port out of range", 1, VerdictNothingSent},
		"refused":       {"http://" + closed, nil, "connection refused", 2, VerdictNothingSent},
		"no TLS":        {"https://" + listening(t, func(c net.Conn) { writes(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), nil, "the server does not speak TLS", 1, VerdictNothingSent},
		"TLS is slow":   {"https://" + silent, &http.Transport{TLSHandshakeTimeout: 20 * time.Millisecond}, "TLS handshake timed out", 2, VerdictNothingSent},
		"headers are slow": {
			"http://" + listening(t, mute), &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond},
			"timed out waiting for the response headers", 2, VerdictAmbiguous,
		},
		"closed": {"http://" + listening(t, func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }), nil, "connection closed", 2, VerdictAmbiguous},
		"reset": {"http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_ = c.(*net.TCPConn).SetLinger(0)
		}), nil, "connection reset", 2, VerdictAmbiguous},
		"not HTTP": {"http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			writes(c, "secret words\r\n\r\n")
		}), nil, "malformed HTTP response", 2, VerdictAmbiguous},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			e, err := New(Config{Profile: testProfile(), BaseURL: row.url, Transport: row.rt, Policy: Policy{BaseDelay: 1, MaxDelay: 1}})
			require.NoError(t, err)
			defer e.CloseIdleConnections()
			c := post(Keyed)
			c.Policy.MaxAttempts = 2
			r := e.Do(t.Context(), c)
			require.Len(t, r.Attempts, row.attempts)
			assert.Equal(t, row.reason, r.Attempts[0].Reason)
			assert.Equal(t, row.verdict, r.Attempts[0].Verdict)
			assert.NotContains(t, r.Err.Error(), "secret", "R23")
		})
	}
}

// A server that demands a certificate has refused the connection, although TLS 1.3
// lets the client write its request before it hears of it.
func TestReasons_ClientCertificateRequired(t *testing.T) {
	for version, row := range map[uint16]struct {
		reason string
	}{
		tls.VersionTLS12: {"TLS handshake refused by the server"},
		tls.VersionTLS13: {reasonClientCert},
	} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			demand := func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, version }
			overTLS(t, demand, func(url string, trusting *http.Transport, proto *atomic.Value) {
				for range 10 {
					r := over(t, url, trusting)
					assert.Equal(t, OutcomeNotSent, r.Outcome)
					require.Len(t, r.Attempts, 1)
					assert.Equal(t, row.reason, r.Attempts[0].Reason)
					assert.Nil(t, proto.Load())
				}
			})
		})
	}
}

func TestReasons_Certificates(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(address string, trusting *http.Transport, _ *atomic.Value) {
		r := over(t, address, nil)
		assert.Equal(t, "certificate not trusted", r.Attempts[0].Reason)

		trusting.TLSClientConfig.ServerName = "elsewhere.test"
		r = over(t, address, trusting)
		assert.Equal(t, "certificate is for another host name", r.Attempts[0].Reason)

		trusting.TLSClientConfig.ServerName = ""
		trusting.TLSClientConfig.Time = func() time.Time { return time.Now().AddDate(200, 0, 0) }
		r = over(t, address, trusting)
		assert.Equal(t, "certificate expired or not yet valid", r.Attempts[0].Reason)
		assert.Len(t, r.Attempts, 1)
	})
}

func TestReasons_AreFixedWords(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	remote := func(words string) error { return &net.OpError{Op: "remote error", Err: errors.New(words)} }
	rows := map[string]struct {
		err  error
		want cause
	}{
		"network":           {dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), cause{reason: "network unreachable"}},
		"host":              {dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), cause{reason: "no route to host"}},
		"files":             {dial(os.NewSyscallError("socket", syscall.EMFILE)), cause{reason: "too many open files"}},
		"firewall":          {dial(os.NewSyscallError("connect", syscall.EPERM)), cause{reason: "connection not permitted"}},
		"ports":             {dial(os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)), cause{reason: "no local address left"}},
		"dial":              {dial(os.ErrDeadlineExceeded), cause{reason: "dial timed out", silent: true}},
		"dial, the kernel":  {dial(os.NewSyscallError("connect", syscall.ETIMEDOUT)), cause{reason: "dial timed out", silent: true}},
		"read":              {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, cause{reason: "timed out", silent: true}},
		"name":              {dial(&net.DNSError{Err: "no such host", Name: "secret", IsNotFound: true}), cause{reason: "no such host", permanent: true}},
		"name, slowly":      {dial(&net.DNSError{Err: "timeout", Name: "secret", IsTimeout: true}), cause{reason: "name lookup timed out", silent: true}},
		"name, perhaps":     {dial(&net.DNSError{Err: "server misbehaving", Name: "secret"}), cause{reason: "name lookup failed"}},
		"port":              {dial(&net.AddrError{Err: "invalid port", Addr: "secret"}), cause{reason: "port out of range", permanent: true}},
		"proxy's name":      {&net.OpError{Op: "proxyconnect", Err: dial(&net.DNSError{IsNotFound: true})}, cause{reason: "proxy not reached: no such host", permanent: true}},
		"SOCKS":             {&net.OpError{Op: "socks connect", Err: errors.New("secret")}, cause{reason: "SOCKS proxy refused the connection"}},
		"CONNECT":           {errors.New(proxyRefused + "407"), cause{reason: "proxy refused CONNECT: 407", permanent: true}},
		"CONNECT, no proxy": {errors.New(proxyRefused + "secret"), cause{reason: "network error"}},
		"certificate":       {remote("tls: certificate required"), cause{reason: reasonClientCert, permanent: true}},
		"our certificate":   {remote("tls: unknown certificate authority"), cause{reason: "client certificate rejected", permanent: true}},
		"server name":       {remote("tls: unrecognized name"), cause{reason: "the server has no certificate for the host name", permanent: true}},
		"alert":             {remote("tls: internal error"), cause{reason: "network error"}},
		"their certificate": {x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, cause{reason: "certificate not accepted", permanent: true}},
		"authority":         {fmt.Errorf("a: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), cause{reason: "certificate not trusted", permanent: true}},
		"scheme":            {http.ErrSchemeMismatch, cause{reason: "the server does not speak TLS", permanent: true}},
		"protocol":          {errors.New(`unsupported protocol scheme "secret"`), cause{reason: "unsupported protocol", permanent: true}},
		"headers":           {errors.New("net/http: server response headers exceeded 1048576 bytes; aborted"), cause{reason: "response headers over the size limit"}},
		"idle":              {errors.New("http: server closed idle connection"), cause{reason: "connection closed"}},
		"slept":             {errSlept, cause{reason: "the machine slept before the request was delivered", silent: true}},
		"HTTP/2":            {errDialerHTTP2, cause{reason: "the caller's dialer negotiated HTTP/2", permanent: true}},
		"unsolicited":       {errUnsolicited, cause{reason: reasonUnsolicited}},
		"nothing":           {context.Canceled, cause{reason: "cancelled by the caller", silent: true}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, causeOf(row.err)) })
	}
}

// R7: other alerts, and those on a connection that has served before, prove nothing.
func TestR7_OnlyAHandshakesAlertProvesThatNothingCameAbout(t *testing.T) {
	required := &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}
	bad := &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}
	for _, row := range []struct {
		err    error
		reused bool
		want   proof
	}{{required, false, proofNoConn}, {required, true, proofNone}, {bad, false, proofNone}, {io.EOF, false, proofNone}} {
		c := &conn{}
		c.written.Store(100)
		f := flight{asked: true, got: true, reused: row.reused, conn: c, call: &call{engine: new(Engine)}}
		f.seen.err = row.err
		assert.Equal(t, row.want, f.proof(), "%v", row)
	}
}
