package bardge

import "log/slog"

// observe joins the logger and the observers; nil if there is none.
func (s *settings) observe() func(Event) {
	logger := s.logger
	if logger == nil {
		return s.observer
	}
	return inTurn(func(e Event) { logEvent(logger, e) }, s.observer)
}

// inTurn tells first, then second; nil stands for nobody.
func inTurn(first, second func(Event)) func(Event) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	default:
		return func(e Event) {
			first(e)
			second(e)
		}
	}
}

// logEvent writes what an allow-list names, and nothing else.
func logEvent(l *slog.Logger, e Event) {
	ctx := e.Context()
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
		attrs = append(attrs, slog.Int("attempts", len(e.Attempts)))
	}
	l.LogAttrs(ctx, slog.LevelDebug, "bardge: "+e.Kind.String(), attrs...)
}
