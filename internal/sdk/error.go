package sdk

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Reply is the part of the last response to a failed call that errors print.
type Reply struct {
	Status    int    // 0: no response
	Code      string // the vendor's, printed as it is; empty: none
	Message   string // the vendor's; empty: must not be printed
	RequestID string // the vendor's; empty: none
}

func ErrorText(name string, f *idem.Failure, r Reply) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", name, f.Operation, f.Outcome)
	if r.Status != 0 || r.Code != "" {
		b.WriteString(":")
	}
	if r.Status != 0 {
		fmt.Fprintf(&b, " %d", r.Status)
	}
	if r.Code != "" {
		b.WriteString(" " + r.Code)
	}
	if r.Message != "" {
		b.WriteString(": " + Quoted(r.Message))
	}
	if f.Err != nil {
		b.WriteString(": " + f.Err.Error())
	}
	if f.Ref != "" {
		fmt.Fprintf(&b, " [ref %s]", QuotedRef(f.Ref))
	}
	if r.RequestID != "" {
		fmt.Fprintf(&b, " [request %s]", Printable(r.RequestID))
	}
	if f.Outcome == idem.OutcomeUnknown && !f.SafeUntil.IsZero() {
		fmt.Fprintf(&b, " [key %s safe until %s]", f.Key, f.SafeUntil.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// ErrorValue returns the error for a logger, with the vendor's codes.
func ErrorValue(f *idem.Failure, text string, codes ...slog.Attr) slog.Value {
	attrs := append(make([]slog.Attr, 0, 9),
		slog.String("operation", f.Operation),
		slog.String("outcome", f.Outcome.String()),
	)
	attrs = append(append(attrs, codes...), slog.String("error", text))
	attrs = AppendNames(attrs, f.Ref, f.Key)
	if !f.SafeUntil.IsZero() {
		attrs = append(attrs, slog.Time("safe_until", f.SafeUntil))
	}
	if f.RetryAfter > 0 {
		attrs = append(attrs, slog.Duration("retry_after", f.RetryAfter))
	}
	return slog.GroupValue(attrs...)
}
