package idem

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func proving(class Class) Operation {
	op := testOperation(class)
	op.Prove = func(_ int, _ http.Header, body []byte) Proof {
		has := func(s string) bool { return bytes.Contains(body, []byte(s)) }
		switch {
		case has(`"object":"other"`), bytes.HasPrefix(body, []byte("[")):
			return Proof{Kind: ProvesOther}
		case has(`"object":"thing"`), has(`"id":"x"`):
			return Proof{ProvesExecution, has(`"id":"x"`) && bytes.HasSuffix(body, []byte("}"))}
		case has(`"seats":`):
			return Proof{Kind: ProvesField}
		default:
			return Proof{}
		}
	}
	return op
}

func seen(status int, body string, change ...func(*evidence)) evidence {
	s := answered(status, body, change...)
	s.odd = &oddity{beginning: []byte(body)}
	return s
}

// began keeps the beginning of what was cut.
func began(s *evidence) { s.BodyErr, s.Body = errors.New("cut"), nil }

func huge(s *evidence) { s.TooLarge, s.Body = true, nil }

func TestR26_DoneNeedsTheAPIsOwnWord(t *testing.T) {
	const maintenance = `{"message":"scheduled maintenance"}`
	for name, row := range map[string]struct {
		s          evidence
		verdict    Verdict
		again      retryHint
		incomplete bool
	}{
		"R26 the tag and the id":                     {s: seen(200, `{"object":"thing","id":"x"}`), verdict: VerdictDone, again: retryNever},
		"R26 the id alone":                           {s: seen(201, `{"id":"x"}`, unnamed), verdict: VerdictDone, again: retryNever},
		"R26 of another media type":                  {s: seen(200, `{"id":"x"}`, html), verdict: VerdictDone, again: retryNever},
		"R26 of no media type, no request id":        {s: seen(200, `{"id":"x"}`, untyped, unnamed), verdict: VerdictDone, again: retryNever},
		"R26 the tag without the id":                 {s: seen(200, `{"object":"thing"}`, unnamed), verdict: VerdictResponseLost, again: retryBackoff, incomplete: true},
		"R26 the mark and nothing else":              {s: seen(200, `{}`, marked, unnamed), verdict: VerdictResponseLost, again: retryBackoff, incomplete: true},
		"R26 the mark and no body":                   {s: seen(200, ``, marked), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 the mark and no JSON":                   {s: seen(200, `<html>`, marked, html), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 a field and the request id":             {s: seen(200, `{"seats":1}`), verdict: VerdictResponseLost, again: retryBackoff, incomplete: true},
		"R26 a field without the request id":         {s: seen(200, `{"seats":1}`, unnamed), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 the request id alone":                   {s: seen(200, maintenance), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 nothing":                                {s: seen(200, maintenance, unnamed), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 an empty object":                        {s: seen(200, `{}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 a failure of another shape":             {s: seen(200, `{"success":false}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 errors":                                 {s: seen(200, `{"errors":["x"]}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 no body":                                {s: seen(200, ``), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 an error beside the tag":                {s: seen(200, `{"object":"thing","id":"x","error":{"code":"c"}}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 the tag of another":                     {s: seen(200, `{"object":"other","id":"x"}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 a list":                                 {s: seen(200, `[{"object":"thing","id":"x"}]`, marked), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 another status":                         {s: seen(202, `{"object":"thing","id":"x"}`), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 cut behind the tag":                     {s: seen(200, `{"object":"thing","i`, began), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 cut behind a field, with the id":        {s: seen(200, `{"seats":1,"i`, began), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 cut behind a field":                     {s: seen(200, `{"seats":1,"i`, began, unnamed), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 cut before anything":                    {s: seen(200, `{"message":"sch`, began), verdict: VerdictAmbiguous, again: retryBackoff},
		"R26 cut before anything, with the mark":     {s: seen(200, ``, began, marked), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 cut silently behind the tag":            {s: seen(200, `{"object":"thing","i`), verdict: VerdictResponseLost, again: retryBackoff},
		"R26 over the size limit, behind the tag":    {s: seen(200, `{"object":"thing",`, huge), verdict: VerdictResponseLost, again: retryNever},
		"R26 over the size limit, and no word of it": {s: seen(200, `<html>`, huge, html), verdict: VerdictAmbiguous, again: retryBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			for _, class := range []Class{Safe, Keyed, Idempotent, KeyUnverified, NonIdempotent} {
				op := proving(class)
				p, err := testProfile().withDefaults()
				require.NoError(t, err)
				j := classify(&op, &p, false, &row.s, known{outcome: OutcomeNotSent})
				want := row.again
				if row.verdict == VerdictResponseLost && (class == Idempotent || class == Safe && row.incomplete) {
					want = retryNever
				}
				assert.Equal(t, row.verdict, j.verdict, class)
				assert.Equal(t, want, j.retry, class)
				assert.Equal(t, row.incomplete, j.incomplete, class)
			}
		})
	}
}

func TestR26_WithoutAProofOfItsOwnOneWholeObjectProves(t *testing.T) {
	for body, want := range map[string]Verdict{
		`{}`: VerdictDone, "\ufeff{}": VerdictDone, `{"message":"m"}`: VerdictDone,
		`{`: VerdictAmbiguous, `[]`: VerdictAmbiguous, ``: VerdictAmbiguous,
	} {
		op, s := testOperation(Keyed), answered(200, body)
		p, err := testProfile().withDefaults()
		require.NoError(t, err)
		assert.Equal(t, want, classify(&op, &p, false, &s, known{}).verdict, body)
	}
}

func TestR28_MediaTypesAreReadUpToTheirEnd(t *testing.T) {
	p, err := testProfile().withDefaults()
	require.NoError(t, err)
	for media, want := range map[string]BodyFormat{
		"application/json": BodyJSON, "application/json; charset": BodyJSON, "application/json, application/json": BodyJSON,
		" Application/JSON ;;": BodyJSON, "application/problem+json;x=\"": BodyJSON, "application/json,text/html": BodyJSON,
		"application/xml; charset": BodyXML, "text/xml,text/xml": BodyXML,
	} {
		h := http.Header{"Content-Type": {media}}
		assert.True(t, want.matchesType(h, &p), media)
		assert.False(t, (BodyXML-want).matchesType(h, &p), media)
	}
	for _, media := range []string{"text/html", "application/json5", ";application/json", ",application/json", "json"} {
		assert.False(t, BodyJSON.matchesType(http.Header{"Content-Type": {media}}, &p), media)
	}
}

func asked(class Class) Call {
	c := post(class)
	c.Request.Operation = proving(class)
	c.DecodeProves = true
	c.Decode = func(body []byte) (any, error) {
		switch {
		case bytes.Contains(body, []byte(`"odd"`)):
			return "value", DriftError{{Kind: DriftType, Path: "odd"}}
		case bytes.Contains(body, []byte(`"id":"x"`)):
			return "value", nil
		default:
			return "half a value", ErrResponseIncomplete
		}
	}
	return c
}

func TestR26_AMaintenancePageIsAskedAgainAndNeverRecorded(t *testing.T) {
	page, thing := says(200, `{"message":"scheduled maintenance"}`), says(201, `{"object":"thing","id":"x"}`)
	inJournalledWorld(t, script(page, page, thing), func(t *testing.T, w *world, j *faultyJournal) {
		c := atMost(2, ofRef(asked(Keyed), "order-1"))
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		require.Error(t, r.Err)
		assert.Equal(t, journal.OutcomeUnknown, stored(t, j).Outcome, "the ref is not done")
		r = w.do(c)
		require.NoError(t, r.Err)
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.False(t, r.FromJournal)
		assert.EqualValues(t, 3, w.hits.Load())
	})
}

func TestR27_AnIncompleteResponseIsDoneAndKept(t *testing.T) {
	const body = `{"object":"thing","token":"told once"}`
	inJournalledWorld(t, says(201, body), func(t *testing.T, w *world, _ *faultyJournal) {
		c := ofRef(asked(KeyUnverified), "order-1")
		for _, fromJournal := range []bool{false, true} {
			r := w.do(c)
			assert.Equal(t, OutcomeDone, r.Outcome)
			require.ErrorIs(t, r.Err, ErrResponseIncomplete)
			require.ErrorIs(t, r.Err, ErrResponseLost)
			require.NotNil(t, r.Response)
			assert.Nil(t, r.Response.Value, "half a value is none")
			assert.JSONEq(t, body, string(r.Response.Body), "what is told once is not lost with the process")
			assert.Equal(t, fromJournal, r.FromJournal)
		}
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestR28_DriftIsHandedOnAlsoFromTheJournal(t *testing.T) {
	inJournalledWorld(t, says(201, `{"object":"thing","id":"x","odd":[]}`), func(t *testing.T, w *world, _ *faultyJournal) {
		c := ofRef(asked(Keyed), "order-1")
		for _, fromJournal := range []bool{false, true} {
			r := w.do(c)
			require.NoError(t, r.Err)
			assert.Equal(t, "value", r.Response.Value)
			assert.Equal(t, []Drift{{Kind: DriftType, Path: "odd"}}, r.Drift)
			assert.Equal(t, fromJournal, r.FromJournal)
		}
	})
}

func TestR27_AReconstructedAnswerIsAsCompleteAsItCanBe(t *testing.T) {
	for reconstructed, want := range map[bool]any{true: "half a value", false: nil} {
		inWorld(t, script(lose, says(409, `{"error":{"code":"already"}}`)), func(t *testing.T, w *world) {
			c := asked(Idempotent)
			c.Refetch = func(context.Context) (*Response, State) {
				return &Response{Status: 200, Body: []byte(`{"object":"thing"}`), Reconstructed: reconstructed}, StateHolds
			}
			r := w.do(c)
			assert.Equal(t, OutcomeDone, r.Outcome)
			assert.Equal(t, want, r.Response.Value)
			assert.Equal(t, want == nil, errors.Is(r.Err, ErrResponseIncomplete))
		})
	}
}

// A caller who is gone gets no large body decoded; what it proves is known all
// the same.
func TestR28_TheCallersContextIsAskedBetweenReadingAndDecoding(t *testing.T) {
	for size, decoded := range map[int]int{10: 1, 2 * maxTrust: 0} {
		ctx, cancel := context.WithCancel(context.Background())
		body := `{"object":"thing","id":"x","filler":"` + string(bytes.Repeat([]byte("x"), size)) + `"}`
		c, e := asked(Keyed), engineOver(t, body, cancel)
		decode, times := c.Decode, 0
		c.Decode = func(b []byte) (any, error) { times++; return decode(b) }
		r := e.Do(ctx, c)
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.Equal(t, decoded, times)
		if decoded == 0 {
			require.ErrorIs(t, r.Err, ErrResponseLost)
			assert.ErrorIs(t, r.Err, context.Canceled)
		}
	}
}

func engineOver(t *testing.T, body string, cancel func()) *Engine {
	t.Helper()
	e, err := New(Config{
		Profile: testProfile(), BaseURL: "http://localhost",
		Transport: transportFunc(func(*http.Request) (*http.Response, error) {
			return announcing(int64(len(body)), &last{*bytes.NewReader([]byte(body)), cancel}), nil
		}),
	})
	require.NoError(t, err)
	return e
}

type last struct {
	r      bytes.Reader
	cancel func()
}

func (l *last) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.r.Len() == 0 {
		l.cancel()
	}
	return n, err
}
