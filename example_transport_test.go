package bardge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// A proxy that is not named by the environment.
func ExampleWithHTTPClient_proxy() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	seen := 0
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(*httputil.ProxyRequest) { seen++ },
		Transport: sb.Client().Transport,
	})
	defer proxy.Close()
	address, err := url.Parse(proxy.URL) // such as http://user:password@proxy.example.com:3128
	if err != nil {
		fmt.Println(err)
		return
	}
	transport := &http.Transport{Proxy: http.ProxyURL(address)}
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL),
		bardge.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	profile, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.FirstName, "by proxy:", seen == 1)
	// Output: Ada by proxy: true
}

// A gateway with a certificate of a private authority, which asks for one of the client's.
func ExampleWithHTTPClient_certificates() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	gateway := startGateway(sb)
	defer gateway.Close()

	roots := x509.NewCertPool() // or x509.SystemCertPool, and roots.AppendCertsFromPEM
	roots.AddCert(gateway.Certificate())
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{
			RootCAs:      roots,
			Certificates: gateway.TLS.Certificates, // or from tls.LoadX509KeyPair
			MinVersion:   tls.VersionTLS13,
		},
		TLSHandshakeTimeout: 5 * time.Second,
	}
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(gateway.URL+sandbox.BasePath),
		bardge.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	profile, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.FirstName)
	// Output: Ada
}

// startGateway serves the sandbox by TLS, to clients that have a certificate.
func startGateway(sb *sandbox.Sandbox) *httptest.Server {
	gateway := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			to, _ := url.Parse(sb.URL) // the sandbox's own
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		},
		Transport: sb.Client().Transport,
	})
	gateway.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	gateway.StartTLS()
	return gateway
}
