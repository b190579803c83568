package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestR23_CredentialsAreRedacted(t *testing.T) {
	c := NewCredentials()
	assert.Equal(t, "bad key k-1234", c.Redact("bad key k-1234"), "not learned yet")
	c.Learn("k-1234")
	c.Learn("k-1234")
	c.Learn("a+b/c=")
	c.Learn("abc") // is in any text
	assert.Equal(t, "bad key [redacted]!", c.Redact("bad key k-1234!"))
	assert.Equal(t, "[redacted] [redacted] abc", c.Redact("a+b/c= a%2Bb%2Fc%3D abc"))
	for i := range maxCredentials {
		c.Learn(fmt.Sprintf("rotated-%d", i))
	}
	assert.Equal(t, "k-1234 [redacted]", c.Redact("k-1234 rotated-7"), "the newest are remembered")
}

type foreignError struct{ text string }

func (e *foreignError) Error() string { return e.text }

func TestR23_AnErrorThatShowsACredentialIsReplaced(t *testing.T) {
	c := NewCredentials()
	c.Learn("k-1234")
	foreign := &foreignError{"malformed header: Bearer k-1234"}
	for name, err := range map[string]error{
		"alone":   foreign,
		"wrapped": fmt.Errorf("call: %w", errors.Join(fs.ErrNotExist, fmt.Errorf("read: %w", foreign))),
		"beneath": &treeError{text: "connection reset", cause: foreign},
	} {
		shown := RedactError(err, c.Redact)
		for at := shown; at != nil; at = errors.Unwrap(at) {
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", at, at, at), "k-1234", name)
		}
		assert.NoError(t, errors.Unwrap(shown))
		var found *foreignError
		require.ErrorAs(t, shown, &found, name)
		assert.Same(t, foreign, found, "for errors.As")
		assert.ErrorIs(t, shown, foreign)
		assert.Equal(t, errors.Is(err, fs.ErrNotExist), errors.Is(shown, fs.ErrNotExist))
		assert.Equal(t, c.Redact(err.Error()), shown.Error())
	}
	sound := fmt.Errorf("call: %w", fs.ErrNotExist)
	assert.Same(t, sound, RedactError(sound, c.Redact), "the others stay as they are")
	assert.NoError(t, RedactError(nil, c.Redact))
}

type treeError struct {
	text  string
	cause error
}

func (f *treeError) Error() string   { return f.text }
func (f *treeError) Unwrap() []error { return []error{f.cause, nil} }

func TestSettingErrorsNameTheOption(t *testing.T) {
	s := Settings{BaseFrom: "BASE"}
	bad := func(field string) error { return &idem.InvalidError{Field: field, Reason: "is bad"} }
	for want, err := range map[string]error{
		"BASE: base URL is bad":                    s.engineError(bad("base URL")),
		"WithJournalSecret: journal secret is bad": s.engineError(bad("journal secret")),
		"WithRetryPolicy: AttemptTimeout is bad":   s.engineError(bad("AttemptTimeout")),
		"a disk":                                   s.engineError(errors.New("a disk")),
		"WithX: field is bad":                      OptionError("WithX", bad("field")),
	} {
		assert.EqualError(t, err, want)
	}
	var pointer *foreignError
	var function func()
	for _, v := range []any{nil, pointer, function, map[string]int(nil), error(pointer)} {
		assert.True(t, IsNil(v))
	}
	for _, v := range []any{0, "", &foreignError{}, struct{}{}, func() {}} {
		assert.False(t, IsNil(v))
	}
}

