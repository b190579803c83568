package sdk

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bardge/bardge-go/idem"
)

// Printable returns s if it is formed like an identifier, else "-", so that a
// response cannot put other text into logs.
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

// Escaped returns text, quoted as a Go string if a character needs escaping.
func Escaped(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

// maxRef is in bytes. A longer ref is refused, and cut where it is printed.
const maxRef = 1024

// QuotedRef returns a ref as a Go string, safe to print.
func QuotedRef(ref string) string {
	if len(ref) > maxRef {
		return Quoted(ref)
	}
	return strconv.Quote(ref)
}

// AppendNames adds a call's ref and key, if any, for a logger. A key that no
// request can carry is left out: it may be another secret.
func AppendNames(attrs []slog.Attr, ref string, key idem.Key) []slog.Attr {
	switch {
	case len(ref) > maxRef:
		attrs = append(attrs, slog.String("ref", Quoted(ref)))
	case ref != "":
		attrs = append(attrs, slog.String("ref", Escaped(ref)))
	}
	visible := func(r rune) bool { return r > ' ' && r < 0x7f }
	if k := key.String(); k != "" && strings.TrimFunc(k, visible) == "" {
		attrs = append(attrs, slog.String("key", k))
	}
	return attrs
}

const maxQuoted = 200

// Quoted returns text as a Go string, cut to 200 bytes.
func Quoted(text string) string {
	if len(text) <= maxQuoted {
		return strconv.Quote(text)
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strconv.Quote(text[:cut] + "...")
}

// Print writes text under every verb, for Format methods.
func Print(f fmt.State, text string) {
	_, _ = io.WriteString(f, text) // fmt.State has nowhere to report to
}

// Mark is a word that is printed of a call if it is true.
type Mark struct {
	On   bool
	Word string
}

func Marks(all ...Mark) string {
	var b strings.Builder
	for _, m := range all {
		if m.On {
			b.WriteString(", " + m.Word)
		}
	}
	return b.String()
}

// PendingOperation is the printed form of an open operation.
type PendingOperation struct {
	Operation, ID, Ref string
	Key                idem.Key
	Since              time.Time
}

// String returns the operation, its ref and key (or else id), and its age.
func (o PendingOperation) String() string {
	var b strings.Builder
	b.WriteString(Printable(o.Operation) + ": ")
	for _, name := range o.names() {
		b.WriteString(name.Key + " " + name.text + ", ")
	}
	return b.String() + "since " + o.Since.UTC().Format(time.RFC3339)
}

func (o PendingOperation) Attrs() []slog.Attr {
	return slices.Concat(
		[]slog.Attr{slog.String("operation", Printable(o.Operation))},
		attrsOf(o.names()),
		[]slog.Attr{slog.Time("since", o.Since)},
	)
}

func (o PendingOperation) ResultText(outcome idem.Outcome, evidence string) string {
	text := fmt.Sprintf("%s: %s", o, outcome)
	if evidence != "" {
		text += ": " + evidence
	}
	return text
}

func (o PendingOperation) ResultValue(did idem.RecoveryAction, outcome idem.Outcome, evidence string) slog.Value {
	return slog.GroupValue(append(o.Attrs(),
		slog.String("action", did.String()),
		slog.String("outcome", outcome.String()),
		slog.String("evidence", evidence),
	)...)
}

type name struct {
	slog.Attr
	text string
}

// names returns what the operation can be resolved by, which may be any text.
func (o PendingOperation) names() []name {
	if o.ID != "" && o.Ref == "" && o.Key.IsZero() {
		return []name{{slog.String("id", Escaped(o.ID)), Escaped(o.ID)}}
	}
	ref := "-"
	if o.Ref != "" {
		ref = QuotedRef(o.Ref)
	}
	key := cmp.Or(Escaped(o.Key.String()), "-")
	return []name{{slog.String("ref", Escaped(o.Ref)), ref}, {slog.String("key", key), key}}
}

func attrsOf(names []name) []slog.Attr {
	attrs := make([]slog.Attr, len(names))
	for i, n := range names {
		attrs[i] = n.Attr
	}
	return attrs
}
