package control

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox"
)

// Every operation refuses parameters that it does not have, and its own where
// they are empty or there twice: a request that ignores them would select, or
// reset, more than was meant.
func TestEachParameterIsNamedOnceAndNotEmpty(t *testing.T) {
	g := newRig(t)
	for path, operations := range readDocument(t).Paths {
		path = strings.ReplaceAll(strings.TrimPrefix(path, Prefix), "{name}", "reseller_0001")
		for method, operation := range operations {
			queries := []string{"page=1", "=", "%zz", "%ff=1", "a;b"}
			for _, p := range operation.Parameters {
				if p.In == "query" {
					queries = append(queries, p.Name, p.Name+"=", p.Name+"=1&"+p.Name+"=1", strings.ToUpper(p.Name)+"=1")
				}
			}
			for _, query := range queries {
				assert.Equal(t, "invalid", g.refused(strings.ToUpper(method), path+"?"+query, "", http.StatusBadRequest),
					"%s %s?%s", method, path, query)
			}
		}
	}
}

func TestReadsTakeNoBody(t *testing.T) {
	g := newRig(t)
	for path, operations := range readDocument(t).Paths {
		for method, operation := range operations {
			if operation.RequestBody.Content == nil {
				path := strings.TrimPrefix(path, Prefix)
				assert.Equal(t, "invalid", g.refused(strings.ToUpper(method), path, "{}", http.StatusBadRequest), "%s %s", method, path)
			}
		}
	}
}

func TestAMatchThatNoLineFitsIsRefused(t *testing.T) {
	g := newRig(t)
	g.issue("k")
	for _, row := range []struct{ name, query, body string }{
		{"unknown account", "account=client_ada", `{"account":"client_ada"}`},
		{"unknown operation", "operation=issuePass", `{"operation":"issuePass"}`},
		{"unknown result", "result=done", `{"result":"done"}`},
		{"unknown fault", "fault=flood", `{"fault":"flood"}`},
		{"a fault's argument out of range", "fault=proxy-page%3D99", `{"fault":"proxy-page=99"}`},
		{"a status below all", "status=99", `{"status":99}`},
		{"a negative status", "status=-1", `{"status":-1}`},
		{"a status above all", "status=600", `{"status":600}`},
		{"a negative line", "since=-1", `{"since":-1}`},
		{"a line that is still to come", "since=2", `{"since":2}`},
		{"a huge line", "since=18446744073709551616", `{"since":18446744073709551616}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, path := range []string{"ledger", "ledger/stream"} {
				assert.Equal(t, "invalid", g.refused("GET", path+"?"+row.query, "", http.StatusBadRequest))
			}
			assert.Equal(t, "invalid", g.refused("POST", "counts", row.body, http.StatusBadRequest))
			assert.Equal(t, "invalid", g.refused("POST", "expect",
				`{"expectations":[{"match":`+row.body+`,"exactly":0}]}`, http.StatusBadRequest))
			assert.Equal(t, "invalid", g.refused("POST", "expect/sequence", `{"steps":[`+row.body+`]}`, http.StatusBadRequest))
		})
	}
	assert.Equal(t, "invalid", g.refused("GET", "state?account=client_ada", "", http.StatusBadRequest))
	known := send[sandbox.Snapshot](g, "GET", "state?account=reseller_0001&client="+url.QueryEscape("not yet"), "", 200)
	assert.Empty(t, known.Accounts[0].Clients, "IssuePass may still create it")
}

// A browser goes on after the last event that it has seen, also when the
// sandbox was started anew.
func TestAStreamGoesOnAfterAnEventOfAnotherSandbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		n.issue("k")
		events, stop := n.open("ledger/stream", "Last-Event-ID", "100")
		defer stop()
		assert.Equal(t, "missed", (<-events).name)
		assert.Equal(t, "k", line(t, <-events).Key)
	})
}
