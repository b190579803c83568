package sendonce

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

// closed refuses connections. No listener is ever given this port; one that was
// just closed may be given to the next.
const closed = "127.0.0.1:1"

func TestReasons_OfRealConnections(t *testing.T) {
	silent := listening(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	mute := func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)); _, _ = io.Copy(io.Discard, c) }
	rows := map[string]struct {
		url       string
		rt        http.RoundTripper
		reason    string
		permanent bool
		proof     Proof
	}{
		"proxy 407":     {"https://api.example.com", via(listening(t, refusing("407 secret words"))), "proxy refused CONNECT: 407", true, ProofNoConn},
		"proxy 403":     {"https://api.example.com", via(listening(t, refusing("403 Forbidden"))), "proxy refused CONNECT: 403", true, ProofNoConn},
		"proxy 503":     {"https://api.example.com", via(listening(t, refusing("503 secret words"))), "proxy refused CONNECT: 503", false, ProofNoConn},
		"proxy is gone": {"https://api.example.com", via(closed), "proxy not reached: connection refused", false, ProofNoConn},
		"proxy port":    {"https://api.example.com", via("127.0.0.1:99999"), "proxy not reached: port out of range", true, ProofNoConn},
		"refused":       {"http://" + closed, nil, "connection refused", false, ProofNoConn},
		"no TLS":        {"https://" + listening(t, func(c net.Conn) { writes(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), nil, "the server does not speak TLS", true, ProofNoConn},
		"TLS is slow":   {"https://" + silent, &http.Transport{TLSHandshakeTimeout: 20 * time.Millisecond}, "TLS handshake timed out", false, ProofNoConn},
		"headers are slow": {
			"http://" + listening(t, mute), &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond},
			"timed out waiting for the response headers", false, ProofNone,
		},
		"closed": {"http://" + listening(t, func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }), nil, "connection closed", false, ProofNone},
		"reset": {"http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_ = c.(*net.TCPConn).SetLinger(0)
		}), nil, "connection reset", false, ProofNone},
		"not HTTP": {"http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			writes(c, "secret words\r\n\r\n")
		}), nil, "malformed HTTP response", false, ProofNone},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			e := over(t, row.url, row.rt)
			require.Error(t, e.Err)
			assert.Equal(t, row.reason, e.Cause.Reason)
			assert.Equal(t, row.permanent, e.Cause.Permanent)
			assert.Equal(t, row.proof, e.Proof)
			assert.NotContains(t, e.Cause.Reason, "secret", "R23")
		})
	}
}

// A server that demands a certificate has refused the connection, although TLS
// 1.3 lets the client write its request before it hears of it.
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
					e := over(t, url, trusting)
					assert.Equal(t, ProofNoConn, e.Proof)
					assert.Equal(t, Cause{Reason: row.reason, Permanent: true}, e.Cause)
					assert.Nil(t, proto.Load())
				}
			})
		})
	}
}

func TestReasons_Certificates(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(address string, trusting *http.Transport, _ *atomic.Value) {
		e := over(t, address, nil)
		assert.Equal(t, "certificate not trusted", e.Cause.Reason)

		trusting.TLSClientConfig.ServerName = "elsewhere.test"
		e = over(t, address, trusting)
		assert.Equal(t, "certificate is for another host name", e.Cause.Reason)

		trusting.TLSClientConfig.ServerName = ""
		trusting.TLSClientConfig.Time = func() time.Time { return time.Now().AddDate(200, 0, 0) }
		e = over(t, address, trusting)
		assert.Equal(t, "certificate expired or not yet valid", e.Cause.Reason)
		assert.True(t, e.Cause.Permanent)
	})
}

