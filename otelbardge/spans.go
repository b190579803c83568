package otelbardge

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/bardge/bardge-go"
)

type tracer struct{ trace.Tracer }

// call records a call and its attempts, and returns its span's context.
func (t tracer) call(e bardge.Event) context.Context {
	ctx, span := t.Start(e.Context(), "bardge."+e.Operation,
		trace.WithTimestamp(e.Started), trace.WithAttributes(operationKey.String(e.Operation)))
	defer span.End(trace.WithTimestamp(e.Started.Add(e.Duration)))
	if !span.IsRecording() {
		return ctx
	}
	span.SetAttributes(callAttributes(e)...)
	if e.Reason != "" && !e.Reserved {
		span.SetStatus(codes.Error, e.Reason)
	}
	to := targetOf(e)
	for _, a := range e.Attempts {
		t.attempt(ctx, e.Operation, to, a)
	}
	return ctx
}

func (t tracer) attempt(ctx context.Context, operation string, to target, a bardge.Attempt) {
	_, span := t.Start(ctx, to.method+" "+to.template,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(a.Start),
		trace.WithAttributes(operationKey.String(operation), semconv.HTTPRequestMethodKey.String(to.method)),
		trace.WithAttributes(to.server()...), trace.WithAttributes(to.url()...))
	defer span.End(trace.WithTimestamp(a.Start.Add(a.Duration)))
	span.SetAttributes(attemptAttributes(a)...)
	switch {
	case errorTypeOf(a) == "":
	case a.Status >= 400: // the status says why
		span.SetStatus(codes.Error, "")
	default:
		span.SetStatus(codes.Error, a.Reason)
	}
}

func callAttributes(e bardge.Event) []attribute.KeyValue {
	last := lastOf(e.Attempts)
	attrs := []attribute.KeyValue{
		outcomeKey.String(token(e.Outcome.String())),
		attemptsKey.Int(len(e.Attempts)),
		replayedKey.Bool(last.Replayed),
		recoveredKey.Bool(e.Recovered),
		fromJournalKey.Bool(e.FromJournal),
	}
	if last.KeyAge > 0 {
		attrs = append(attrs, keyAgeKey.Int64(last.KeyAge.Milliseconds()))
	}
	if e.RequestID != "" {
		attrs = append(attrs, requestIDKey.String(e.RequestID))
	}
	return withErrorType(attrs, errorTypeOfCall(e))
}

func attemptAttributes(a bardge.Attempt) []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		verdictKey.String(token(a.Verdict.String())),
		reasonKey.String(a.Reason),
		replayedKey.Bool(a.Replayed),
		reusedKey.Bool(a.ReusedConn),
	}
	if a.KeyAge > 0 {
		attrs = append(attrs, keyAgeKey.Int64(a.KeyAge.Milliseconds()))
	}
	if a.Wait > 0 {
		attrs = append(attrs, waitKey.Int64(a.Wait.Milliseconds()))
	}
	if a.Number > 1 {
		attrs = append(attrs, semconv.HTTPRequestResendCount(a.Number-1))
	}
	if a.Status > 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(a.Status))
	}
	return withErrorType(attrs, errorTypeOf(a))
}
