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
	for name, row := range map[string]struct {
		url       string
		rt        http.RoundTripper
		reason    string
		permanent bool
		proof     Proof
	}{
		"proxy 407":     {url: "https://api.example.com", rt: via(listening(t, refusing("407 secret words"))), reason: "proxy refused CONNECT: 407", permanent: true, proof: ProofNoConn},
		"proxy 403":     {url: "https://api.example.com", rt: via(listening(t, refusing("403 Forbidden"))), reason: "proxy refused CONNECT: 403", permanent: true, proof: ProofNoConn},
		"proxy 503":     {url: "https://api.example.com", rt: via(listening(t, refusing("503 secret words"))), reason: "proxy refused CONNECT: 503", proof: ProofNoConn},
		"proxy is gone": {url: "https://api.example.com", rt: via(closed), reason: "proxy not reached: connection refused", proof: ProofNoConn},
		"proxy port":    {url: "https://api.example.com", rt: via("127.0.0.1:99999"), reason: "proxy not reached: port out of range", permanent: true, proof: ProofNoConn},
		"refused":       {url: "http://" + closed, reason: "connection refused", proof: ProofNoConn},
		"no TLS":        {url: "https://" + listening(t, func(c net.Conn) { writes(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), reason: "the server does not speak TLS", permanent: true, proof: ProofNoConn},
		"TLS is slow":   {url: "https://" + silent, rt: &http.Transport{TLSHandshakeTimeout: 20 * time.Millisecond}, reason: "TLS handshake timed out", proof: ProofNoConn},
		"headers are slow": {
			url: "http://" + listening(t, mute), rt: &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond},
			reason: "timed out waiting for the response headers", proof: ProofNone,
		},
		"closed": {url: "http://" + listening(t, func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }), reason: "connection closed", proof: ProofNone},
		"reset": {url: "http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_ = c.(*net.TCPConn).SetLinger(0)
		}), reason: "connection reset", proof: ProofNone},
		"not HTTP": {url: "http://" + listening(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			writes(c, "secret words\r\n\r\n")
		}), reason: "malformed HTTP response", proof: ProofNone},
	} {
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
// 1.3 lets the client write its request before it hears of it. If the alert
// comes before that write, net/http may return the write's error, which proves
// less.
func TestReasons_ClientCertificateRequired(t *testing.T) {
	for version, reason := range map[uint16]string{
		tls.VersionTLS12: "TLS handshake refused by the server", tls.VersionTLS13: reasonClientCert,
	} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			demand := func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, version }
			overTLS(t, demand, func(url string, trusting *http.Transport, proto *atomic.Value) {
				refused := 0
				for range 10 {
					e := over(t, url, trusting)
					assert.Nil(t, proto.Load())
					if version == tls.VersionTLS13 && e.Cause.Reason == "connection closed" {
						continue
					}
					refused++
					assert.Equal(t, ProofNoConn, e.Proof)
					assert.Equal(t, Cause{Reason: reason, Permanent: true}, e.Cause)
				}
				assert.Positive(t, refused)
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
	for name, row := range map[string]struct {
		err  error
		want Cause
	}{
		"network":           {err: dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), want: Cause{Reason: "network unreachable"}},
		"host":              {err: dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), want: Cause{Reason: "no route to host"}},
		"files":             {err: dial(os.NewSyscallError("socket", syscall.EMFILE)), want: Cause{Reason: "too many open files"}},
		"firewall":          {err: dial(os.NewSyscallError("connect", syscall.EPERM)), want: Cause{Reason: "connection not permitted"}},
		"ports":             {err: dial(os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)), want: Cause{Reason: "no local address left"}},
		"dial":              {err: dial(os.ErrDeadlineExceeded), want: Cause{Reason: "dial timed out", TimedOut: true}},
		"dial, the kernel":  {err: dial(os.NewSyscallError("connect", syscall.ETIMEDOUT)), want: Cause{Reason: "dial timed out", TimedOut: true}},
		"read":              {err: &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, want: Cause{Reason: "timed out", TimedOut: true}},
		"name":              {err: dial(&net.DNSError{Err: "no such host", Name: "secret", IsNotFound: true}), want: Cause{Reason: "no such host", Permanent: true}},
		"name, slowly":      {err: dial(&net.DNSError{Err: "timeout", Name: "secret", IsTimeout: true}), want: Cause{Reason: "name lookup timed out", TimedOut: true}},
		"name, perhaps":     {err: dial(&net.DNSError{Err: "server misbehaving", Name: "secret"}), want: Cause{Reason: "name lookup failed"}},
		"port":              {err: dial(&net.AddrError{Err: "invalid port", Addr: "secret"}), want: Cause{Reason: "port out of range", Permanent: true}},
		"proxy's name":      {err: &net.OpError{Op: "proxyconnect", Err: dial(&net.DNSError{IsNotFound: true})}, want: Cause{Reason: "proxy not reached: no such host", Permanent: true}},
		"SOCKS":             {err: &net.OpError{Op: "socks connect", Err: errors.New("secret")}, want: Cause{Reason: "SOCKS proxy refused the connection"}},
		"CONNECT":           {err: errors.New(proxyRefused + "407"), want: Cause{Reason: "proxy refused CONNECT: 407", Permanent: true}},
		"CONNECT, no proxy": {err: errors.New(proxyRefused + "secret"), want: Cause{Reason: "network error"}},
		"certificate":       {err: remote("tls: certificate required"), want: Cause{Reason: reasonClientCert, Permanent: true}},
		"our certificate":   {err: remote("tls: unknown certificate authority"), want: Cause{Reason: "client certificate rejected", Permanent: true}},
		"server name":       {err: remote("tls: unrecognized name"), want: Cause{Reason: "the server has no certificate for the host name", Permanent: true}},
		"alert":             {err: remote("tls: internal error"), want: Cause{Reason: "network error"}},
		"their certificate": {err: x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, want: Cause{Reason: "certificate not accepted", Permanent: true}},
		"authority":         {err: fmt.Errorf("a: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), want: Cause{Reason: "certificate not trusted", Permanent: true}},
		"scheme":            {err: http.ErrSchemeMismatch, want: Cause{Reason: "the server does not speak TLS", Permanent: true}},
		"protocol":          {err: errors.New(`unsupported protocol scheme "secret"`), want: Cause{Reason: "unsupported protocol", Permanent: true}},
		"headers":           {err: errors.New("net/http: server response headers exceeded 1048576 bytes; aborted"), want: Cause{Reason: "response headers over the size limit"}},
		"idle":              {err: errors.New("http: server closed idle connection"), want: Cause{Reason: "connection closed"}},
		"slept":             {err: ErrSlept, want: Cause{Reason: "the machine slept before the request was delivered", TimedOut: true}},
		"HTTP/2":            {err: errDialerHTTP2, want: Cause{Reason: "the caller's dialer negotiated HTTP/2", Permanent: true}},
		"unsolicited":       {err: errUnsolicited, want: Cause{Reason: reasonUnsolicited}},
		"nothing":           {err: context.Canceled, want: Cause{Reason: "cancelled by the caller", TimedOut: true}},
	} {
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
	}{{err: required, want: ProofNoConn}, {err: required, reused: true, want: ProofNone}, {err: bad, want: ProofNone}, {err: io.EOF, want: ProofNone}} {
		c := &trackedConn{}
		c.written.Store(100)
		a := Attempt{connRequested: true, connAcquired: true, reused: row.reused, conn: c, sender: &Sender{Session: new(Session)}}
		assert.Equal(t, row.want, a.proof(row.err), "%v", row)
	}
}

func TestR7_WhatATransportErrorMeans(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		want Cause
	}{
		"refused":      {err: syscall.ECONNREFUSED, want: Cause{Reason: "connection refused"}},
		"reset":        {err: syscall.ECONNRESET, want: Cause{Reason: "connection reset"}},
		"broken pipe":  {err: syscall.EPIPE, want: Cause{Reason: "connection reset"}},
		"closed":       {err: io.ErrUnexpectedEOF, want: Cause{Reason: "connection closed"}},
		"attempt over": {err: ErrAttemptTimeout, want: Cause{Reason: "attempt timed out", TimedOut: true}},
		"net timeout":  {err: os.ErrDeadlineExceeded, want: Cause{Reason: "timed out", TimedOut: true}},
		"cancelled":    {err: context.Canceled, want: Cause{Reason: "cancelled by the caller", TimedOut: true}},
		"deadline":     {err: context.DeadlineExceeded, want: Cause{Reason: "the caller's deadline passed", TimedOut: true}},
		"old TLS":      {err: errors.New("remote error: tls: protocol version not supported"), want: Cause{Reason: "no TLS version in common", Permanent: true}},
		"no TLS":       {err: tls.RecordHeaderError{}, want: Cause{Reason: "the server does not speak TLS", Permanent: true}},
		"unknown":      {err: errors.New("secret words of a transport"), want: Cause{Reason: "network error"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := CauseOf(row.err)
			assert.Equal(t, row.want, got)
			assert.NotContains(t, got.Reason, "secret", "R23: fixed words only")
		})
	}
}
