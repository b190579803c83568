package sandboxserver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"io"
	"math"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// served is a sandbox on a port, until the test ends.
type served struct {
	*testing.T
	*Server

	ready  Ready
	client *http.Client
	stop   func() // ends it, and returns when it has ended
}

func serve(t *testing.T, config Config) *served {
	t.Helper()
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	server, err := Start(t.Context(), config)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	s := &served{T: t, Server: server, ready: server.Ready(), client: &http.Client{Transport: transport}}
	s.stop = func() {
		cancel()
		assert.NoError(t, <-ended)
		server.Close()
		transport.CloseIdleConnections()
		s.stop = func() {}
	}
	t.Cleanup(func() { s.stop() })
	return s
}

// do sends a request with headers, in pairs.
func (s *served) do(method, url, body string, headers ...string) (status int, header http.Header, text string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, url, strings.NewReader(body))
	require.NoError(s, err)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.client.Do(r)
	require.NoError(s, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(s, err)
	return response.StatusCode, response.Header, string(read)
}

// issue issues a pass.
func (s *served) issue(headers ...string) (int, http.Header) {
	s.Helper()
	body := `{"client_id":"` + s.ready.Seed["ClientID"] + `","pass_id":"` + s.ready.Seed["PassID"] + `"}`
	headers = append(headers, "Authorization", "Bearer "+s.ready.Credentials["api_key"])
	status, header, _ := s.do(http.MethodPost, s.ready.BaseURL+"/issued_passes", body, headers...)
	return status, header
}

func TestTheControlAPIIsBesideTheAPI(t *testing.T) {
	s := serve(t, Config{Version: "v9"})
	status, _ := s.issue("Idempotency-Key", "k")
	assert.Equal(t, http.StatusCreated, status)
	status, _, text := s.do(http.MethodGet, s.ready.ControlURL+"ledger", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, `"key":"k"`)
	_, _, text = s.do(http.MethodGet, s.ready.ControlURL+"version", "")
	assert.Contains(t, text, `"v9"`)
	assert.Len(t, s.Control().Ledger(), 1, "requests to the control API are no lines")
}

// From outside: what a page, a rebound name or a confused client sends.
func TestTheControlAPIRefusesWhatComesFromElsewhere(t *testing.T) {
	s := serve(t, Config{CORSOrigins: []string{"*"}})
	port := s.listener.Addr().(*net.TCPAddr).Port
	own := s.listener.Addr().String()
	for name, headers := range map[string][]string{
		"another origin":    {"Origin", "https://evil.com"},
		"another site":      {"Sec-Fetch-Site", "cross-site"},
		"another host name": {"Host", strings.Replace(own, "127.0.0.1", "evil.com", 1)},
		"a trailing dot":    {"Host", strings.Replace(own, "127.0.0.1", "localhost.", 1)},
		"no port":           {"Host", "localhost"},
		"a lookalike":       {"Host", strings.Replace(own, "127.0.0.1", "localhost.evil.com", 1)},
		"brackets":          {"Host", strings.Replace(own, "127.0.0.1", "[localhost]", 1)},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			status, header, _ := s.do(method, s.ready.ControlURL+"reset", "", headers...)
			assert.Equal(t, http.StatusForbidden, status, "%s, %s", name, method)
			assert.Empty(t, header.Get("Access-Control-Allow-Origin"), "never, not even if the API has it")
		}
	}
	for path, want := range map[string]int{"/%5fsandbox/ledger": http.StatusForbidden, "/x/../_sandbox/ledger": http.StatusForbidden} {
		status, _, _ := s.do(http.MethodGet, s.origin+path, "", "Host", "evil.com")
		assert.Equal(t, want, status, path)
	}
	// Without a host: HTTP/1.0 needs none.
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte("GET /_sandbox/ledger HTTP/1.0\r\n\r\n"))
	require.NoError(t, err)
	text, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Contains(t, string(text), "403 Forbidden")
}

func TestTheControlAPICanBeSwitchedOff(t *testing.T) {
	s := serve(t, Config{NoControl: true})
	assert.Empty(t, s.ready.ControlURL)
	status, _, _ := s.do(http.MethodGet, s.origin+"/_sandbox/health", "")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, fakeserver.UnknownRoute, s.Control().Ledger()[0].Operation)
}

