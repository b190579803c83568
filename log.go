package bardge

import (
	"context"
	"log/slog"
)

// observe joins the logger and the observer; nil if there is neither.
func (s *settings) observe() func(Event) {
	logger, observer := s.logger, s.observer
	switch {
	case logger == nil:
		return observer
	case observer == nil:
		return func(e Event) { logEvent(logger, e) }
	default:
		return func(e Event) {
			logEvent(logger, e)
			observer(e)
		}
	}
}

// logEvent writes what an allow-list names, and nothing else.
func logEvent(l *slog.Logger, e Event) {
	ctx := context.Background()
	if !l.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("operation", e.Operation),
		slog.String("outcome", e.Outcome.String()),
	}
	switch e.Kind {
	case EventAttemptStarted:
		attrs = append(attrs, slog.Int("attempt", e.Attempt.Number))
	case EventAttemptEnded:
		attrs = append(attrs,
			slog.Int("attempt", e.Attempt.Number),
			slog.Int("status", e.Attempt.Status),
			slog.String("verdict", e.Attempt.Verdict.String()),
			slog.String("reason", e.Attempt.Reason),
			slog.Bool("replayed", e.Attempt.Replayed),
			slog.Duration("took", e.Attempt.Duration),
			slog.Duration("wait", e.Attempt.Wait),
			slog.String("request_id", printable(e.RequestID)),
		)
	default:
		attrs = append(attrs, slog.Int("attempts", e.Attempts))
	}
	l.LogAttrs(ctx, slog.LevelDebug, "bardge: "+e.Kind.String(), attrs...)
}
