package control

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// described is openapi.json as far as the tests need it.
type described struct {
	Paths      map[string]map[string]describedOperation `json:"paths"`
	Components struct {
		Schemas schemas `json:"schemas"`
	} `json:"components"`
}

type describedOperation struct {
	RequestBody struct {
		Content map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
}

func readDocument(t *testing.T) (doc described) {
	t.Helper()
	require.NoError(t, json.Unmarshal(openAPI, &doc))
	return doc
}

func TestTheDocumentAndTheHandlersNameTheSamePaths(t *testing.T) {
	var documented, served []string
	for path, operations := range readDocument(t).Paths {
		for method := range operations {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	for path, handlers := range newRig(t).api.routes() {
		for method := range handlers {
			served = append(served, method+" "+path)
		}
	}
	assert.ElementsMatch(t, documented, served)
}

// TestResponsesAreAsDescribed sends requests to every operation, well formed
// and not, and holds requests and responses to their schemas.
func TestResponsesAreAsDescribed(t *testing.T) {
	g := newRig(t)
	g.api.control.Accounts = &ledgerOfAccounts{}
	doc := readDocument(t)
	g.sandbox.Next("IssuePass", fakeserver.ServerErrorAfter(500))
	g.issue("k")
	g.issue("k")
	tried := map[string]bool{}
	for _, row := range []struct{ method, path, body, status string }{
		{"POST", "accounts", `{"name":"team"}`, "200"},
		{"GET", "openapi.json", "", "200"},
		{"GET", "health", "", "200"},
		{"GET", "ready", "", "200"},
		{"GET", "version", "", "200"},
		{"GET", "guide", "", "200"},
		{"GET", "operations", "", "200"},
		{"GET", "ledger", "", "200"},
		{"GET", "ledger?limit=1&account=team&operation=IssuePass&key=k&status=500&since=0", "", "200"},
		{"GET", "ledger?limit=x", "", "default"},
		{"GET", "counts", "", "200"},
		{"POST", "counts", `{"key":"k"}`, "200"},
		{"POST", "expect", `{"expectations":[{"match":{"operation":"IssuePass"},"exactly":1}]}`, "200"},
		{"POST", "expect", `{"expectations":[{"match":{"operation":"IssuePass","status":201},"at_most":3,"at_least":1}]}`, "406"},
		{"POST", "expect", `{}`, "default"},
		{"POST", "expect/sequence", `{"steps":[{"operation":"IssuePass"}],"wait":"1ms"}`, "200"},
		{"POST", "expect/sequence", `{"steps":[{"operation":"BookClass"}],"wait":"1ms"}`, "406"},
		{"GET", "faults", "", "200"},
		{"POST", "faults", `{"faults":[{"operation":"IssuePass","account":"team","fault":"delay=2s","phase":"after","count":2,"probability":0.5,"seed":7}]}`, "200"},
		{"POST", "faults", `{"faults":[{"operation":"IssuePass","fault":"none"}]}`, "200"},
		{"DELETE", "faults", "", "200"},
		{"GET", "faults/known", "", "200"},
		{"GET", "faults/random", "", "200"},
		{"PUT", "faults/random", `{"rate":0}`, "200"},
		{"GET", "outage", "", "200"},
		{"PUT", "outage", `{"for":"1m"}`, "200"},
		{"PUT", "outage", "", "200"},
		{"DELETE", "outage", "", "200"},
		{"GET", "clock", "", "200"},
		{"POST", "clock/advance", `{"by":"1s"}`, "200"},
		{"POST", "clock/freeze", "", "200"},
		{"POST", "clock/resume", "{}", "200"},
		{"GET", "key-memory", "", "200"},
		{"PUT", "key-memory", `{"memory":"2s"}`, "200"},
		{"POST", "accounts", `{"name":"team"}`, "default"},
		{"GET", "accounts", "", "200"},
		{"PATCH", "accounts/{name}", `{"enabled":false}`, "200"},
		{"PATCH", "accounts/{name}", `{}`, "default"},
		{"POST", "accounts/{name}/rotate", `{"secret":"new"}`, "200"},
		{"GET", "switches", "", "200"},
		{"PUT", "switches/{name}", `{"value":"on"}`, "default"},
		{"GET", "state?account=team&client=client_ada", "", "200"},
		{"GET", "state?x=1", "", "default"},
		{"GET", "seed", "", "200"},
		{"POST", "reset", "", "200"},
		{"POST", "reset", `{"parts":["ledger"]}`, "200"},
	} {
		path, _, _ := strings.Cut(row.path, "?")
		operation, ok := doc.Paths[Prefix+path][strings.ToLower(row.method)]
		require.True(t, ok, "%s %s", row.method, path)
		tried[row.method+" "+path] = true
		if row.body != "" && row.status != "default" {
			checkSchema(t, doc, operation.RequestBody.Content["application/json"].Schema, row.body)
		}
		response := g.serve(request(row.method, strings.ReplaceAll(row.path, "{name}", "team"), row.body))
		status := strconv.Itoa(response.Code)
		if _, ok := operation.Responses[status]; !ok {
			status = "default"
		}
		assert.Equal(t, row.status, status, "%s %s: %s", row.method, row.path, response.Body)
		assert.Equal(t, "application/json", response.Header().Get("Content-Type"))
		checkSchema(t, doc, operation.Responses[status].Content["application/json"].Schema, response.Body.String())
	}
	for path, operations := range doc.Paths {
		for method := range operations {
			name := strings.ToUpper(method) + " " + strings.TrimPrefix(path, Prefix)
			assert.True(t, tried[name] || name == "GET ledger/stream", "%s was not tried", name)
		}
	}
}

func TestTheFaultHeaderIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/testing.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), fakeserver.FaultHeader)
	assert.Contains(t, string(openAPI), fakeserver.FaultHeader)
}

