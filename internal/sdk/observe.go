package sdk

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// Observe joins a logger, whose lines begin with the package's name, and an
// observer; either may be nil. Request ids are redacted.
func Observe(
	name string, l *slog.Logger, observer func(idem.Event), redact func(string) string,
) func(idem.Event) {
	both := observer
	if l != nil {
		both = InTurn(func(e idem.Event) { logEvent(name, l, e) }, observer)
	}
	if both == nil {
		return nil
	}
	return func(e idem.Event) {
		e.RequestID = redact(e.RequestID)
		both(e)
	}
}

// InTurn calls first, then second, even if first panics; nil ones are skipped.
func InTurn(first, second func(idem.Event)) func(idem.Event) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	default:
		return func(e idem.Event) {
			defer second(e) // the engine contains the panic
			first(e)
		}
	}
}

// logEvent writes only the attributes of an allow-list.
func logEvent(name string, l *slog.Logger, e idem.Event) {
	ctx, level := e.Context(), levelOf(e)
	if !l.Enabled(ctx, level) {
		return
	}
	if e.Kind == idem.EventRecoveryFailed {
		l.LogAttrs(ctx, level, name+": "+e.Kind.String(),
			slog.Duration("took", e.Duration), slog.String("reason", e.Reason))
		return
	}
	attrs := make([]slog.Attr, 0, 16)
	attrs = append(attrs,
		slog.String("call_id", e.CallID),
		slog.String("operation", e.Operation),
		slog.String("outcome", e.Outcome.String()),
	)
	attrs = AppendNames(attrs, e.Ref, e.Key)
	switch e.Kind {
	case idem.EventAttemptStarted:
		attrs = append(attrs, slog.Int("attempt", e.Attempt.Number))
	case idem.EventAttemptEnded:
		attrs = appendAttempt(attrs, e.Attempt)
	default:
		attrs = appendEnd(attrs, e)
	}
	if e.UnsolicitedResponse {
		attrs = append(attrs, slog.Bool("unsolicited_response", true))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", e.RequestID))
	}
	l.LogAttrs(ctx, level, name+": "+e.Kind.String(), attrs...)
}

// levelOf makes a failed record an error, and an unknown outcome, or an item
// that was left out, a warning.
func levelOf(e idem.Event) slog.Level {
	switch {
	case e.RecordErr != nil:
		return slog.LevelError
	case e.Reserved:
		return slog.LevelDebug
	case e.UnsolicitedResponse, e.Kind == idem.EventRecoveryFailed,
		e.Kind == idem.EventAttemptEnded && e.Attempt.Verdict == idem.VerdictAmbiguous,
		e.Kind == idem.EventCallEnded && e.Outcome == idem.OutcomeUnknown,
		slices.ContainsFunc(e.Drift, leavesOut):
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}

func leavesOut(d idem.Drift) bool { return d.Kind == idem.DriftItem }

func appendAttempt(attrs []slog.Attr, a idem.Attempt) []slog.Attr {
	attrs = append(attrs,
		slog.Int("attempt", a.Number),
		slog.Int("status", a.Status),
		slog.String("verdict", a.Verdict.String()),
		slog.String("reason", a.Reason),
		slog.Duration("took", a.Duration),
		slog.Duration("wait", a.Wait),
	)
	if a.Replayed {
		attrs = append(attrs, slog.Bool("replayed", true))
	}
	if a.PaceWait > 0 {
		attrs = append(attrs, slog.Duration("pace_wait", a.PaceWait))
	}
	return attrs
}

// maxLoggedDrift bounds a line.
const maxLoggedDrift = 5

func driftWords(drift []idem.Drift) string {
	words := make([]string, 0, maxLoggedDrift+1)
	for _, d := range drift[:min(len(drift), maxLoggedDrift)] {
		words = append(words, d.String())
	}
	if more := len(drift) - maxLoggedDrift; more > 0 {
		words = append(words, "and "+strconv.Itoa(more)+" more")
	}
	return strings.Join(words, "; ")
}

func appendEnd(attrs []slog.Attr, e idem.Event) []slog.Attr {
	attrs = append(attrs, slog.Int("attempts", len(e.Attempts)), slog.Duration("took", e.Duration))
	if len(e.Drift) > 0 {
		attrs = append(attrs, slog.String("drift", driftWords(e.Drift)))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	for _, mark := range []Mark{{e.Recovered, "recovered"}, {e.FromJournal, "from_journal"}, {e.Reserved, "reserved"}} {
		if mark.On {
			attrs = append(attrs, slog.Bool(mark.Word, true))
		}
	}
	if e.RecordErr != nil {
		attrs = append(attrs, slog.String("record_error", e.RecordErr.Error()))
	}
	return attrs
}
