package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

// What the contract names is all that its own builders send.
func TestStrictAcceptsTheContract(t *testing.T) {
	paths := happyPaths()
	for _, op := range gen.Operations() {
		t.Run(string(op.ID), bubbleTest(func(g *rig) {
			request, err := paths[op.ID](g)
			r := g.key(strings.Repeat("k", 255)).send(request, err)
			assert.Contains(t, []int{http.StatusOK, http.StatusCreated}, r.status, string(r.body))
		}, sandbox.WithStrict(), sandbox.WithPreview()))
	}
	inBubble(t, func(g *rig) {
		request, err := gen.NewListProvidersRequest(gen.ListProvidersParams{Limit: 100, StartingAfter: g.Seed.GymID})
		read[gen.ProviderList](g.send(request, err))
		issue, err := g.issue()
		read[gen.IssuedPass](g.with("Content-Type", "application/json; charset=utf-8").send(issue, err))
	}, sandbox.WithStrict())
}

func TestStrictRejectsWhatTheContractDoesNotName(t *testing.T) {
	const issue = `{"client_id":"client_ada","pass_id":"pass_premium"}`
	for _, row := range []struct {
		name, method, path, body string
		header                   [2]string
		named                    string // first in the message
	}{
		{name: "unknown field", body: strings.Replace(issue, "{", `{"colour":1,`, 1), named: `"colour"`},
		{name: "letter case of a field", body: strings.Replace(issue, "pass_id", "Pass_ID", 1), named: `"Pass_ID"`},
		{name: "repeated field", body: strings.Replace(issue, "{", `{"pass_id":"x",`, 1), named: "pass_id"},
		{name: "null", body: strings.Replace(issue, "{", `{"email":null,`, 1), named: "email"},
		{name: "another type", body: strings.Replace(issue, `"client_ada"`, "7", 1), named: "client_id"},
		{name: "not UTF-8", body: strings.Replace(issue, "ada", "\xff", 1), named: "body"},
		{name: "byte order mark", body: "\ufeff" + issue, named: "body"},
		{name: "two objects", body: issue + "{}", named: "body"},
		{name: "cut", body: issue[:len(issue)-1], named: "body"},
		{name: "a list", body: "[" + issue + "]", named: "body"},
		{name: "no content type", body: issue, header: [2]string{"Content-Type", ""}, named: "Content-Type"},
		{
			name: "another charset", body: issue, header: [2]string{"Content-Type", "application/json; charset=latin1"},
			named: "Content-Type",
		},
		{name: "text", body: issue, header: [2]string{"Content-Type", "text/plain"}, named: "Content-Type"},
		{name: "form", body: issue, header: [2]string{"Content-Type", "application/x-www-form-urlencoded"}, named: "Content-Type"},
		{name: "problem", body: issue, header: [2]string{"Content-Type", "application/json+x"}, named: "Content-Type"},
		{name: "long key", body: issue, header: [2]string{keyHeader, strings.Repeat("k", 256)}, named: keyHeader},
		{name: "long key in runes", body: issue, header: [2]string{keyHeader, strings.Repeat("é", 256)}, named: keyHeader},
		{name: "empty key", body: issue, header: [2]string{keyHeader, ""}, named: keyHeader},
		{name: "query of another operation", body: issue, path: "/issued_passes?limit=1", named: `"limit"`},
		{name: "unknown parameter", method: http.MethodGet, path: "/passes?page=2", named: `"page"`},
		{name: "repeated parameter", method: http.MethodGet, path: "/passes?limit=1&limit=2", named: "limit"},
		{name: "letter case of a parameter", method: http.MethodGet, path: "/passes?Limit=1", named: `"Limit"`},
		{name: "bad escape", method: http.MethodGet, path: "/passes?limit=1&x=%zz", named: "query"},
		{name: "semicolon", method: http.MethodGet, path: "/passes?limit=1;x", named: "query"},
		{name: "body of a read", method: http.MethodGet, path: "/passes", body: "{}", named: "body"},
		{name: "body of a cancellation", path: "/bookings/b/cancel", body: "{}", named: "body"},
		{name: "expiry in seconds", path: "/issued_passes/brgpass_ada/expiry", body: `{"expires_at":1746700000}`, named: "expires_at"},
		{name: "expiry as a date", path: "/issued_passes/brgpass_ada/expiry", body: `{"expires_at":"2030-01-01"}`, named: "expires_at"},
		{name: "visits as text", path: "/bookings/class/s/confirm", body: `{"number_of_visits":"2"}`, named: "number_of_visits"},
		{name: "visits as a fraction", path: "/bookings/class/s/confirm", body: `{"number_of_visits":2.0}`, named: "number_of_visits"},
		{name: "a service as a number", path: "/providers/spa_zen/spa-copay-quote", body: `{"client_id":"client_ada","service_ids":["s",1]}`, named: "service_ids[1]"},
		{name: "half a character", body: strings.Replace(issue, "ada", `\ud800`, 1), named: "body"},
		{name: "services as text", path: "/providers/spa_zen/spa-copay-quote", body: `{"client_id":"client_ada","service_ids":"s"}`, named: "service_ids"},
	} {
		t.Run(row.name, func(t *testing.T) {
			method, path := http.MethodPost, "/issued_passes"
			if row.method != "" {
				method = row.method
			}
			if row.path != "" {
				path = row.path
			}
			inBubble(t, func(g *rig) {
				if row.header[0] != "" {
					g = g.with(row.header[0], row.header[1])
				}
				shown := g.raw(method, g.base+path, []byte(row.body)).
					refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
				assert.True(t, strings.HasPrefix(shown.Message, row.named+" "), shown.Message)
				for _, op := range gen.Operations() {
					assert.Zero(t, g.Executed(op.ID))
				}
			}, sandbox.WithStrict())
		})
	}
}

func TestStrictNamesTheMethodsOfAPath(t *testing.T) {
	for _, row := range []struct{ method, path, allowed string }{
		{http.MethodDelete, "/passes", "GET"},
		{http.MethodHead, "/passes", "GET"},
		{http.MethodPut, "/issued_passes/brgpass_ada", "GET"},
		{http.MethodGet, "/issued_passes", "POST"},
		{http.MethodGet, "/bookings/b/cancel", "POST"},
		{http.MethodOptions, "/bookings/b", "GET"},
	} {
		inBubble(t, func(g *rig) {
			r := g.raw(row.method, g.base+row.path, nil)
			assert.Equal(t, http.StatusMethodNotAllowed, r.status, row.path)
			assert.Equal(t, row.allowed, r.header.Get("Allow"), row.path)
			if row.method != http.MethodHead {
				r.refused(http.StatusMethodNotAllowed, "method_not_allowed")
			}
			g.raw(http.MethodGet, g.base+"/flights", nil).
				refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		}, sandbox.WithStrict())
	}
}

// Two key headers could be read as either.
func TestStrictRejectsTwoKeys(t *testing.T) {
	inBubble(t, func(g *rig) {
		g = g.key("a")
		g.header.Add(keyHeader, "b")
		request, err := g.issue()
		g.send(request, err).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	}, sandbox.WithStrict())
}

func FuzzStrict(f *testing.F) {
	f.Add("limit=1", []byte(`{"client_id":"client_ada","pass_id":"pass_premium"}`))
	f.Add("", []byte(`{"pass_id":{"a":[null]}}`))
	f.Fuzz(func(t *testing.T, query string, body []byte) {
		strict, lenient := sandbox.CheckIssue(query, body)
		if strict {
			assert.True(t, lenient, "what the contract allows is read without it, too")
		}
	})
}
