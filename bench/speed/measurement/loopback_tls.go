package measurement

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// LoopbackTLS is [Loopback] with HTTP/2, and a certificate for the roots.
func LoopbackTLS(tb testing.TB) (url string, roots *x509.CertPool) {
	tb.Helper()
	url, encoded, _ := strings.Cut(start(tb, servesTLS), " ")
	der, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(tb, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(tb, err)
	roots = x509.NewCertPool()
	roots.AddCert(certificate)
	return url, roots
}

func serveTLS(server *http.Server, l net.Listener) error {
	certificate, err := newCertificate()
	if err != nil {
		return err
	}
	server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}}
	encoded := base64.StdEncoding.EncodeToString(certificate.Certificate[0])
	if _, err := fmt.Fprintf(os.Stdout, "https://%s %s\n", l.Addr(), encoded); err != nil {
		return err
	}
	return server.ServeTLS(l, "", "")
}

func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
