package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

// pause is a keyed operation that the SDK does not model.
func pause() bardge.RawCall {
	return bardge.RawCall{
		Name: "PausePass", Method: http.MethodPost, Path: "/issued_passes/p1/pause",
		Body: map[string]any{"days": 3}, Class: bardge.Keyed, Essential: []string{"id"},
	}
}

func TestDo_SendsTheRequestAsItIs(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"id":"p1","paused":true}`)}, func(t *testing.T, s *sdktest.Bardge) {
		raw := pause()
		raw.Method, raw.Path, raw.Query = http.MethodPatch, "/issued_passes/a%20b/pause", url.Values{"dry": {"1"}}
		raw.Body = json.RawMessage(`{ "days" : 3 }`)
		value, resp, err := s.Client.Do(t.Context(), raw,
			bardge.WithHeader("X-Own", "1"), bardge.WithExtraField("reason", "holiday"))
		require.NoError(t, err)
		assert.JSONEq(t, `{"id":"p1","paused":true}`, string(value))
		assert.Equal(t, bardge.OutcomeDone, resp.Outcome)
		assert.Equal(t, "PausePass", resp.Operation)
		sent := s.Requests()[0]
		assert.Equal(t, http.MethodPatch, sent.Method)
		assert.Equal(t, sdktest.BasePath+"/issued_passes/a%20b/pause", sent.Path)
		assert.Equal(t, "dry=1", sent.Query)
		assert.True(t, strings.HasPrefix(sent.Body, `{ "days" : 3 `), "byte for byte")
		assert.JSONEq(t, `{"days":3,"reason":"holiday"}`, sent.Body)
		assert.Equal(t, "1", sent.Header.Get("X-Own"))
		assert.Equal(t, resp.Key.String(), sent.Key())
	})
}

// Each class is repeated as it allows after a lost response, and its error
// shows what may follow.
func TestDo_RepeatsAsTheClassAllows(t *testing.T) {
	for class, row := range map[bardge.RetryClass]struct {
		requests           int
		key                bool
		canRepeat, helpful bool // after the only attempt was lost
	}{
		bardge.NonIdempotent: {1, false, false, false},
		bardge.KeyUnverified: {1, true, false, false},
		bardge.Keyed:         {2, true, true, true},
		bardge.Idempotent:    {2, false, true, true},
		bardge.Safe:          {2, false, true, true},
	} {
		script := sdktest.Script{sdktest.Lose, sdktest.Respond(200, `{"id":"p1"}`)}
		t.Run(class.String(), sdktest.BardgeTest(script, func(t *testing.T, s *sdktest.Bardge) {
			raw := pause()
			raw.Class = class
			value, _, err := s.Client.Do(t.Context(), raw)
			require.Len(t, s.Requests(), row.requests)
			for _, r := range s.Requests() {
				assert.Equal(t, row.key, r.Key() != "")
				assert.Equal(t, s.Requests()[0].Body, r.Body)
				assert.Equal(t, s.Requests()[0].Key(), r.Key())
			}
			if row.requests == 2 {
				require.NoError(t, err)
				assert.JSONEq(t, `{"id":"p1"}`, string(value))
				return
			}
			assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
			assert.Nil(t, value)
		}))
		t.Run(class.String()+", once", sdktest.BardgeTest(sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			raw := pause()
			raw.Class = class
			_, resp, err := s.Client.Do(t.Context(), raw, bardge.WithMaxAttempts(1))
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Same(t, e.Response, resp)
			assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
			assert.Equal(t, row.canRepeat, bardge.CanRepeat(err))
			assert.Equal(t, row.helpful, bardge.RetryHelps(err))
			assert.Equal(t, row.key, !bardge.KeyOf(err).IsZero())
		}))
	}
}

// What a success proves, by class, with and without essential fields: only what
// is the API's own is done.
func TestDo_OnlyTheAPIsOwnSuccessIsDone(t *testing.T) {
	const id = "Bardge-Request-Id"
	for name, row := range map[string]struct {
		body      string
		essential []string
		noID      bool // the response has no request id
		mutation  string
		read      string
	}{
		"a type tag":                         {body: `{"object":"thing"}`, noID: true, mutation: "done", read: "done"},
		"an id":                              {body: `{"id":"p1"}`, mutation: "done", read: "done"},
		"an id without a request id":         {body: `{"id":"p1"}`, noID: true, mutation: "unknown", read: "unknown"},
		"an essential field":                 {body: `{"pass":{}}`, essential: []string{"pass"}, noID: true, mutation: "done", read: "done"},
		"an essential field that is missing": {body: `{"id":"p1"}`, essential: []string{"pass"}, mutation: "incomplete", read: "incomplete"},
		"an essential field that is null":    {body: `{"id":"p1","pass":null}`, essential: []string{"pass"}, mutation: "incomplete", read: "incomplete"},
		"an essential field that is empty":   {body: `{"id":"p1","pass":""}`, essential: []string{"pass"}, mutation: "incomplete", read: "incomplete"},
		"a gateway's page, an essential one": {body: `{"status":"ok"}`, essential: []string{"pass"}, mutation: "unknown", read: "unknown"},
		"a gateway's page":                   {body: `{"status":"ok"}`, mutation: "unknown", read: "done"},
		"a gateway's page, no request id":    {body: `{"status":"ok"}`, noID: true, mutation: "unknown", read: "unknown"},
		"an array":                           {body: `[{"x":1}]`, mutation: "done", read: "done"},
		"an empty array":                     {body: `[]`, mutation: "done", read: "done"},
		"an array without a request id":      {body: `[{"x":1}]`, noID: true, mutation: "unknown", read: "unknown"},
		"an array of essential fields":       {body: `[{"x":1}]`, essential: []string{"x"}, noID: true, mutation: "done", read: "done"},
		"an array that lacks one":            {body: `[{"x":1},{}]`, essential: []string{"x"}, mutation: "incomplete", read: "incomplete"},
		"a text":                             {body: `"ok"`, mutation: "unknown", read: "done"},
		"a null":                             {body: `null`, mutation: "unknown", read: "done"},
		"an error":                           {body: `{"id":"p1","error":{"code":"x"}}`, mutation: "unknown", read: "unknown"},
		"no JSON":                            {body: `<html>`, mutation: "unknown", read: "unknown"},
		"nothing":                            {body: ``, mutation: "unknown", read: "unknown"},
	} {
		for class, want := range map[bardge.RetryClass]string{
			bardge.NonIdempotent: row.mutation, bardge.Keyed: row.mutation, bardge.Idempotent: row.mutation, bardge.Safe: row.read,
		} {
			headers := []string{}
			if row.noID {
				headers = []string{id, ""}
			}
			script := sdktest.Script{sdktest.Respond(200, row.body, headers...)}
			t.Run(name+", "+class.String(), sdktest.BardgeTest(script, func(t *testing.T, s *sdktest.Bardge) {
				raw := pause()
				raw.Class, raw.Essential = class, row.essential
				value, resp, err := s.Client.Do(t.Context(), raw)
				assert.Equal(t, want, shown(err), err)
				if err == nil {
					assert.Equal(t, row.body, string(value))
				}
				assert.Equal(t, row.body, string(resp.Raw))
			}))
		}
	}
}

func shown(err error) string {
	switch {
	case err == nil:
		return "done"
	case bardge.OutcomeOf(err) == bardge.OutcomeDone && errors.Is(err, bardge.ErrResponseIncomplete):
		return "incomplete"
	default:
		return bardge.OutcomeOf(err).String()
	}
}

func TestDo_NoContentIsASuccessWhereItIsDeclared(t *testing.T) {
	script := sdktest.Script{sdktest.Respond(http.StatusNoContent, "", "Bardge-Request-Id", "req_1", "Content-Type", "")}
	t.Run("declared", sdktest.BardgeTest(script, func(t *testing.T, s *sdktest.Bardge) {
		raw := pause()
		raw.Success, raw.Essential = []int{http.StatusNoContent}, nil
		value, resp, err := s.Client.Do(t.Context(), raw)
		require.NoError(t, err)
		assert.Equal(t, "null", string(value))
		assert.Equal(t, bardge.OutcomeDone, resp.Outcome)
		assert.Empty(t, resp.Raw)
		assert.Empty(t, resp.Drift, "nothing has no content type")
	}))
	t.Run("not declared", sdktest.BardgeTest(script, func(t *testing.T, s *sdktest.Bardge) {
		raw := pause()
		raw.Class = bardge.NonIdempotent
		_, resp, err := s.Client.Do(t.Context(), raw)
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		assert.Equal(t, http.StatusNoContent, resp.StatusCode)
	}))
}

// Numbers that are no JSON become null, and a byte order mark goes: the value
// is always valid.
func TestDo_TheValueIsJSON(t *testing.T) {
	body := "\ufeff" + `{"id":"NaN","rating":NaN,"of":[-Infinity,"a\"NaN"]}`
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
		value, resp, err := s.Client.Do(t.Context(), pause())
		require.NoError(t, err)
		assert.JSONEq(t, `{"id":"NaN","rating":null,"of":[null,"a\"NaN"]}`, string(value))
		assert.True(t, json.Valid(value))
		assert.Equal(t, body, string(resp.Raw))
	})
}

func TestDo_AReplayIsReportedAndTheErrorObjectRead(t *testing.T) {
	replay := sdktest.Respond(201, `{"id":"p1"}`, "X-Idempotent-Replayed", "true")
	sdktest.WithBardge(t, sdktest.Script{replay, sdktest.Refuse(404, "invalid_request_error", "resource_not_found")},
		func(t *testing.T, s *sdktest.Bardge) {
			_, resp, err := s.Client.Do(t.Context(), pause())
			require.NoError(t, err)
			assert.True(t, resp.Replayed)
			_, _, err = s.Client.Do(t.Context(), pause())
			require.ErrorIs(t, err, bardge.ErrNotFound)
			assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(err))
			assert.True(t, bardge.CanRepeat(err))
		})
}

// An idempotent raw call has no state to read: what the API reports as applied
// before is done, with an error.
func TestDo_AppliedBeforeIsDone(t *testing.T) {
	script := sdktest.Script{sdktest.Refuse(409, "resource_conflict_error", "already_cancelled")}
	sdktest.WithBardge(t, script, func(t *testing.T, s *sdktest.Bardge) {
		raw := pause()
		raw.Class = bardge.Idempotent
		_, _, err := s.Client.Do(t.Context(), raw)
		require.ErrorIs(t, err, bardge.ErrAlreadyCancelled)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Len(t, s.Requests(), 1)
	})
}

func TestDo_RefusesWhatCannotBeSent(t *testing.T) {
	for name, row := range hostileCalls() {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
			raw := pause()
			row.change(&raw)
			_, resp, err := s.Client.Do(t.Context(), raw, row.opts...)
			var invalid *bardge.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, row.field, invalid.Field)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
			assert.False(t, bardge.RetryHelps(err))
			assert.NotNil(t, resp)
			sdktest.Hides(t, err)
			sdktest.Hides(t, raw)
			assert.Empty(t, s.Requests())
		}))
	}
}

type hostileCall struct {
	field  string
	change func(*bardge.RawCall)
	opts   []bardge.CallOption
}

func hostileCalls() map[string]hostileCall {
	rows := map[string]hostileCall{
		"a key without a class for it": {"idempotency key", func(r *bardge.RawCall) { r.Class = bardge.Idempotent }, []bardge.CallOption{bardge.WithIdempotencyKey(bardge.NewKey())}},
		"a ref without a journal":      {"ref", func(*bardge.RawCall) {}, []bardge.CallOption{bardge.WithRef("r")}},
		"an extra field that is set":   {"extra field days", func(*bardge.RawCall) {}, []bardge.CallOption{bardge.WithExtraField("days", "s3cret")}},
		"GET with a body":              {"body", func(r *bardge.RawCall) { r.Method, r.Class = "GET", bardge.Safe }, nil},
		"GET with a key":               {"class", func(r *bardge.RawCall) { r.Method, r.Body = "GET", nil }, nil},
		"GET with an unverified key":   {"class", func(r *bardge.RawCall) { r.Method, r.Body, r.Class = "GET", nil, bardge.KeyUnverified }, nil},
		"a modelled request as a read": {"class", func(r *bardge.RawCall) { r.Path, r.Class = "/issued_passes", bardge.Safe }, nil},
		"a modelled one, escaped":      {"class", func(r *bardge.RawCall) { r.Path, r.Class = "/issued%5Fp%61sses", bardge.Idempotent }, nil},
		"a modelled one, repeated":     {"class", func(r *bardge.RawCall) { r.Path, r.Class = "/issued_passes/p1/expiry/", bardge.Idempotent }, nil},
		"a class that is none":         {"raw operation PausePass", func(r *bardge.RawCall) { r.Class = 77 }, nil},
		"a redirect as a success":      {"raw operation PausePass", func(r *bardge.RawCall) { r.Success = []int{302} }, nil},
		"too many successes":           {"raw operation PausePass", func(r *bardge.RawCall) { r.Success = make([]int, 11) }, nil},
		"essential fields, no content": {"raw operation PausePass", func(r *bardge.RawCall) { r.Success = []int{200, 204} }, nil},
		"an essential field in another": {"raw operation PausePass", func(r *bardge.RawCall) {
			r.Essential = []string{"pass.s3cret"}
		}, nil},
		"a query without a name":      {"query", func(r *bardge.RawCall) { r.Query = url.Values{"": {"s3cret"}} }, nil},
		"a query that is not UTF-8":   {"query", func(r *bardge.RawCall) { r.Query = url.Values{"a": {"s3cret\xff"}} }, nil},
		"a query with a line break":   {"query", func(r *bardge.RawCall) { r.Query = url.Values{"a": {"s3cret\n"}} }, nil},
		"a query that is too long":    {"query", func(r *bardge.RawCall) { r.Query = url.Values{"a": {strings.Repeat("s3cret", 2000)}} }, nil},
		"a query that is a method":    {"query", func(r *bardge.RawCall) { r.Query = url.Values{"_Method": {"DELETE"}} }, nil},
		"a body that is two values":   {"body", func(r *bardge.RawCall) { r.Body = []byte(`{"a":"s3cret"}{}`) }, nil},
		"a body that is no JSON":      {"body", func(r *bardge.RawCall) { r.Body = []byte(`s3cret`) }, nil},
		"a body that is not UTF-8":    {"body", func(r *bardge.RawCall) { r.Body = []byte("\"s3cret\xff\"") }, nil},
		"a body with two fields":      {"body", func(r *bardge.RawCall) { r.Body = []byte(`{"a":1,"A":"s3cret"}`) }, nil},
		"a body that is a method":     {"body", func(r *bardge.RawCall) { r.Body = []byte(`{"_method":"s3cret"}`) }, nil},
		"a body that is not encoded":  {"body", func(r *bardge.RawCall) { r.Body = func() {} }, nil},
		"a body with text of no kind": {"body", func(r *bardge.RawCall) { r.Body = map[string]string{"a": "s3cret\xff"} }, nil},
		"a body that is too large":    {"body", func(r *bardge.RawCall) { r.Body = []byte(`"` + strings.Repeat("s", 10<<20) + `"`) }, nil},
	}
	for _, path := range []string{
		"", "s3cret", "//s3cret", "/a//s3cret", "/a/../s3cret", "/a/./b", "/%2e%2E/s3cret", "/a/..", "/a%2fs3cret", "/a%5Cs3cret",
		`/a\s3cret`, "/a?s3cret", "/a#s3cret", "/a b", "/a\n", "/a%0as3cret", "/ä", "/%ff", "/%zz", "/%", "/{id}", "https://s3cret/", "/" + strings.Repeat("a", 2048),
	} {
		rows[fmt.Sprintf("path %.40q", path)] = hostileCall{"path", func(r *bardge.RawCall) { r.Path = path }, nil}
	}
	for _, method := range []string{"", "get", "post", "HEAD", "TRACE", "CONNECT", "OPTIONS", "POST s3cret", "s3cret"} {
		rows["method "+method] = hostileCall{"method", func(r *bardge.RawCall) { r.Method = method }, nil}
	}
	for _, name := range []string{"", "1a", "_a", "a b", "a.b", "a/b", "s3cret\n", "ä", strings.Repeat("a", 65)} {
		rows[fmt.Sprintf("name %.40q", name)] = hostileCall{"operation's name", func(r *bardge.RawCall) { r.Name = name }, nil}
	}
	rows["a modelled name"] = hostileCall{"raw operation IssuePass", func(r *bardge.RawCall) { r.Name = "IssuePass" }, nil}
	return rows
}

func TestDo_TakesWhatIsLegal(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"id":"p1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		for name, change := range map[string]func(*bardge.RawCall){
			"the root":                 func(r *bardge.RawCall) { r.Path = "/" },
			"a slash at the end":       func(r *bardge.RawCall) { r.Path = "/a/" },
			"characters of a path":     func(r *bardge.RawCall) { r.Path = "/a-b_c.d~e!$&'()*+,;=:@%20%C3%A4" },
			"DELETE":                   func(r *bardge.RawCall) { r.Method = http.MethodDelete },
			"PUT without a body":       func(r *bardge.RawCall) { r.Method, r.Body = http.MethodPut, nil },
			"a GET that is no read":    func(r *bardge.RawCall) { r.Method, r.Body, r.Class = http.MethodGet, nil, bardge.NonIdempotent },
			"a POST that reads":        func(r *bardge.RawCall) { r.Class = bardge.Safe },
			"a body that is a list":    func(r *bardge.RawCall) { r.Body = []int{1} },
			"a modelled request":       func(r *bardge.RawCall) { r.Path = "/issued_passes" },
			"a modelled one, at most":  func(r *bardge.RawCall) { r.Path, r.Class = "/issued_passes", bardge.NonIdempotent },
			"a cancellation, repeated": func(r *bardge.RawCall) { r.Path, r.Class = "/bookings/b1/cancel", bardge.Idempotent },
			"the longest name":         func(r *bardge.RawCall) { r.Name = "a" + strings.Repeat("_-Z9", 15) + "aaa" },
		} {
			raw := pause()
			change(&raw)
			_, _, err := s.Client.Do(t.Context(), raw)
			assert.NoError(t, err, name)
		}
	})
}

// The caller's bytes may change while the call runs: each attempt sends the same.
func TestDo_TakesACopyOfTheBody(t *testing.T) {
	body := []byte(`{"days":3}`)
	spoil := func(w http.ResponseWriter, r *http.Request) {
		copy(body, `{"days":9}`)
		sdktest.Lose(w, r)
	}
	sdktest.WithBardge(t, sdktest.Script{spoil, sdktest.Respond(200, `{"id":"p1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		raw := pause()
		raw.Body = body
		_, _, err := s.Client.Do(t.Context(), raw)
		require.NoError(t, err)
		assert.Equal(t, `{"days":3}`, s.Requests()[1].Body)
	})
}
