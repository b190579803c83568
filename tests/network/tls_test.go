package network

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func servesTLS(t *testing.T, config *tls.Config) (server *sandbox.Sandbox, url string) {
	t.Helper()
	server = sandbox.Start(t)
	front := httptest.NewUnstartedServer(server.Handler())
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	front.TLS = config
	front.StartTLS()
	t.Cleanup(front.Close)
	return server, front.URL + sandbox.BasePath
}

func roads() map[string][]bardge.Option {
	with := func(config *tls.Config) []bardge.Option {
		return []bardge.Option{bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{TLSClientConfig: config}})}
	}
	return map[string][]bardge.Option{
		"the SDK's own transport": nil,
		"a transport with roots":  with(&tls.Config{RootCAs: trusted.pool()}),
		"a transport that allows all versions": with(&tls.Config{
			RootCAs: trusted.pool(), MinVersion: tls.VersionTLS10,
		}),
	}
}

func newClient(t *testing.T, server *sandbox.Sandbox, url string, opts ...bardge.Option) *bardge.Client {
	t.Helper()
	client, err := bardge.New(server.APIKey, append([]bardge.Option{bardge.WithBaseURL(url)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func issue(t *testing.T, c *bardge.Client, s sandbox.Seed, opts ...bardge.CallOption) (*bardge.Response, error) {
	t.Helper()
	_, resp, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: s.ClientID, PassID: s.PassID}, opts...)
	return resp, err
}

// A certificate that is not accepted is final, and proves that
// nothing was sent.
func TestTLS_BadCertificatesAreFinal(t *testing.T) {
	t.Parallel()
	past := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
	future := func(c *x509.Certificate) { // so far that a slow machine does not reach it
		c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
	}
	elsewhere := func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} }
	client := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	alone := trusted.chain()
	alone.Certificate = alone.Certificate[:1]

	invalid, unknown := holds[x509.CertificateInvalidError], holds[x509.UnknownAuthorityError]
	rows := map[string]struct {
		chain tls.Certificate
		why   func(error) bool
	}{
		"expired":                   {chain: trusted.chain(past), why: invalid},
		"not valid yet":             {chain: trusted.chain(future), why: invalid},
		"for clients":               {chain: trusted.chain(client), why: invalid},
		"wrong host":                {chain: trusted.chain(elsewhere), why: holds[x509.HostnameError]},
		"unknown authority":         {chain: newAuthority().chain(), why: unknown},
		"intermediate not provided": {chain: alone, why: unknown},
	}
	for name, row := range rows {
		for road, opts := range roads() {
			t.Run(name+", "+road, func(t *testing.T) {
				t.Parallel()
				server, url := servesTLS(t, &tls.Config{Certificates: []tls.Certificate{row.chain}})
				resp, err := issue(t, newClient(t, server, url, opts...), server.Seed)
				assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
				assert.Len(t, resp.Attempts, 1, "final")
				assert.True(t, row.why(err), "%v", errors.Unwrap(err))
				assert.Zero(t, server.Requests(sandbox.IssuePass))
			})
		}
	}
}

func holds[E error](err error) bool { return errors.As(err, new(E)) }

func TestTLS_AGoodChainWorks(t *testing.T) {
	t.Parallel()
	for road, opts := range roads() {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(road+", "+tls.VersionName(version), func(t *testing.T) {
				t.Parallel()
				server, url := servesTLS(t, &tls.Config{
					Certificates: []tls.Certificate{trusted.chain()}, MinVersion: version, MaxVersion: version,
				})
				resp, err := issue(t, newClient(t, server, url, opts...), server.Seed)
				require.NoError(t, err)
				assert.Len(t, resp.Attempts, 1)
				assert.Equal(t, 1, server.Executed(sandbox.IssuePass))
			})
		}
	}
}

// A server that offers at most TLS 1.1 is refused, with any transport of the
// caller's.
func TestTLS_OldVersionsAreRefused(t *testing.T) {
	t.Parallel()
	old := &tls.Config{RootCAs: trusted.pool(), MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	all := roads()
	all["a transport that allows no new version"] = []bardge.Option{
		bardge.WithHTTPClient(&http.Client{Transport: &http.Transport{TLSClientConfig: old}}),
	}
	for road, opts := range all {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			server, url := servesTLS(t, &tls.Config{
				Certificates: []tls.Certificate{trusted.chain()},
				MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
			})
			assert.Equal(t, uint16(tls.VersionTLS11), spoken(t, url), "who allows it can speak to this server")

			resp, err := issue(t, newClient(t, server, url, opts...), server.Seed)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
			assert.Len(t, resp.Attempts, 1, "another attempt cannot fare better")
			assert.Zero(t, server.Requests(sandbox.IssuePass))
		})
	}
}

func spoken(t *testing.T, url string) uint16 {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted.pool(), MinVersion: tls.VersionTLS10}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(url)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.TLS.Version
}

// authority signs as real ones do: a trusted root signs an intermediate, which
// signs the servers' certificates.
type authority struct {
	root, intermediate       *x509.Certificate
	rootKey, intermediateKey *ecdsa.PrivateKey
}

func newAuthority() *authority {
	a := &authority{rootKey: newKey(), intermediateKey: newKey()}
	root := ca("root")
	a.root = sign(root, root, &a.rootKey.PublicKey, a.rootKey)
	a.intermediate = sign(ca("intermediate"), a.root, &a.intermediateKey.PublicKey, a.rootKey)
	return a
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return pool
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}

func (a *authority) chain(changes ...func(*x509.Certificate)) tls.Certificate {
	template := certificate("server")
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, change := range changes {
		change(template)
	}
	key := newKey()
	leaf := sign(template, a.intermediate, &key.PublicKey, a.intermediateKey)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, a.intermediate.Raw}, PrivateKey: key}
}

func ca(name string) *x509.Certificate {
	c := certificate(name)
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	return c
}

func certificate(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		panic(err)
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
}

func sign(template, parent *x509.Certificate, public *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		panic(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		panic(err)
	}
	return made
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}
