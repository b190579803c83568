package facade

import (
	"log/slog"

	"github.com/bardge/bardge-go/idem"
)

// Observe joins a logger, whose lines begin with the package's name, and an
// observer. Either may be nil; the result is nil if both are.
func Observe(name string, l *slog.Logger, observer func(idem.Event)) func(idem.Event) {
	if l == nil {
		return observer
	}
	return InTurn(func(e idem.Event) { logEvent(name, l, e) }, observer)
}

// InTurn tells first, then second, also where first panics; nil stands for nobody.
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

// logEvent writes what an allow-list names, and nothing else.
func logEvent(name string, l *slog.Logger, e idem.Event) {
	ctx := e.Context()
	if !l.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("outcome", e.Outcome.String()),
	}
	switch e.Kind {
	case idem.EventAttemptStarted:
		attrs = append(attrs, slog.Int("attempt", e.Attempt.Number))
	case idem.EventAttemptEnded:
		attrs = append(attrs,
			slog.Int("attempt", e.Attempt.Number),
			slog.Int("status", e.Attempt.Status),
			slog.String("verdict", e.Attempt.Verdict.String()),
			slog.String("reason", e.Attempt.Reason),
			slog.Duration("took", e.Attempt.Duration),
			slog.Duration("wait", e.Attempt.Wait),
		)
		if e.Attempt.Replayed {
			attrs = append(attrs, slog.Bool("replayed", true))
		}
		if e.RequestID != "" {
			attrs = append(attrs, slog.String("request_id", e.RequestID))
		}
	default:
		attrs = append(attrs, slog.Int("attempts", len(e.Attempts)))
	}
	l.LogAttrs(ctx, slog.LevelDebug, name+": "+e.Kind.String(), attrs...)
}