func TestPagesMayCallTheAPIIfTheirOriginIsAllowed(t *testing.T) {
	s := serve(t, Config{CORSOrigins: []string{"http://shop.example"}})
	status, header, _ := s.do(http.MethodOptions, s.ready.BaseURL+"/issued_passes", "", "Origin", "http://shop.example",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,idempotency-key")
	assert.Equal(t, http.StatusNoContent, status)
	assert.Equal(t, "http://shop.example", header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "authorization,idempotency-key", header.Get("Access-Control-Allow-Headers"))
	assert.Empty(t, s.Control().Ledger(), "a preflight is no request of the API")
	status, header = s.issue("Origin", "http://shop.example")
	assert.Equal(t, http.StatusCreated, status)
	assert.Contains(t, header.Get("Access-Control-Expose-Headers"), "X-Idempotent-Replayed")
	_, header = s.issue("Origin", "http://evil.com")
	assert.Empty(t, header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "Origin", header.Get("Vary"))
}

func TestTLS(t *testing.T) {
	cert, key := certificate(t)
	s := serve(t, Config{TLSCert: cert, TLSKey: key})
	assert.True(t, strings.HasPrefix(s.ready.BaseURL, "https://"))
	status, _ := s.issue()
	assert.Equal(t, http.StatusCreated, status)
	status, _, _ = s.do(http.MethodPost, s.ready.ControlURL+"reset", "", "Origin", s.origin)
	assert.Equal(t, http.StatusOK, status)

	client, err := s.Client()
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	resp, err := client.Get(s.ready.ControlURL + "guide")
	require.NoError(t, err, "it trusts this certificate")
	defer resp.Body.Close()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

// certificate writes a certificate and its key, and returns their files.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	write := func(name, kind string, data []byte) string {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600))
		return file
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}

func TestListeningBeyondLoopbackIsAsked(t *testing.T) {
	var warned string
	warn := func(text string) { warned = text }
	s := serve(t, Config{Addr: "0.0.0.0:0", ListenAnywhere: true, Hosts: []string{"sandbox"}, Warn: warn})
	assert.Contains(t, warned, "other machines")
	assert.Contains(t, s.ready.BaseURL, "http://127.0.0.1:")
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	require.NoError(t, err)
	for host, want := range map[string]int{
		"127.0.0.1:" + port: http.StatusOK, "sandbox:" + port: http.StatusOK, "evil.com:" + port: http.StatusForbidden,
	} {
		status, _, _ := s.do(http.MethodGet, s.ready.ControlURL+"health", "", "Host", host)
		assert.Equal(t, want, status, host)
	}
}

func TestBadConfigurations(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "file")
	for name, config := range map[string]Config{
		"anywhere":     {Addr: "0.0.0.0:0"},
		"no host":      {Addr: ":0"},
		"name":         {Addr: "example.com:0"},
		"no port":      {Addr: "127.0.0.1"},
		"vendor":       {Vendor: "stripe"},
		"fault":        {Faults: []string{"IssuePass=flood"}},
		"no fault":     {Faults: []string{"IssuePass"}},
		"operation":    {Faults: []string{"Fly=refuse"}},
		"key memory":   {KeyMemory: -1},
		"rate":         {FaultRate: 2},
		"no rate":      {FaultRate: math.NaN()},
		"account":      {Accounts: []fakeserver.NewAccount{{Name: "a b"}}},
		"switch":       {Switches: map[string]string{"nothing": "on"}},
		"seed":         {SeedFile: missing},
		"bend":         {Bends: []fakeserver.Bend{{Operation: "IssuePass", Kind: "remove", Subject: "nothing"}}},
		"bent vendor":  {Vendor: "bluesnap", Bends: []fakeserver.Bend{{Operation: "*", Kind: "empty"}}},
		"ledger":       {LedgerFile: missing},
		"no key":       {TLSCert: missing},
		"certificate":  {TLSCert: missing, TLSKey: missing},
		"port in use":  {Addr: taken(t)},
		"address mark": {Addr: "127.0.0.1:x"},
	} {
		if config.Addr == "" {
			config.Addr = "127.0.0.1:0"
		}
		_, err := Start(t.Context(), config)
		require.Error(t, err, name)
		assert.NotRegexp(t, `With[A-Z]`, err.Error(), "it names flags")
	}
	for _, origin := range []string{"", "foo", "null", "localhost:3000", "ftp://a", "http://", "http://a/", "http://a/b", "http://A", "**"} {
		_, err := Start(t.Context(), Config{Addr: "127.0.0.1:0", CORSOrigins: []string{origin}})
		assert.ErrorContains(t, err, "--cors-origin", origin)
	}
}

