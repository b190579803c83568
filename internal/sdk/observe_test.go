package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

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