func checkSchema(t *testing.T, doc described, schema map[string]any, text string) {
	t.Helper()
	require.NotNil(t, schema, text)
	var value any
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	assert.Empty(t, doc.Components.Schemas.mismatch("body", schema, value), text)
}

// ledgerOfAccounts has one account at most.
type ledgerOfAccounts struct{ one *fakeserver.Account }

func (l *ledgerOfAccounts) List() []fakeserver.Account {
	if l.one == nil {
		return nil
	}
	return []fakeserver.Account{{Name: l.one.Name, Enabled: l.one.Enabled}}
}

func (l *ledgerOfAccounts) Create(name, secret string) (fakeserver.Account, error) {
	if l.one != nil {
		return fakeserver.Account{}, fakeserver.ErrAccountExists
	}
	l.one = &fakeserver.Account{Name: name, Enabled: true}
	return l.Rotate(name, secret)
}

func (l *ledgerOfAccounts) SetEnabled(name string, enabled bool) error {
	if l.one == nil || l.one.Name != name {
		return fakeserver.ErrNoAccount
	}
	l.one.Enabled = enabled
	return nil
}

func (l *ledgerOfAccounts) Rotate(name, secret string) (fakeserver.Account, error) {
	if l.one == nil || l.one.Name != name {
		return fakeserver.Account{}, fakeserver.ErrNoAccount
	}
	return fakeserver.Account{Name: name, Enabled: true, Credentials: map[string]string{"api_key": secret}}, nil
}

func TestAccountsOverHTTP(t *testing.T) {
	g := newRig(t)
	g.api.control.Accounts = nil
	for method, path := range map[string]string{"GET": "accounts", "POST": "accounts", "PATCH": "accounts/x"} {
		assert.Equal(t, "not_supported", g.refused(method, path, "", http.StatusNotImplemented))
	}
	assert.Equal(t, "not_supported", g.refused("POST", "accounts/x/rotate", "", http.StatusNotImplemented))

	g.api.control.Accounts = &ledgerOfAccounts{}
	assert.Empty(t, send[accounts](g, "GET", "accounts", "", 200).Accounts)
	made := send[fakeserver.Account](g, "POST", "accounts", `{"name":"team","secret":"s"}`, 200)
	assert.Equal(t, map[string]string{"api_key": "s"}, made.Credentials)
	assert.Equal(t, "exists", g.refused("POST", "accounts", `{"name":"team"}`, http.StatusConflict))
	assert.False(t, send[fakeserver.Account](g, "PATCH", "accounts/team", `{"enabled":false}`, 200).Enabled)
	assert.Equal(t, "not_found", g.refused("PATCH", "accounts/other", `{"enabled":false}`, http.StatusNotFound))
	assert.Equal(t, "not_found", g.refused("POST", "accounts/other/rotate", "", http.StatusNotFound))
	assert.Equal(t, "invalid", g.refused("PATCH", "accounts/team", "", http.StatusBadRequest))
	for _, body := range []string{`{"name":"` + strings.Repeat("x", 65) + `"}`, `{"secret":"` + strings.Repeat("x", 65) + `"}`} {
		assert.Equal(t, "invalid", g.refused("POST", "accounts", body, http.StatusBadRequest))
	}
	assert.NotContains(t, g.serve(request("GET", "accounts", "")).Body.String(), "credentials")
}

func TestTheOtherVendorIsControlledAlike(t *testing.T) {
	g := newRig(t)
	g.api.control = bluesnaptest.Start(t).Control()
	assert.Contains(t, send[operations](g, "GET", "operations", "", 200).Operations, "CreateCardTransaction")
	send[switches](g, "GET", "switches", "", 200)
	assert.Equal(t, "not_supported", g.refused("GET", "seed", "", http.StatusNotImplemented))
	assert.Equal(t, "24h0m0s", send[map[string]string](g, "GET", "key-memory", "", 200)["memory"])
}

func TestReadinessEndsWithTheServer(t *testing.T) {
	g := newRig(t)
	assert.Equal(t, http.StatusOK, g.serve(request("GET", "ready", "")).Code)
	g.sandbox.Down()
	assert.Equal(t, http.StatusOK, g.serve(request("GET", "ready", "")).Code, "an outage on purpose does not matter")
	g.api.Close()
	g.api.Close()
	assert.Equal(t, http.StatusServiceUnavailable, g.serve(request("GET", "ready", "")).Code)
}
