package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptrace"
	"sync"
)

// Probe notes how the requests of its contexts reach their server. It is safe
// for concurrent use, and the zero value is ready.
type Probe struct {
	mu   sync.Mutex
	path Path
}

// Path is how requests have reached a server.
type Path struct {
	FirstHop   string // the host and port that were connected to; empty: the transport reports nothing
	Remote     string // the address of the last connection
	HasTLS     bool
	Version    uint16 // of TLS
	Protocol   string // that TLS has agreed on; empty: none
	Issuer     string // of the server's certificate
	Unverified bool   // the certificate was not verified
	// Rejected is the issuer of a certificate that was not accepted.
	Rejected string
}

// Trace adds the probe to a context.
func (p *Probe) Trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(hostPort string) { p.note(func(at *Path) { at.FirstHop = hostPort }) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) { p.note(func(at *Path) { at.reject(err) }) },
		GotConn:          func(info httptrace.GotConnInfo) { p.note(func(at *Path) { at.connected(info) }) },
	})
}

// Path returns what has been seen so far.
func (p *Probe) Path() *Path {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.path
	return &at
}

func (p *Probe) note(set func(*Path)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	set(&p.path)
}

func (at *Path) connected(info httptrace.GotConnInfo) {
	if info.Conn == nil {
		return
	}
	if remote := info.Conn.RemoteAddr(); remote != nil {
		at.Remote = remote.String()
	}
	secure, ok := info.Conn.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return
	}
	state := secure.ConnectionState()
	at.HasTLS, at.Version, at.Protocol = true, state.Version, state.NegotiatedProtocol
	at.Unverified = len(state.VerifiedChains) == 0
	if len(state.PeerCertificates) > 0 {
		at.Issuer = issuerOf(state.PeerCertificates[0])
	}
}

func (at *Path) reject(err error) {
	unverified, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if ok && len(unverified.UnverifiedCertificates) > 0 {
		at.Rejected = issuerOf(unverified.UnverifiedCertificates[0])
	}
}

// issuerOf names who has issued a certificate.
func issuerOf(c *x509.Certificate) string {
	name := c.Issuer.CommonName
	if len(c.Issuer.Organization) > 0 && c.Issuer.Organization[0] != name {
		if name != "" {
			name += ", "
		}
		name += c.Issuer.Organization[0]
	}
	return Plain(name)
}
