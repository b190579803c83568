package fakeserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	dig  operation = "Dig"
	peek operation = "Peek"
)

// site is a vendor with two operations: POST /dig, which takes keys, and GET
// /peek. The header Account names the sender; "closed" is disabled.
type site struct {
	*fakeserver.Server[operation]
	fakeserver.TB

	work func(r *http.Request) // of Dig; nil does nothing
}

func newSite(t fakeserver.TB, opts ...fakeserver.Option) *site {
	t.Helper()
	rules := fakeserver.KeyRules{Header: "X-Key", Memory: time.Hour, Waits: true}
	chosen, err := fakeserver.NewSettings(rules, opts, deep)
	if err != nil {
		t.Fatalf("%v", err)
	}
	s := &site{TB: t}
	s.Server = fakeserver.CloseAfter(t, fakeserver.Serve(s.vendor(), chosen), nil)
	return s
}

// deep is a switch of the vendor's.
var deep = fakeserver.Switch{
	Name: "keys", Description: "Whether keys count.", Values: []string{"on", "off"},
	Apply: func(rules *fakeserver.KeyRules, value string) { rules.Ignored = value == "off" },
}

func (s *site) vendor() fakeserver.Vendor[operation] {
	holes := 0
	return fakeserver.Vendor[operation]{
		Operations: []operation{dig, peek},
		Account: func(_ *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
			account := r.Header.Get("Account")
			if account == "" || account == "closed" {
				return account, fakeserver.NewResponse(http.StatusUnauthorized, "", nil)
			}
			return account, nil
		},
		Refuse: func(_ *fakeserver.Call, _ *http.Request, why fakeserver.Refusal) *fakeserver.Response {
			a := fakeserver.NewResponse(max(why.Status, http.StatusTeapot), "text/plain", []byte(why.Reason))
			a.Code = string(why.Reason)
			return a
		},
		State: func(query fakeserver.StateQuery) any { return map[string]any{"holes": holes, "client": query.Client} },
		Reset: func() { holes = 0 },
		Routes: func(around func(op operation, keyed bool, next http.Handler) http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST /dig", around(dig, true, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if s.work != nil {
					s.work(r)
				}
				holes++
				fakeserver.CallOf(r).Executed()
				fakeserver.CallOf(r).Touched("hole")
			})))
			mux.Handle("GET /peek", around(peek, false, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				fakeserver.CallOf(r).Executed()
			})))
			mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("broken") })
			return mux
		},
	}
}

// request makes a request of account "a" with headers, in pairs.
func request(method, path string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader("spade"))
	r.Header.Set("Account", "a")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// send sends a request and returns the status; 0 if the connection was closed.
func (s *site) send(r *http.Request) (status int) {
	recorder := httptest.NewRecorder()
	defer func() {
		if cause := recover(); cause != nil {
			if cause != http.ErrAbortHandler { //nolint:errorlint,err113 // the very value
				panic(cause)
			}
			status = 0
		}
	}()
	s.Handler().ServeHTTP(recorder, r)
	return recorder.Code
}

// dig sends POST /dig with headers.
func (s *site) dig(headers ...string) (status int) {
	return s.send(request(http.MethodPost, "/dig", headers...))
}

// lines returns the whole ledger.
func (s *site) lines() []fakeserver.Line { return s.Control().Lines(fakeserver.Match{}, 0).Lines }

func TestALineDescribesItsRequest(t *testing.T) {
	s := newSite(t)
	s.Next(dig, fakeserver.ServerErrorAfter(503))
	assert.Equal(t, 503, s.dig("X-Key", "my key"))
	lines := s.lines()
	require.Len(t, lines, 1)
	line := lines[0]
	assert.False(t, line.Time.IsZero())
	assert.GreaterOrEqual(t, line.DurationMS, 0.0)
	line.Time, line.DurationMS = time.Time{}, 0
	assert.Equal(t, uint64(1), line.Event())
	want := fakeserver.Line{
		Line: 1, RequestID: "req_0001", Account: "a", Method: "POST", Path: "/dig", Operation: "Dig",
		Key: "my key", KeyName: "key_0001", Attempt: 1, Result: fakeserver.ResultExecuted, Status: 503, Code: "server error",
		Fault: "server-error-after=503", Phase: fakeserver.PhaseAfter, Resource: "hole", RequestBytes: 5,
	}
	assert.EqualExportedValues(t, want, line)
}