func TestReasons_AreFixedWords(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	remote := func(words string) error { return &net.OpError{Op: "remote error", Err: errors.New(words)} }
	rows := map[string]struct {
		err  error
		want Cause
	}{
		"network":           {dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), Cause{Reason: "network unreachable"}},
		"host":              {dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), Cause{Reason: "no route to host"}},
		"files":             {dial(os.NewSyscallError("socket", syscall.EMFILE)), Cause{Reason: "too many open files"}},
		"firewall":          {dial(os.NewSyscallError("connect", syscall.EPERM)), Cause{Reason: "connection not permitted"}},
		"ports":             {dial(os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)), Cause{Reason: "no local address left"}},
		"dial":              {dial(os.ErrDeadlineExceeded), Cause{Reason: "dial timed out", TimedOut: true}},
		"dial, the kernel":  {dial(os.NewSyscallError("connect", syscall.ETIMEDOUT)), Cause{Reason: "dial timed out", TimedOut: true}},
		"read":              {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, Cause{Reason: "timed out", TimedOut: true}},
		"name":              {dial(&net.DNSError{Err: "no such host", Name: "secret", IsNotFound: true}), Cause{Reason: "no such host", Permanent: true}},
		"name, slowly":      {dial(&net.DNSError{Err: "timeout", Name: "secret", IsTimeout: true}), Cause{Reason: "name lookup timed out", TimedOut: true}},
		"name, perhaps":     {dial(&net.DNSError{Err: "server misbehaving", Name: "secret"}), Cause{Reason: "name lookup failed"}},
		"port":              {dial(&net.AddrError{Err: "invalid port", Addr: "secret"}), Cause{Reason: "port out of range", Permanent: true}},
		"proxy's name":      {&net.OpError{Op: "proxyconnect", Err: dial(&net.DNSError{IsNotFound: true})}, Cause{Reason: "proxy not reached: no such host", Permanent: true}},
		"SOCKS":             {&net.OpError{Op: "socks connect", Err: errors.New("secret")}, Cause{Reason: "SOCKS proxy refused the connection"}},
		"CONNECT":           {errors.New(proxyRefused + "407"), Cause{Reason: "proxy refused CONNECT: 407", Permanent: true}},
		"CONNECT, no proxy": {errors.New(proxyRefused + "secret"), Cause{Reason: "network error"}},
		"certificate":       {remote("tls: certificate required"), Cause{Reason: reasonClientCert, Permanent: true}},
		"our certificate":   {remote("tls: unknown certificate authority"), Cause{Reason: "client certificate rejected", Permanent: true}},
		"server name":       {remote("tls: unrecognized name"), Cause{Reason: "the server has no certificate for the host name", Permanent: true}},
		"alert":             {remote("tls: internal error"), Cause{Reason: "network error"}},
		"their certificate": {x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, Cause{Reason: "certificate not accepted", Permanent: true}},
		"authority":         {fmt.Errorf("a: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), Cause{Reason: "certificate not trusted", Permanent: true}},
		"scheme":            {http.ErrSchemeMismatch, Cause{Reason: "the server does not speak TLS", Permanent: true}},
		"protocol":          {errors.New(`unsupported protocol scheme "secret"`), Cause{Reason: "unsupported protocol", Permanent: true}},
		"headers":           {errors.New("net/http: server response headers exceeded 1048576 bytes; aborted"), Cause{Reason: "response headers over the size limit"}},
		"idle":              {errors.New("http: server closed idle connection"), Cause{Reason: "connection closed"}},
		"slept":             {ErrSlept, Cause{Reason: "the machine slept before the request was delivered", TimedOut: true}},
		"HTTP/2":            {errDialerHTTP2, Cause{Reason: "the caller's dialer negotiated HTTP/2", Permanent: true}},
		"unsolicited":       {errUnsolicited, Cause{Reason: reasonUnsolicited}},
		"nothing":           {context.Canceled, Cause{Reason: "cancelled by the caller", TimedOut: true}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, CauseOf(row.err)) })
	}
}

// R7: other alerts, and those on a connection that has served before, prove
// nothing.
func TestR7_OnlyAHandshakesAlertProvesThatNothingCameAbout(t *testing.T) {
	required := &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}
	bad := &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}
	for _, row := range []struct {
		err    error
		reused bool
		want   Proof
	}{{required, false, ProofNoConn}, {required, true, ProofNone}, {bad, false, ProofNone}, {io.EOF, false, ProofNone}} {
		c := &trackedConn{}
		c.written.Store(100)
		a := Attempt{connRequested: true, connAcquired: true, reused: row.reused, conn: c, sender: &Sender{Session: new(Session)}}
		assert.Equal(t, row.want, a.proof(row.err), "%v", row)
	}
}

func TestR7_WhatATransportErrorMeans(t *testing.T) {
	rows := map[string]struct {
		err  error
		want Cause
	}{
		"refused":      {syscall.ECONNREFUSED, Cause{Reason: "connection refused"}},
		"reset":        {syscall.ECONNRESET, Cause{Reason: "connection reset"}},
		"broken pipe":  {syscall.EPIPE, Cause{Reason: "connection reset"}},
		"closed":       {io.ErrUnexpectedEOF, Cause{Reason: "connection closed"}},
		"attempt over": {ErrAttemptTimeout, Cause{Reason: "attempt timed out", TimedOut: true}},
		"net timeout":  {os.ErrDeadlineExceeded, Cause{Reason: "timed out", TimedOut: true}},
		"cancelled":    {context.Canceled, Cause{Reason: "cancelled by the caller", TimedOut: true}},
		"deadline":     {context.DeadlineExceeded, Cause{Reason: "the caller's deadline passed", TimedOut: true}},
		"old TLS":      {errors.New("remote error: tls: protocol version not supported"), Cause{Reason: "no TLS version in common", Permanent: true}},
		"no TLS":       {tls.RecordHeaderError{}, Cause{Reason: "the server does not speak TLS", Permanent: true}},
		"unknown":      {errors.New("secret words of a transport"), Cause{Reason: "network error"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got := CauseOf(row.err)
			assert.Equal(t, row.want, got)
			assert.NotContains(t, got.Reason, "secret", "R23: fixed words only")
		})
	}
}
