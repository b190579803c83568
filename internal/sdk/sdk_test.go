package sdk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/journal"
)

func TestPrintableLetsIdentifiersThrough(t *testing.T) {
	for text, want := range map[string]string{
		"order-17_A": "order-17_A", "": "-", "a b": "-", "a\nb": "-", "ü": "-",
		strings.Repeat("a", 64): strings.Repeat("a", 64), strings.Repeat("a", 65): "-",
	} {
		assert.Equal(t, want, Printable(text))
	}
}

func TestTimeline(t *testing.T) {
	r := idem.Result{Outcome: idem.OutcomeDone, Attempts: []idem.Attempt{
		{Number: 1, Reason: "connection reset", Wait: 218400 * time.Microsecond},
		{Number: 2, Status: 503, Reason: "server error", Wait: 1240 * time.Millisecond},
		{Number: 3, Status: 409, Reason: "still in progress"},
		{Number: 4, Status: 200, Reason: "executed", Verdict: idem.VerdictDone, Replayed: true},
	}}
	assert.Equal(t, ""+
		" 1  no answer     connection reset                      ambiguous, again after 218ms\n"+
		" 2  503           server error                          ambiguous, again after 1.2s\n"+
		" 3  409           still in progress                     ambiguous, again at once\n"+
		" 4  200 replayed  executed                              done\n"+
		"=>  done", Timeline(&r))
	assert.Equal(t, "    nothing sent: the journal has the result\n=>  done", Timeline(&idem.Result{Outcome: idem.OutcomeDone, FromJournal: true}))
	assert.Equal(t, "    the lost response was read back\n=>  done", Timeline(&idem.Result{Outcome: idem.OutcomeDone, Recovered: true}))
}

func TestObserveCallsTheLoggerAndTheObserver(t *testing.T) {
	var text bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var heard []idem.EventKind
	both := Observe("vendor", logger, func(e idem.Event) { heard = append(heard, e.Kind) }, same)
	kinds := []idem.EventKind{idem.EventAttemptStarted, idem.EventAttemptEnded, idem.EventCallEnded}
	for _, kind := range kinds {
		both(idem.Event{Kind: kind, Operation: "Pay", Attempt: idem.Attempt{Number: 1, Status: 503, Reason: "server error"}})
	}
	assert.Equal(t, kinds, heard)
	assert.Equal(t, 3, strings.Count(text.String(), "operation=Pay"))
	for _, words := range []string{"vendor: attempt started", "vendor: attempt ended", "vendor: call ended", "status=503", `reason="server error"`} {
		assert.Contains(t, text.String(), words)
	}
	assert.NotContains(t, text.String(), "replayed", "not every vendor marks that")
	assert.NotContains(t, text.String(), "request_id")
	both(idem.Event{Kind: idem.EventAttemptEnded, RequestID: "req_1", Attempt: idem.Attempt{Replayed: true}})
	assert.Contains(t, text.String(), "replayed=true request_id=req_1")
	assert.Nil(t, Observe("vendor", nil, nil, same))

	text.Reset()
	Observe("vendor", slog.New(slog.NewTextHandler(&text, nil)), nil, same)(idem.Event{})
	assert.Empty(t, text.String(), "nothing above debug level")
}

func same(text string) string { return text }

func TestInTurnKeepsTheOrder(t *testing.T) {
	var order []int
	note := func(n int) func(idem.Event) { return func(idem.Event) { order = append(order, n) } }
	InTurn(InTurn(nil, note(1)), InTurn(note(2), nil))(idem.Event{})
	assert.Equal(t, []int{1, 2}, order)
}

func TestHTTPClientsThatActBehindTheEngineAreRefused(t *testing.T) {
	for name, c := range map[string]*http.Client{
		"none":           nil,
		"timeout":        {Timeout: time.Second},
		"cookies":        {Jar: noCookies{}},
		"redirect rules": {CheckRedirect: func(*http.Request, []*http.Request) error { return nil }},
	} {
		_, err := transportOf(c)
		assertInvalid(t, err, "HTTP client", name)
	}
	rt := &http.Transport{}
	got, err := transportOf(&http.Client{Transport: rt})
	require.NoError(t, err)
	assert.Same(t, rt, got)
	for _, c := range []*http.Client{{}, http.DefaultClient, {Transport: (*http.Transport)(nil)}} {
		got, err = transportOf(c)
		require.NoError(t, err)
		assert.Same(t, http.DefaultTransport, got)
	}
}

type noCookies struct{ http.CookieJar }

