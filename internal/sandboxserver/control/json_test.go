package control

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBodiesAreReadStrictly(t *testing.T) {
	g := newRig(t)
	for name, body := range map[string]string{
		"no JSON":               `{`,
		"no object":             `[]`,
		"null":                  `null`,
		"text":                  `"by"`,
		"unknown field":         `{"by":"1s","at":"1s"}`,
		"another case":          `{"BY":"1s"}`,
		"twice":                 `{"by":"1s","by":"2s"}`,
		"text after it":         `{"by":"1s"} x`,
		"a brace after it":      `{"by":"1s"}}`,
		"an object after it":    `{"by":"1s"}{}`,
		"a number":              `{"by":91}`,
		"no time":               `{"by":"soon"}`,
		"not UTF-8":             "{\"by\":\"1s\xff\"}",
		"a byte order mark":     "\ufeff{\"by\":\"1s\"}",
		"backwards":             `{"by":"-1s"}`,
		"nothing":               `{}`,
		"too deep":              `{"by":` + strings.Repeat("[", 20_000) + `}`,
		"a name of other names": `{"by":{"by":"1s"}}`,
	} {
		assert.Equal(t, "invalid", g.refused("POST", "clock/advance", body, http.StatusBadRequest), name)
	}
	nested := `{"expectations":[{"match":{"operation":"IssuePass","operation":"BookClass"}}]}`
	assert.Equal(t, "invalid", g.refused("POST", "expect", nested, http.StatusBadRequest))
	big := `{"by":"` + strings.Repeat(" ", maxBody) + `1s"}`
	assert.Equal(t, "too_large", g.refused("POST", "clock/advance", big, http.StatusRequestEntityTooLarge))

	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", ";"} {
		r := request("POST", "clock/advance", `{"by":"1s"}`)
		r.Header.Set("Content-Type", kind)
		assert.Equal(t, http.StatusUnsupportedMediaType, g.serve(r).Code, kind)
	}
	r := request("POST", "clock/advance", ` {"by" : "1s"} `)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	assert.Equal(t, http.StatusOK, g.serve(r).Code)
}

func TestQueriesAreReadStrictly(t *testing.T) {
	g := newRig(t)
	for _, query := range []string{
		"operation=Fly", "account=reseller_1", "result=done", "since=-1", "since=x", "since=9007199254740992", "limit=0", "limit=1001", "limit=",
		"status=1000", "unknown=1", "account=a&account=b", "account=%zz", "account=\xff", "a;b",
	} {
		r := request("GET", "ledger", "")
		r.URL.RawQuery = query
		assert.Equal(t, http.StatusBadRequest, g.serve(r).Code, query)
	}
	for _, path := range []string{"counts?x=1", "state?x=1", "ledger/stream?after=1", "ledger/stream?since=x"} {
		assert.Equal(t, "invalid", g.refused("GET", path, "", http.StatusBadRequest), path)
	}
	r := request("GET", "ledger/stream", "")
	r.Header.Set("Last-Event-ID", "x")
	assert.Equal(t, http.StatusBadRequest, g.serve(r).Code)
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	g := newRig(t)
	for path, bodies := range map[string][]string{
		"POST expect": {
			`{}`, `{"expectations":[]}`, `{"expectations":[{"match":{"operation":"Fly"}}]}`,
			`{"expectations":[{"match":{"account":"reseller_1"},"exactly":0}]}`,
			`{"expectations":[{"match":{"result":"done"}}]}`, `{"expectations":[{"match":{},"exactly":-1}]}`,
			`{"expectations":[{"match":{},"at_least":2,"at_most":1}]}`, `{"expectations":[{"match":{}}],"wait":"31s"}`,
			`{"expectations":[{"match":{}}],"wait":"-1s"}`,
		},
		"POST expect/sequence": {`{}`, `{"steps":[{"operation":"Fly"}]}`, `{"steps":[{"account":"reseller_1"}]}`, `{"steps":[{}],"wait":"1h"}`},
		"POST counts":          {`{"operation":"Fly"}`, `{"account":"reseller_1"}`},
		"POST reset":           {`{"parts":["clock"]}`},
		"POST faults": {
			`{}`, `{"faults":[{"operation":"Fly","fault":"refuse"}]}`, `{"faults":[{"operation":"IssuePass","fault":"flood"}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","phase":"after"}]}`,
			`{"faults":[{"operation":"IssuePass","account":"reseller_1","fault":"refuse"}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","count":1000001}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","count":0}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","count":-1}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","probability":0}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","seed":9007199254740992}]}`,
			`{"faults":[{"operation":"IssuePass","fault":"refuse","probability":2}]}`,
			`{"faults":[` + strings.Repeat(`{"operation":"IssuePass","fault":"refuse"},`, 1000) +
				`{"operation":"IssuePass","fault":"refuse"}]}`,
		},
		"PUT faults/random":    {`{"rate":2}`, `{"rate":1,"faults":["flood"]}`, `{"rate":1,"seed":9007199254740992}`},
		"PUT outage":           {`{"for":"0s"}`, `{"for":"25h"}`},
		"PUT key-memory":       {`{}`, `{"memory":"-1s"}`},
		"PUT switches/nothing": {`{"value":"on"}`},
	} {
		method, path, _ := strings.Cut(path, " ")
		for _, body := range bodies {
			assert.Equal(t, "invalid", g.refused(method, path, body, http.StatusBadRequest), body)
		}
	}
}