func TestLogLinesOfACallHaveItsNamesAndALevel(t *testing.T) {
	key, err := idem.UnsentKey("k-1")
	require.NoError(t, err)
	disk := errors.New("words of a disk")
	for name, row := range map[string]struct {
		event idem.Event
		level string
		want  map[string]any
	}{
		"started":   {event: idem.Event{Kind: idem.EventAttemptStarted}, level: "DEBUG"},
		"refused":   {event: idem.Event{Kind: idem.EventAttemptEnded, Attempt: idem.Attempt{Verdict: idem.VerdictRejected}}, level: "DEBUG"},
		"ambiguous": {event: idem.Event{Kind: idem.EventAttemptEnded, Attempt: idem.Attempt{Verdict: idem.VerdictAmbiguous}}, level: "WARN"},
		"done": {
			event: idem.Event{Kind: idem.EventCallEnded, Outcome: idem.OutcomeDone, Duration: time.Second, RequestID: "req_1", Recovered: true},
			level: "DEBUG",
			want:  map[string]any{"took": 1e9, "request_id": "req_1", "recovered": true},
		},
		"rejected": {
			event: idem.Event{Kind: idem.EventCallEnded, Outcome: idem.OutcomeRejected, Reason: "refused"},
			level: "DEBUG",
			want:  map[string]any{"reason": "refused"},
		},
		"unknown": {event: idem.Event{Kind: idem.EventCallEnded, FromJournal: true}, level: "WARN", want: map[string]any{"from_journal": true}},
		"not recorded": {
			event: idem.Event{Kind: idem.EventCallEnded, Outcome: idem.OutcomeDone, RecordErr: disk},
			level: "ERROR",
			want:  map[string]any{"record_error": "words of a disk"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			row.event.CallID, row.event.Operation, row.event.Ref, row.event.Key = "c-1", "Pay", "order-17/pay", key
			Observe("vendor", logger, nil, same)(row.event)
			var line map[string]any
			require.NoError(t, json.Unmarshal(log.Bytes(), &line))
			want := map[string]any{"level": row.level, "call_id": "c-1", "operation": "Pay", "ref": "order-17/pay", "key": "k-1"}
			maps.Copy(want, row.want)
			for name, value := range want {
				assert.Equal(t, value, line[name], name)
			}
		})
	}
}

func TestR23_ARefCannotForgeALogLine(t *testing.T) {
	var log bytes.Buffer
	Observe("vendor", slog.New(slog.NewTextHandler(&log, nil)), nil, same)(
		idem.Event{Kind: idem.EventCallEnded, Ref: "a\nlevel=INFO msg=forged"})
	assert.Equal(t, 1, strings.Count(log.String(), "\n"))
	assert.Contains(t, log.String(), `\\nlevel`)
}

func TestR23_ARequestIDThatRepeatsACredentialIsRedacted(t *testing.T) {
	var log bytes.Buffer
	var heard idem.Event
	c := NewCredentials()
	c.Learn("key-of-the-reseller")
	Observe("vendor", slog.New(slog.NewTextHandler(&log, nil)), func(e idem.Event) { heard = e }, c.Redact)(
		idem.Event{Kind: idem.EventCallEnded, RequestID: "key-of-the-reseller"})
	assert.Equal(t, "[redacted]", heard.RequestID)
	assert.NotContains(t, log.String(), "key-of-the-reseller")
	assert.Contains(t, log.String(), "request_id=[redacted]")
}

func TestNamesThatCannotBeSentAreCutOrLeftOut(t *testing.T) {
	odd, err := idem.UnsentKey("s3cret\n")
	require.NoError(t, err)
	assert.Empty(t, AppendNames(nil, "", odd), "it may be something else")
	assert.Empty(t, AppendNames(nil, "", idem.Key{}))
	long := strings.Repeat("r", 1025)
	cut := `"` + long[:200] + `..."`
	assert.Equal(t, []slog.Attr{slog.String("ref", cut)}, AppendNames(nil, long, idem.Key{}))
	assert.Equal(t, cut, QuotedRef(long))
	assert.Equal(t, `"`+long[1:]+`"`, QuotedRef(long[1:]))
}

func TestQuotedCutsAndEscapes(t *testing.T) {
	assert.Equal(t, `"a\n\"b\""`, Quoted("a\n\"b\""))
	assert.Equal(t, `"`+strings.Repeat("a", 200)+`"`, Quoted(strings.Repeat("a", 200)))
	assert.Equal(t, `"`+strings.Repeat("ü", 99)+`a..."`, Quoted(strings.Repeat("ü", 99)+"aüü"), "runes are kept whole")
	assert.Equal(t, "order-17/pass", Escaped("order-17/pass"))
	assert.Equal(t, `"a\x00"`, Escaped("a\x00"))
}
