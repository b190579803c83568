package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	keyHeader   = "Idempotency-Key"
	tokenHeader = "Bardge-Lookup-Token"
	markHeader  = "X-Idempotent-Replayed"
	idHeader    = "Bardge-Request-Id"
)

// rig is a sandbox and a client that sends each request exactly once, as the
// contract defines it.
type rig struct {
	*testing.T
	*sandbox.Sandbox

	base   string
	client *http.Client
	header http.Header
}

func inBubble(t *testing.T, f func(g *rig), opts ...sandbox.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t, opts...)
		f(newRig(t, sb, sb.URL, sb.Client()))
	})
}

// bubbleTest is inBubble as a subtest.
func bubbleTest(f func(g *rig), opts ...sandbox.Option) func(*testing.T) {
	return func(t *testing.T) { inBubble(t, f, opts...) }
}

func newRig(t *testing.T, sb *sandbox.Sandbox, base string, client *http.Client) *rig {
	t.Helper()
	// A request on a connection of its own is sent once; on a reused one
	// net/http may send it again.
	transport := client.Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	client = &http.Client{Transport: transport}
	return &rig{
		T: t, Sandbox: sb, base: base, client: client,
		header: http.Header{"Authorization": {"Bearer " + sb.APIKey}, "Content-Type": {"application/json"}},
	}
}

func (g *rig) with(name, value string) *rig {
	other := *g
	other.header = g.header.Clone()
	other.header.Set(name, value)
	return &other
}

func (g *rig) key(key string) *rig { return g.with(keyHeader, key) }

// reply is the response, or the error of sending or of reading it.
type reply struct {
	*rig

	status int
	header http.Header
	body   []byte
	err    error
}

func (g *rig) send(request gen.Request, err error) reply {
	g.Helper()
	require.NoError(g, err)
	url := g.base + request.Path
	if len(request.Query) > 0 {
		url += "?" + request.Query.Encode()
	}
	return g.raw(request.Operation.Method, url, request.Body)
}

func (g *rig) raw(method, url string, body []byte) reply {
	g.Helper()
	request, err := http.NewRequestWithContext(g.Context(), method, url, bytes.NewReader(body))
	require.NoError(g, err)
	request.Header = g.header
	response, err := g.client.Do(request)
	if err != nil {
		return reply{rig: g, err: err}
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return reply{rig: g, status: response.StatusCode, header: response.Header, body: read, err: err}
}

func read[T any](r reply) *T {
	r.Helper()
	require.NoError(r, r.err)
	require.Contains(r, []int{http.StatusOK, http.StatusCreated}, r.status, string(r.body))
	assert.Equal(r, "application/json", r.header.Get("Content-Type"))
	value, err := wire.Decode[T](r.body)
	require.NoError(r, err)
	return value
}

// refused expects the vendor's error object.
func (r reply) refused(status int, code gen.ErrorCode) gen.ErrorDetail {
	r.Helper()
	require.NoError(r, r.err)
	require.Equal(r, status, r.status, string(r.body))
	assert.Equal(r, "application/json", r.header.Get("Content-Type"))
	shown, err := wire.Decode[gen.ErrorResponse](r.body)
	require.NoError(r, err)
	assert.Equal(r, code, shown.Error.Code)
	assert.NotEmpty(r, shown.Error.Type)
	assert.NotEmpty(r, shown.Error.Message)
	assert.Equal(r, string(code), r.codeOf(shown.Error.RequestID), "in the ledger")
	return shown.Error
}

// codeOf returns the error code in a request's line of the ledger.
func (g *rig) codeOf(requestID string) string {
	for _, line := range g.Control().Lines(fakeserver.Match{}, 0).Lines {
		if line.RequestID == requestID {
			return line.Code
		}
	}
	return "no such request"
}

func (r reply) replayed() bool { return r.header.Get(markHeader) == "true" }

// results returns the ledger's results of an operation's requests.
func (g *rig) results(op sandbox.Operation) []sandbox.Result {
	var all []sandbox.Result
	for _, entry := range g.Ledger() {
		if entry.Operation == op {
			all = append(all, entry.Result)
		}
	}
	return all
}

// issue is a request that succeeds.
func (g *rig) issue() (gen.Request, error) {
	return gen.NewIssuePassRequest(gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: g.Seed.PassID})
}

func (g *rig) book(instanceID string) (gen.Request, error) {
	return gen.NewBookClassRequest(gen.BookClassParams{
		ClassInstanceID: instanceID, ClientID: g.Seed.ClientID, UserPassID: g.Seed.IssuedPassID,
	})
}