func TestAReplayNamesTheResourceOfTheFirstRequest(t *testing.T) {
	s := newSite(t)
	s.dig("X-Key", "k")
	s.dig("X-Key", "k")
	replayed := s.lines()[1]
	assert.Equal(t, fakeserver.ResultReplayed, replayed.Result)
	assert.Equal(t, "hole", replayed.Resource)
	assert.Equal(t, 2, replayed.Attempt)
}

func TestWhatALineShowsIsBounded(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("k", 10_000)
	s.dig("X-Key", long+"1")
	s.dig("X-Key", long+"2")
	s.send(request(http.MethodGet, "/"+strings.Repeat("%ff", 1_000)))
	lines := s.lines()
	require.Len(t, lines, 3)
	assert.Len(t, lines[0].Key, 255)
	assert.NotEqual(t, lines[0].Key, lines[1].Key, "different keys stay different")
	assert.Len(t, s.Control().Lines(fakeserver.Match{Key: long + "2"}, 0).Lines, 1)
	assert.Len(t, lines[2].Path, 256)
}

func TestUnknownRoutesAreLines(t *testing.T) {
	s := newSite(t)
	assert.Equal(t, http.StatusNotFound, s.send(request(http.MethodGet, "/nowhere", "X-Key", "k")))
	assert.Equal(t, http.StatusMethodNotAllowed, s.send(request(http.MethodGet, "/dig")))
	for _, line := range s.lines() {
		assert.Equal(t, fakeserver.UnknownRoute, line.Operation)
		assert.Equal(t, fakeserver.ResultRejected, line.Result)
		assert.Equal(t, "a", line.Account)
	}
	assert.Equal(t, 2, s.Control().Counts()[0].Rejected)
}

func TestAPanicIsAResponseAndAFinishedLine(t *testing.T) {
	log := logged(t)
	s := newSite(t)
	s.work = func(*http.Request) { panic("collapse") }
	assert.Equal(t, http.StatusInternalServerError, s.dig("X-Key", "k"))
	s.work = nil
	assert.Equal(t, http.StatusInternalServerError, s.dig("X-Key", "k"), "it is kept under the key")
	assert.Equal(t, http.StatusOK, s.dig(), "the server goes on")
	assert.Equal(t, http.StatusInternalServerError, s.send(request(http.MethodGet, "/broken")))
	var results []fakeserver.Result
	for _, line := range s.lines() {
		results = append(results, line.Result)
	}
	assert.Equal(t, []fakeserver.Result{
		fakeserver.ResultRejected, fakeserver.ResultReplayed, fakeserver.ResultExecuted, fakeserver.ResultRejected,
	}, results)
	assert.Contains(t, log.String(), "collapse")
	assert.Contains(t, log.String(), "broken")
}

func TestAccountsShareNothing(t *testing.T) {
	s := newSite(t)
	for _, account := range []string{"a", "b", "a", "closed", ""} {
		s.dig("Account", account, "X-Key", "other-"+account)
		s.dig("Account", account, "X-Key", "k", fakeserver.FaultHeader, "server-error-before=500")
	}
	faults := map[string][]fakeserver.Fault{}
	for _, line := range s.Control().Lines(fakeserver.Match{Key: "k"}, 0).Lines {
		faults[line.Account] = append(faults[line.Account], line.Fault)
		assert.Equal(t, "key_0002", line.KeyName, "names are counted per account")
	}
	const fault fakeserver.Fault = "server-error-before=500"
	assert.Equal(t, map[string][]fakeserver.Fault{
		"a": {fault, ""}, "b": {fault}, "closed": {fault}, "": {fault},
	}, faults, "each account meets the fault once")
	assert.Contains(t, s.Ledger().String(), "account")
	assert.NotContains(t, newLedgerOf(t, "a").String(), "account")
}

func newLedgerOf(t *testing.T, account string) fakeserver.Ledger[operation] {
	t.Helper()
	s := newSite(t)
	s.dig("Account", account)
	s.dig("Account", account)
	return s.Ledger()
}
