package bardge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleNew() {
	_, err := bardge.New("", bardge.WithUserAgent("shop/1.2"))
	fmt.Println(err)
	client, err := bardge.New("an-api-key", bardge.WithUserAgent("shop/1.2"))
	fmt.Println(client != nil, err)
	// Output:
	// bardge: API key is empty
	// true <nil>
}

func ExampleFromEnv() {
	_ = os.Setenv("BARDGE_API_KEY", "an-api-key")
	defer func() { _ = os.Unsetenv("BARDGE_API_KEY") }()

	client, err := bardge.FromEnv()
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// A key that is reset in the dashboard is dead at once. The source is called
// for every attempt, so the new one is used from the next attempt on.
func ExampleWithAPIKeyProvider() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	key := sb.APIKey // in your vault

	client, err := bardge.New("", bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return key, nil }))
	if err != nil {
		fmt.Println(err)
		return
	}
	key = sb.ResetAPIKey()
	profile, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.FirstName)
	// Output: Ada
}

// Another base URL must be https, or http to this machine.
func ExampleWithBaseURL() {
	for _, u := range []string{"https://gateway.example.com/bardge", "http://localhost:8787/v3", "http://gateway.example.com"} {
		_, err := bardge.New("an-api-key", bardge.WithBaseURL(u))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// <nil>
	// bardge: WithBaseURL: base URL is not https (http is allowed to a loopback host only)
}

func ExampleWithUserAgent() {
	_, err := bardge.New("an-api-key", bardge.WithUserAgent("shop\n1.2"))
	if invalid, ok := errors.AsType[*bardge.InvalidError](err); ok {
		fmt.Println(invalid.Field)
	}
	// Output: user agent
}

// Only the Transport of an HTTP client is used; what would act behind the SDK's
// back is refused.
func ExampleWithHTTPClient() {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 5 * time.Second}
	_, err := bardge.New("an-api-key", bardge.WithHTTPClient(&http.Client{Transport: transport}))
	fmt.Println(err)
	_, err = bardge.New("an-api-key", bardge.WithHTTPClient(&http.Client{Timeout: 10 * time.Second}))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: WithHTTPClient: HTTP client has a Timeout; use the context, or RetryPolicy.AttemptTimeout
}

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

// A gateway with a certificate of a private authority, which requires one of
// the client's.
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

// A program that ends lets its calls end, and then closes its journal.
func ExampleClient_Close() {
	sb, client := start(bardge.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	ended := make(chan error)
	go func() {
		ended <- client.RunRecovery(context.Background(), 20*time.Second, func(*bardge.RecoveryResult) {})
	}()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := client.Close(ctx); err != nil {
		fmt.Println(err) // calls that are still under way, as Recover will find them
		return
	}
	fmt.Println(errors.Is(<-ended, bardge.ErrClientClosed))
	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	fmt.Println(err)
	// Output:
	// true
	// bardge: GetClient: not sent: the client is closed
}