func TestUserAgent(t *testing.T) {
	for product, want := range map[string]string{"": "own/1", "shop/2": "shop/2 own/1"} {
		s := Settings{UserAgent: "own/1"}
		require.NoError(t, UserAgent(product).Set(&s))
		assert.Equal(t, want, s.UserAgent)
	}
	assertInvalid(t, UserAgent("a\r\nX: y").Set(new(Settings)), "user agent", "line break")
}

func TestAddFields(t *testing.T) {
	field := func(name string, value any) Field {
		f, err := NewField(name, value, wire.Encode)
		require.Nil(t, err)
		return f
	}
	for name, row := range map[string]struct {
		body   string
		fields []Field
		want   string
	}{
		"none":          {body: `{"a":1}`, want: `{"a":1}`},
		"to a body":     {body: `{"a":1}`, fields: []Field{field("b", "<&>"), field("c", nil)}, want: `{"a":1,"b":"<&>","c":null}`},
		"to no body":    {fields: []Field{field("b", 2)}, want: `{"b":2}`},
		"to an object":  {body: "{}", fields: []Field{field("b", 2)}, want: `{"b":2}`},
		"name in quote": {body: "{}", fields: []Field{field(`a"b`, 2)}, want: `{"a\"b":2}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := AddFields([]byte(row.body), row.fields...)
			require.NoError(t, err)
			assert.Equal(t, row.want, string(got))
		})
	}
	for name, body := range map[string]string{"set already": `{"b":1}`, "an array": `[]`, "null": `null`, "cut": `{"a"`} {
		_, err := AddFields([]byte(body), field("b", 2))
		assert.Error(t, err, name)
	}
	_, err := AddFields(nil, field("b", 1), field("b", 2))
	assertInvalid(t, err, "extra field b", "twice")
	_, bad := NewField("", 1, wire.Encode)
	assertInvalid(t, bad, "extra field", "no name")
	_, bad = NewField("b", func() {}, wire.Encode)
	assertInvalid(t, bad, "extra field b", "no JSON")
}

func TestRecoveredSeparatesErrorsOfRecordsFromTheJournals(t *testing.T) {
	found := func(yield func(idem.RecoveryResult, error) bool) {
		one := idem.RecoveryResult{Pending: idem.PendingOperation{ID: "ref:order-17"}}
		if yield(one, nil) && yield(one, idem.ErrJournalSecret) {
			yield(idem.RecoveryResult{}, errDisk)
		}
	}
	as := func(r idem.RecoveryResult) *idem.RecoveryResult { return &r }
	var errs []error
	for r, err := range results(&Client{Name: "vendor"}, found, as) {
		if err != nil {
			assert.Nil(t, r)
			assert.EqualError(t, err, "vendor: recover: "+errDisk.Error())
			continue
		}
		errs = append(errs, r.Result.Err)
	}
	assert.Equal(t, []error{nil, idem.ErrJournalSecret}, errs)
	for range results(&Client{Name: "vendor"}, found, as) {
		break // the caller may leave
	}
}

func settler(t *testing.T, j journal.Journal, asked *[]string) *Client {
	t.Helper()
	e, err := idem.New(idem.Config{
		Profile: idem.Profile{Vendor: "v", KeyHeader: "Key", KeyTTL: time.Minute}, BaseURL: "https://api.example.com", Journal: j,
	})
	require.NoError(t, err)
	return &Client{
		Name: "vendor", Engine: func() *idem.Engine { return e },
		ResponseOf: func(operation, id string) (*idem.Response, string) {
			*asked = append(*asked, operation+" made "+id)
			return nil, ""
		},
	}
}

func TestSettlerRefusesAnEmptyResolution(t *testing.T) {
	var asked []string
	s := settler(t, journal.NewMemory(), &asked)
	for name, row := range map[string]struct {
		err   error
		field string
	}{
		"no ref":     {err: s.Resolve(t.Context(), "", NotExecuted()), field: "ref"},
		"no word":    {err: s.Resolve(t.Context(), "order-17", Resolution{}), field: "resolution"},
		"no journal": {err: settler(t, nil, &asked).Resolve(t.Context(), "order-17", NotExecuted()), field: "journal"},
	} {
		assertInvalid(t, row.err, row.field, name)
		assert.NotContains(t, row.err.Error(), "resolve: ", name)
	}
	err := s.Resolve(t.Context(), "order-17", Executed("5"))
	require.ErrorIs(t, err, idem.ErrOperationNotFound)
	assert.Contains(t, err.Error(), "vendor: resolve: ")
	assert.Empty(t, asked)
}

type broken struct{ journal.Journal }

var errDisk = errors.New("words of a disk")

func (broken) Bind(context.Context, []byte, []byte) ([]byte, error) { return nil, errDisk }

func (broken) Load(context.Context, string) (journal.Record, bool, error) {
	return journal.Record{}, false, errDisk
}

func TestTheOperationIsTheRecordsOwn(t *testing.T) {
	j := journal.NewMemory()
	for _, id := range []string{"ref:order-17", "key:k"} {
		ok, err := j.Save(t.Context(), journal.Record{ID: id, Generation: 1, Operation: "Pay " + id, Sealed: []byte("\x00\x01{}")})
		require.NoError(t, err)
		require.True(t, ok)
	}
	var asked []string
	s := settler(t, j, &asked)
	require.NoError(t, s.Resolve(t.Context(), "order-17", Executed("5")))
	require.NoError(t, s.ResolveID(t.Context(), "key:k", Executed("6")))
	assert.Equal(t, []string{"Pay ref:order-17 made 5", "Pay key:k made 6"}, asked)

	err := s.Resolve(t.Context(), "order-18", Executed("5"))
	require.ErrorIs(t, err, idem.ErrOperationNotFound)
	err = settler(t, broken{}, &asked).Resolve(t.Context(), "order-17", Executed("5"))
	require.ErrorIs(t, err, idem.ErrJournal)
	require.ErrorIs(t, err, errDisk)
	assert.NotContains(t, fmt.Sprintf("%v %+v", err, err), "words of a disk")
}

func assertInvalid(t *testing.T, err error, field, name string) {
	t.Helper()
	var invalid *idem.InvalidError
	require.ErrorAs(t, err, &invalid, name)
	assert.Equal(t, field, invalid.Field, name)
}

func TestCollectAppliesOptionsInOrder(t *testing.T) {
	type option interface{ apply(*CallSettings) error }
	ref := func(s string) option { return settingRef(s) }
	apply := func(o option, s *CallSettings) error { return o.apply(s) }

	s, err := Collect([]option{ref("a"), nil, ref("b")}, apply)
	require.NoError(t, err)
	assert.Equal(t, "b", s.Ref)
	s, err = Collect(nil, apply)
	require.NoError(t, err)
	assert.Zero(t, s)
	s, err = Collect([]option{ref("a"), ref(""), ref("b")}, apply)
	require.ErrorContains(t, err, "ref")
	assert.Equal(t, "b", s.Ref, "what is good counts")
}

type settingRef string

func (o settingRef) apply(s *CallSettings) error { return s.TakeRef(string(o)) }

func TestAnOrphanIsPrintedWithWhatSettlesIt(t *testing.T) {
	key, err := idem.UnsentKey("k-1")
	require.NoError(t, err)
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, o := range map[string]PendingOperation{
		`Pay: ref "order-1", key k-1, since 2026-01-02T03:04:05Z`: {ID: "ref:order-1", Ref: "order-1", Key: key},
		`Pay: ref "order-1", key -, since 2026-01-02T03:04:05Z`:   {ID: "ref:order-1", Ref: "order-1"},
		"Pay: ref -, key k-1, since 2026-01-02T03:04:05Z":         {ID: "key:k-1", Key: key},
		"Pay: id call:7, since 2026-01-02T03:04:05Z":              {ID: "call:7"},
		`Pay: id "call:7\n8", since 2026-01-02T03:04:05Z`:         {ID: "call:7\n8"},
	} {
		o.Operation, o.Since = "Pay", since
		assert.Equal(t, want, o.String())
	}
	attrs := PendingOperation{Operation: "Pay", ID: "call:7", Since: since}.Attrs()
	assert.Equal(t, "[operation=Pay id=call:7 since=2026-01-02 03:04:05 +0000 UTC]", fmt.Sprint(attrs))
}

func TestR30_AnUnrequestedResponseIsAWarning(t *testing.T) {
	var out bytes.Buffer
	l := slog.New(slog.NewTextHandler(&out, nil))
	observe := Observe("bardge", l, nil, func(s string) string { return s })
	observe(idem.Event{Kind: idem.EventAttemptStarted, UnsolicitedResponse: true})
	assert.Contains(t, out.String(), "level=WARN")
	assert.Contains(t, out.String(), "unsolicited_response=true")
	out.Reset()
	observe(idem.Event{Kind: idem.EventAttemptStarted})
	assert.Empty(t, out.String(), "the rest is debug")
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
