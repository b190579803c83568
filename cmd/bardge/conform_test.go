package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/sandboxserver"
	"github.com/bardge/bardge-go/sandbox"
)

// passBody has a number that makes requests differ.
const passBody = `{"client_id":"client_ada","pass_id":"pass_trial","note":"{{n}}"}`

// conformDesk returns a desk with a sandbox that the command can steer, the URL
// that is tried, and the sandbox's own.
func conformDesk(t *testing.T, vendor string) (d *desk, base, control string) {
	t.Helper()
	server, err := sandboxserver.Start(t.Context(), sandboxserver.Config{
		Vendor: vendor, Addr: "127.0.0.1:0", Faults: nil, Warn: func(text string) { t.Log(text) },
	})
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(t.Context()) }()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	ready := server.Ready()
	return newDesk(t), ready.BaseURL, strings.TrimSuffix(ready.ControlURL, "/_sandbox/")
}

func TestConformIsAsItWas(t *testing.T) {
	for _, format := range []string{"table", "json", "yaml"} {
		d, base, control := conformDesk(t, "bardge")
		d.set("BARDGE_CONFORM_AUTHORIZATION", "Bearer sandbox_key_0001")
		r := d.done("conform", base+"/issued_passes", "--profile", "bardge", "--body", d.file(passBody), "--id", "id",
			"--second-authorization-file", d.file("Bearer sandbox_key_0002"), "--refused-body", d.file(`{"pass_id":"{{n}}"}`),
			"--other-path", sandbox.BasePath+"/credit_purchases", "--sandbox", control, "--within", "2h", "-o", format)
		assert.Empty(t, r.stderr)
		assert.NotContains(t, r.stdout, "sandbox_key")
		golden(t, "conform/sandbox."+format, r.stdout)
	}
}

