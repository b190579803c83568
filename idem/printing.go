package idem

import (
	"fmt"
	"log/slog"
)

// String returns operation, method and the body's length. Path, query, headers
// and body may hold what no log should.
func (r Request) String() string {
	return fmt.Sprintf("%s %s, %d bytes", printable(r.Operation.Name), r.Method, len(r.Body))
}

// Format prints String under every verb.
func (r Request) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue logs what String returns.
func (r Request) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String returns status and the body's length. Headers and body may hold what no
// log should.
func (r Response) String() string { return fmt.Sprintf("status %d, %d bytes", r.Status, len(r.Body)) }

// Format prints String under every verb.
func (r Response) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue logs what String returns.
func (r Response) LogValue() slog.Value { return slog.StringValue(r.String()) }