// taken returns an address on which something listens.
func taken(t *testing.T) string {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

func TestTheLedgersFileIsAppended(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.jsonl")
	for range 2 {
		s := serve(t, Config{LedgerFile: file, LedgerLimit: 1})
		s.issue()
		s.issue()
		s.stop()
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(string(text), "\n"))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestALedgersFileThatLacksLinesIsAWarning(t *testing.T) {
	var warned []string
	file := filepath.Join(t.TempDir(), "ledger.jsonl")
	s := serve(t, Config{LedgerFile: file, Warn: func(text string) { warned = append(warned, text) }})
	require.NoError(t, s.file.Close())
	status, _ := s.issue()
	assert.Equal(t, http.StatusCreated, status)
	s.stop()
	require.Len(t, warned, 1)
	assert.Contains(t, warned[0], "the ledger's file is not complete")
}

func TestAnEndEndsStreamsAndDelays(t *testing.T) {
	s := serve(t, Config{Faults: []string{"IssuePass=delay-after=1h"}})
	response, err := s.client.Get(s.ready.ControlURL + "ledger/stream")
	require.NoError(t, err)
	defer response.Body.Close()
	s.stop()
	_, err = io.ReadAll(response.Body)
	assert.NoError(t, err, "the stream's end is a regular one")
}

func TestReadyIsOneLineOfJSON(t *testing.T) {
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, Run(ctx, Config{Vendor: "bluesnap", Addr: "127.0.0.1:0", ReadyJSON: true, Out: &out}))
	var ready Ready
	require.NoError(t, json.Unmarshal(out.Bytes(), &ready))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	assert.Equal(t, ready.BaseURL+"/_sandbox/", ready.ControlURL)
	assert.Equal(t, "API_sandbox_0001", ready.Credentials["username"])
	assert.NotEmpty(t, ready.Seed["ShopperID"])
	assert.NotEmpty(t, ready.Values["amount_declined"])
}

func TestTheEndPrintsTheLastLines(t *testing.T) {
	s := serve(t, Config{LedgerLimit: 2})
	for range 3 {
		s.issue()
	}
	assert.True(t, strings.HasPrefix(s.summary(), "3 requests; the last 2:\nrequest"), s.summary())
	assert.Equal(t, 3, strings.Count(s.summary(), "\n")-1)
}

func TestFlagsFillTheConfiguration(t *testing.T) {
	var config Config
	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	config.Bind(flags)
	given := strings.Fields("-vendor bluesnap -addr 127.0.0.1:1 -listen-anywhere -host a -host b:1 " +
		"-tls-cert c -tls-key k -cors-origin * -no-control -key-memory 2s -account team:secret -account other " +
		"-switch stored=final -seed s.json -strict -preview -fault IssuePass=unavailable=2s -faults 0.5 -faults-seed 7 " +
		"-ledger l.jsonl -ledger-limit 0 -ready-json")
	require.NoError(t, flags.Parse(append(given, "-drift", "IssuePass: rename tx_ref reference", "-drift", "*: empty")))
	assert.Equal(t, Config{
		Vendor: "bluesnap", Addr: "127.0.0.1:1", ListenAnywhere: true, Hosts: []string{"a", "b:1"},
		TLSCert: "c", TLSKey: "k", CORSOrigins: []string{"*"}, NoControl: true, KeyMemory: 2 * time.Second,
		Accounts: []fakeserver.NewAccount{{Name: "team", Secret: "secret"}, {Name: "other"}},
		Switches: map[string]string{"stored": "final"}, SeedFile: "s.json", Strict: true, Preview: true,
		Faults:    []string{"IssuePass=unavailable=2s"},
		FaultRate: 0.5, FaultSeed: 7,
		Bends: []fakeserver.Bend{
			{Operation: "IssuePass", Kind: "rename", Subject: "tx_ref", Value: "reference"}, {Operation: "*", Kind: "empty"},
		},
		LedgerFile: "l.jsonl", ReadyJSON: true,
	}, config)
	for _, bad := range []string{"-account :x", "-account team:other", "-switch stored", "-switch stored=kept", "-fault IssuePass=flood"} {
		require.Error(t, flags.Parse(strings.Fields(bad)), bad)
	}
	for _, form := range fakeserver.KnownFaults() {
		assert.Contains(t, FaultHelp(), form.Form())
	}
	for _, form := range fakeserver.KnownBends() {
		assert.Contains(t, BendHelp(), form.Form())
	}
}

// A number that makes no sense, and a text that is empty, is refused: it would
// mean the default.
func TestFlagsOutOfRangeAreRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "seed.json")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, row := range []struct{ flag, value, message string }{
		{"vendor", "", "it is empty"},
		{"addr", "", "it is empty"},
		{"addr", "127.0.0.1", "missing port"},
		{"addr", "127.0.0.1:-1", "invalid port"},
		{"addr", "127.0.0.1:65536", "invalid port"},
		{"host", "", "it is empty"},
		{"tls-cert", "", "it is empty"},
		{"tls-key", "", "it is empty"},
		{"tls-cert", "cert.pem", "--tls-cert and --tls-key: give both, or neither"},
		{"tls-key", "key.pem", "--tls-cert and --tls-key: give both, or neither"},
		{"cors-origin", "", "it is empty"},
		{"key-memory", "", "it is no time"},
		{"key-memory", "90", "it is no time"},
		{"key-memory", "0", "0s is not positive"},
		{"key-memory", "-1s", "-1s is not positive"},
		{"key-memory", "9999999h", "it is no time"},
		{"account", "", "an account is NAME:SECRET"},
		{"switch", "", "a switch is NAME=VALUE"},
		{"seed", "", "it is empty"},
		{"seed", empty, "seed: line 1: there is nothing"},
		{"fault", "", "no fault is named"},
		{"fault", "IssuePass=delay-before=-1s", "not of the form delay-before=TIME"},
		{"fault", "IssuePass=proxy-page=199", "not of the form proxy-page=STATUS"},
		{"faults", "-0.1", "--faults: -0.1 is not between 0 and 1"},
		{"faults", "1.1", "--faults: 1.1 is not between 0 and 1"},
		{"faults", "NaN", "--faults: NaN is not between 0 and 1"},
		{"faults", "", "invalid value"},
		{"faults-seed", "-1", "invalid value"},
		{"faults-seed", "18446744073709551616", "value out of range"},
		{"drift", "", "is not of the form OPERATION: KIND ARGUMENTS"},
		{"drift", "IssuePass: twist id", `no bend is named "twist"`},
		{"drift", "IssuePass: remove idd", `the response has no field "idd"`},
		{"ledger", "", "it is empty"},
		{"ledger-limit", "-1", "--ledger-limit: -1 is negative; 0 keeps all lines"},
		{"ledger-limit", "", "invalid value"},
		{"ledger-limit", "9223372036854775808", "value out of range"},
	} {
		t.Run(row.flag+"="+filepath.Base(row.value), func(t *testing.T) {
			var config Config
			flags := flag.NewFlagSet("x", flag.ContinueOnError)
			flags.SetOutput(io.Discard)
			config.Bind(flags)
			config.Addr = "127.0.0.1:0"
			err := flags.Parse([]string{"-" + row.flag, row.value})
			if err == nil {
				_, err = Start(t.Context(), config)
			}
			assert.ErrorContains(t, err, row.message)
		})
	}
}