// TestConformFindsWhatIsBroken: by a server without keys, and with a counter of
// its own.
func TestConformFindsWhatIsBroken(t *testing.T) {
	var orders atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		orders.Add(1)
		assert.Equal(t, "secret", r.Header.Get("X-Api-Key"))
		assert.Equal(t, "shop", r.Header.Get("X-Tenant"))
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "secret", r.Header.Get("X-Api-Key"))
		_, _ = w.Write([]byte(`{"orders":{"executed":` + strings.TrimSpace(jsonNumber(orders.Load())) + `}}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d := newDesk(t)
	d.stdin = `{"n":{{n}}}`
	r := d.run("conform", server.URL+"/orders?dry=0", "--profile", "bluesnap", "--body", "-", "--header", "X-Tenant=shop",
		"--authorization-header", "X-Api-Key", "--authorization-file", d.file("secret"),
		"--counter-url", server.URL+"/count", "--counter", "orders.executed", "-o", "json")
	assert.Equal(t, cli.ExitExpectation, r.code, r.stderr)
	assert.Contains(t, r.stdout, `"verdict": "broken"`)
	assert.Contains(t, r.stdout, "the key protects nothing")
	assert.JSONEq(t, `{"error":"1 of 16 checks found something broken","exit_code":6}`, r.stderr)
	assert.EqualValues(t, 4, orders.Load(), "two without a key, and one with its repetition")
}

func jsonNumber(n int64) string { return string('0' + byte(n%10)) }

func TestConformEndsEarly(t *testing.T) {
	d, base, control := conformDesk(t, "bardge")
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(silent.Close)
	elsewhere := "https://api.example.com/orders"
	url := base + "/issued_passes"
	for _, row := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{
			name: "the credentials are refused", args: []string{url, "--id", "id"}, code: cli.ExitCredentials,
			want: "conformance: the first request was not executed: status 401\n",
		},
		{
			name: "not found", args: []string{base + "/nothing", "--id", "id"}, code: cli.ExitFailed,
			want: "conformance: the first request was not executed: status 404\n",
		},
		{
			name: "nobody listens", args: []string{"http://127.0.0.1:1/?secret", "--id", "id"}, code: cli.ExitFailed,
			want: "conformance: the first request got no response (dial tcp 127.0.0.1:1: connect: connection refused)\n",
		},
		{
			name: "no response", args: []string{silent.URL, "--id", "id"}, code: cli.ExitUnknown,
			want: "conformance: the first request got no response (EOF)\n",
		},
		{name: "another host", args: []string{elsewhere, "--id", "id"}, code: cli.ExitUsage, want: "URL is not on this machine: give --allow-writes to execute requests there; nothing was sent\n"},
		{name: "in the clear", args: []string{"http://api.example.com/", "--id", "id", "--allow-writes"}, code: cli.ExitUsage, want: "URL is not https (http is allowed to this machine only)\n"},
		{name: "a password", args: []string{"https://user:pw@localhost/", "--id", "id"}, code: cli.ExitUsage, want: "URL has a user or a fragment\n"},
		{name: "no address", args: []string{"orders", "--id", "id"}, code: cli.ExitUsage, want: "URL is not an address such as https://api.example.com/orders\n"},
		{name: "a counter elsewhere", args: []string{url, "--counter-url", elsewhere}, code: cli.ExitUsage, want: "--counter-url is not on this machine: give --allow-writes"},
		{name: "a sandbox elsewhere", args: []string{url, "--sandbox", "http://sandbox:1"}, code: cli.ExitUsage, want: "--sandbox is not https"},
		{name: "two counters", args: []string{url, "--counter-url", control, "--sandbox", control}, code: cli.ExitUsage, want: "give either --counter-url or --sandbox\n"},
		{name: "no witness", args: []string{url}, code: cli.ExitUsage, want: "give --id, --counter-url or --sandbox: without them nothing shows what was executed\n"},
		{name: "a header without a value", args: []string{url, "--id", "id", "--header", "X"}, code: cli.ExitUsage, want: "--header is NAME=VALUE\n"},
		{name: "credentials as a flag", args: []string{url, "--id", "id", "--header", "authorization=x"}, code: cli.ExitUsage, want: "credentials are no flag: see --authorization-file\n"},
		{name: "a fault without a value", args: []string{url, "--id", "id", "--failing-header", "X"}, code: cli.ExitUsage, want: "--failing-header is NAME=VALUE\n"},
		{name: "a relative path", args: []string{url, "--id", "id", "--other-path", "x"}, code: cli.ExitUsage, want: "--other-path does not begin with /\n"},
		{name: "a method", args: []string{url, "--id", "id", "--method", "PO ST"}, code: cli.ExitUsage, want: "--method: \"PO ST\" is none\n"},
		{name: "no time", args: []string{url, "--id", "id", "--within", "-1s"}, code: cli.ExitUsage, want: "--within is not positive\n"},
		{name: "no such body", args: []string{url, "--id", "id", "--refused-body", "none"}, code: cli.ExitUsage, want: "none: no such file or directory\n"},
		{name: "no number", args: []string{url, "--id", "id", "--counter-url", control + "/_sandbox/health"}, code: cli.ExitFailed, want: "the counter of executions: there is no number (see --counter); nothing was sent\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d.T = t
			r := d.run(append([]string{"conform", "--profile", "bardge", "--body", d.file(passBody)}, row.args...)...)
			assert.Equal(t, row.code, r.code, r.stderr)
			assert.Contains(t, r.stderr, row.want)
			assert.Empty(t, r.stdout)
		})
	}
	d.T = t
	r := d.run("conform", url, "--profile", "none", "--body", d.file(passBody), "--id", "id")
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, `--profile: "none" is not adyen, amazon-pay, bardge, bluesnap,`)
	r = d.run("conform", url, "--profile", "bardge", "--body", d.file(`{"order":1}`), "--id", "id")
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, "--body has no {{n}}, which makes each request another one\n")
	r = d.run("conform", url)
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, `required flag(s) "body", "profile" not set`)
}
