package facade

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Printable lets through what looks like an identifier, so that an answer
// cannot put anything else into logs; "-" stands for the rest.
func Printable(s string) string {
	if s == "" || len(s) > 64 {
		return "-"
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "-"
		}
	}
	return s
}

// Print writes text, whatever the verb: for Format methods.
func Print(f fmt.State, text string) {
	_, _ = io.WriteString(f, text) // fmt.State has nowhere to report to
}

// Mark is a word that is said of a call where it is true.
type Mark struct {
	On   bool
	Word string
}

// Marks lists the words that are true, each after a comma.
func Marks(all ...Mark) string {
	var b strings.Builder
	for _, m := range all {
		if m.On {
			b.WriteString(", " + m.Word)
		}
	}
	return b.String()
}

// Orphan is what is printed of an open operation.
type Orphan struct {
	Operation, ID, Ref string
	Key                idem.Key
	Since              time.Time
}

// String tells operation, ref, key (or id, where it has neither) and since when it is
// open.
func (o Orphan) String() string {
	var b strings.Builder
	b.WriteString(Printable(o.Operation) + ": ")
	for _, name := range o.names() {
		b.WriteString(name.Key + " " + name.Value.String() + ", ")
	}
	return b.String() + "since " + o.Since.UTC().Format(time.RFC3339)
}

// Attrs are the same, for a logger.
func (o Orphan) Attrs() []slog.Attr {
	return slices.Concat(
		[]slog.Attr{slog.String("operation", Printable(o.Operation))},
		o.names(),
		[]slog.Attr{slog.Time("since", o.Since)},
	)
}

// names are what the operation can be settled by.
func (o Orphan) names() []slog.Attr {
	if kind, own, ok := strings.Cut(o.ID, ":"); ok && o.Ref == "" && o.Key.IsZero() {
		return []slog.Attr{slog.String("id", Printable(kind)+":"+Printable(own))}
	}
	return []slog.Attr{slog.String("ref", Printable(o.Ref)), slog.String("key", Printable(o.Key.String()))}
}