// Without a limit every line is kept.
func TestALimitOf0KeepsAllLines(t *testing.T) {
	s := serve(t, Config{LedgerLimit: 0})
	for range 3 {
		s.issue()
	}
	assert.Len(t, s.Control().Ledger(), 3)
}

func TestDefaults(t *testing.T) {
	addr, err := (&Config{}).listenAddr()
	require.NoError(t, err)
	assert.Equal(t, DefaultAddr, addr)
	assert.True(t, strings.HasSuffix(serve(t, Config{}).ready.BaseURL, sandbox.BasePath))
}

// pages are a console that serves nothing.
type pages struct{ served chan struct{} }

func (pages) URL() string { return "http://127.0.0.1:9/?token=t" }

func (p pages) Serve(ctx context.Context) error {
	close(p.served)
	<-ctx.Done()
	return nil
}

// A console is announced, and served as long as the sandbox.
func TestConsoleIsAnnouncedAndServed(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	p := pages{make(chan struct{})}
	var out bytes.Buffer
	ended := make(chan error)
	config := Config{
		Addr: "127.0.0.1:0", ReadyJSON: true, Out: &out,
		Console: func(_ context.Context, s *Server) (Console, error) {
			assert.True(t, strings.HasPrefix(s.Origin(), "http://127.0.0.1:"))
			return p, nil
		},
	}
	go func() { ended <- Run(ctx, config) }()
	<-p.served
	stop()
	require.NoError(t, <-ended)
	assert.Contains(t, out.String(), `"console_url":"http://127.0.0.1:9/?token=t"`)

	config.ReadyJSON = false
	ctx, stop = context.WithCancel(t.Context())
	p.served = make(chan struct{})
	out.Reset()
	go func() { ended <- Run(ctx, config) }()
	<-p.served
	stop()
	require.NoError(t, <-ended)
	assert.Regexp(t, `(?m)^live requests +http://127\.0\.0\.1:9/\?token=t$`, out.String())

	config.NoControl = true
	config.Console = func(context.Context, *Server) (Console, error) { return nil, errors.New("it cannot be used") }
	ctx, stop = context.WithCancel(t.Context())
	stop()
	require.NoError(t, Run(ctx, config), "without a control API there is no console")
	config.NoControl = false
	require.ErrorContains(t, Run(ctx, config), "it cannot be used")
}
