package control

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	host   = "127.0.0.1:8787"
	origin = "http://" + host
)

// rig is the control API of a sandbox, without a network.
type rig struct {
	*testing.T

	sandbox *sandbox.Sandbox
	api     *API
}

func newRig(t *testing.T, opts ...sandbox.Option) *rig {
	t.Helper()
	sb := sandbox.Start(t, opts...)
	guard := GuardOf(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8787}, false, false, nil)
	g := &rig{t, sb, New(sb.Control(), Info{
		Vendor: "bardge", Version: "v1.2.3",
		Guide: Guide{Name: "Bardge", BaseURL: origin, Credentials: map[string]string{"api_key": "k"}, Values: map[string]string{}, Seed: map[string]string{"PassID": "pass_1"}},
	}, guard)}
	t.Cleanup(g.api.Close)
	return g
}

// request makes a request with a JSON body, if it has one.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, origin+Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// serve answers a request.
func (g *rig) serve(r *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	g.api.ServeHTTP(recorder, r)
	return recorder
}

// send sends a request and decodes the response, which must have a status.
func send[Out any](g *rig, method, path, body string, status int) (out Out) {
	g.Helper()
	response := g.serve(request(method, path, body))
	require.Equal(g, status, response.Code, "%s %s: %s", method, path, response.Body)
	require.NoError(g, json.Unmarshal(response.Body.Bytes(), &out))
	return out
}

// refused sends a request and returns the code of its error.
func (g *rig) refused(method, path, body string, status int) string {
	g.Helper()
	return send[problem](g, method, path, body, status).Error.Code
}

// issue issues a pass under a key; "" is none.
func (g *rig) issue(key string) int {
	g.Helper()
	body := `{"client_id":"` + g.sandbox.Seed.ClientID + `","pass_id":"` + g.sandbox.Seed.PassID + `"}`
	r := httptest.NewRequest(http.MethodPost, sandbox.BasePath+"/issued_passes", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+g.sandbox.APIKey)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	recorder := httptest.NewRecorder()
	g.sandbox.Handler().ServeHTTP(recorder, r)
	_, err := io.Copy(io.Discard, recorder.Body)
	require.NoError(g, err)
	return recorder.Code
}

func TestALostResponseIsExpectedOverHTTP(t *testing.T) {
	g := newRig(t)
	send[waitingFaults](g, "POST", "faults", `{"faults":[
		{"operation":"IssuePass","fault":"server-error=500","phase":"after","count":2}]}`, 200)
	assert.Equal(t, 500, g.issue("k"))
	assert.Equal(t, 500, g.issue("k"), "kept under the key")
	verdict := send[fakeserver.Verdict](g, "POST", "expect",
		`{"expectations":[{"match":{"operation":"IssuePass","key":"k"},"exactly":1}]}`, 200)
	assert.True(t, verdict.Met)
	verdict = send[fakeserver.Verdict](g, "POST", "expect",
		`{"expectations":[{"match":{"operation":"IssuePass","key":"other"},"exactly":1}]}`, 406)
	assert.Contains(t, verdict.Reason, "found 0")
	assert.Len(t, verdict.Checks[0].NearMisses, 2)

	page := send[fakeserver.Page](g, "GET", "ledger?operation=IssuePass&result=replayed", "", 200)
	require.Len(t, page.Lines, 1)
	assert.Equal(t, "k", page.Lines[0].Key)
	counts := send[counters](g, "GET", "counts", "", 200)
	assert.Equal(t, 1, counts.Counts[0].Executed)
	n := send[counted](g, "POST", "counts", `{"operation":"IssuePass","result":"any"}`, 200)
	assert.Equal(t, 2, n.Count.Requests)

	send[clock](g, "POST", "clock/advance", `{"by":"91s"}`, 200)
	send[waitingFaults](g, "DELETE", "faults", "", 200)
	assert.Equal(t, 201, g.issue("k"), "forgotten")
	verdict = send[fakeserver.Verdict](g, "POST", "expect/sequence", `{"steps":[{"key":"k"},{"key":"k"}]}`, 200)
	assert.True(t, verdict.Met)
}