func TestWhatAFaultsSchemaRefusesIsRefused(t *testing.T) {
	g := newRig(t)
	doc := readDocument(t)
	for _, field := range []string{`"count":0`, `"count":-1`, `"probability":0`, `"seed":-1`} {
		fault := `{"operation":"IssuePass","fault":"refuse",` + field + `}`
		var value any
		require.NoError(t, json.Unmarshal([]byte(fault), &value))
		schema := map[string]any{"$ref": "#/components/schemas/NewFault"}
		assert.NotEmpty(t, doc.Components.Schemas.mismatch("fault", schema, value), field)
		assert.Equal(t, "invalid", g.refused("POST", "faults", `{"faults":[`+fault+`]}`, http.StatusBadRequest), field)
	}
}

func TestAFieldOfAnotherTypeIsNamedAsInJSON(t *testing.T) {
	g := newRig(t)
	for body, message := range map[string]string{
		`{"since":"1"}`:                 `The body's field "since" must be a whole number, and not negative.`,
		`{"since":-1}`:                  `The body's field "since" must be a whole number, and not negative.`,
		`{"account":[]}`:                `The body's field "account" must be a text.`,
		`{"account":null}`:              `The body's field "account" must be a text.`,
		`{"Account":"a"}`:               `The body's field "Account" is unknown.`,
		`{"account":"a","account":"b"}`: `The body's field "account" is given twice.`,
		`[]`:                            `The body must be an object.`,
		`{"account":"\ud800"}`:          `The body is not UTF-8, or has half of a surrogate pair.`,
	} {
		assert.Equal(t, message, send[problem](g, "POST", "counts", body, http.StatusBadRequest).Error.Message)
	}
}

func TestAFaultsErrorListsAllFaults(t *testing.T) {
	g := newRig(t)
	body := `{"faults":[{"operation":"IssuePass","fault":"flood"}]}`
	shown := send[problem](g, "POST", "faults", body, http.StatusBadRequest).Error.Message
	assert.Contains(t, shown, "lose-response")
	assert.Contains(t, shown, "unavailable=TIME")
}

func TestPathsAndMethodsThatDoNotExist(t *testing.T) {
	g := newRig(t)
	for _, path := range []string{"", "nowhere", "health/x", "accounts//rotate"} {
		response := g.serve(request("GET", path, ""))
		assert.Contains(t, []int{http.StatusNotFound, http.StatusTemporaryRedirect, http.StatusMovedPermanently}, response.Code, path)
	}
	response := g.serve(request("DELETE", "clock/advance", ""))
	assert.Equal(t, http.StatusMethodNotAllowed, response.Code)
	assert.Equal(t, "POST", response.Header().Get("Allow"))
	assert.Equal(t, http.StatusOK, g.serve(request("HEAD", "health", "")).Code)
}
