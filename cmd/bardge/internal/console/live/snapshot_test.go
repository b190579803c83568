package live

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/sandboxserver"
	"github.com/bardge/bardge-go/internal/sandboxserver/control"
)

// readings notes which parts of the control API are read.
type readings struct {
	http.RoundTripper

	paths []string
}

func (a *readings) RoundTrip(r *http.Request) (*http.Response, error) {
	a.paths = append(a.paths, strings.TrimPrefix(r.URL.Path, control.Prefix))
	return a.RoundTripper.RoundTrip(r)
}

func startSandbox(t *testing.T, vendor string) *sandboxserver.Server {
	t.Helper()
	sandbox, err := sandboxserver.Start(t.Context(), sandboxserver.Config{Addr: "127.0.0.1:0", Vendor: vendor})
	require.NoError(t, err)
	t.Cleanup(sandbox.Close)
	t.Cleanup(serving(t, sandbox.Serve))
	return sandbox
}

// send sends requests that the API rejects.
func send(t *testing.T, origin string, count int) {
	t.Helper()
	for range count {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+"/v3/none", nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
}

// A reading reads each part once, and what stays the same only if it must.
func TestAReadingReadsEachPartOnce(t *testing.T) {
	first, second := startSandbox(t, ""), startSandbox(t, "bluesnap")
	transport := &readings{RoundTripper: http.DefaultTransport}
	s, err := New(first.Origin(), &http.Client{Transport: transport})
	require.NoError(t, err)
	read := func() (snapshot, []string) {
		transport.paths = nil
		return s.read(t.Context()), transport.paths
	}
	changing := []string{"outage", "faults", "key-memory", "clock", "ledger", "counts", "state"}
	all := append([]string{"guide", "version", "operations"}, changing...)

	_, paths := read()
	assert.Equal(t, all, paths)
	_, paths = read()
	assert.Equal(t, changing, paths)
	s.forget()
	_, paths = read()
	assert.Equal(t, all, paths)

	send(t, first.Origin(), maxLines+10)
	seen, paths := read()
	assert.Equal(t, changing, paths)
	assert.Equal(t, "bardge", seen.Vendor)
	assert.Len(t, seen.Accounts[0].Reads[0].lines, maxLines)

	// Another sandbox comes to the same address, with fewer requests.
	send(t, second.Origin(), 3)
	s.origin = "http://127.0.0.1:1"
	seen, _ = read()
	assert.NotEmpty(t, seen.Problem)
	s.origin = second.Origin()
	seen, _ = read()
	require.Empty(t, seen.Problem)
	assert.Equal(t, "bluesnap", seen.Vendor)
	assert.Len(t, seen.Accounts[0].Reads[0].lines, 3)
}
