package fakeserver

import (
	"fmt"
	"slices"
	"strings"
)

// EveryOperation is the operation of a [Bend] of all operations.
const EveryOperation = "*"

// Bend is a lasting difference of a server from its vendor's contract. A server
// that is bent executes what it would execute anyway; the difference is in how
// it responds, or in what it wants to be sent. The zero value is no bend; see
// [ParseBend].
//
// Bends apply in the order in which they are given: a later one finds what an
// earlier one has made. Stored responses are bent when they are sent.
type Bend struct {
	// Operation is whose requests and responses differ; [EveryOperation] is
	// all of them.
	Operation string
	// Kind is what differs: "rename". [KnownBends] lists all kinds.
	Kind string
	// Subject is the field, header or status that differs; "" where the kind
	// has none.
	Subject string
	// Value is what it becomes; "" where the kind has none.
	Value string
}

// String returns the bend's text, which [ParseBend] reads:
// "IssuePass: rename tx_ref reference".
func (b Bend) String() string {
	words := slices.DeleteFunc([]string{b.Kind, b.Subject, b.Value}, func(word string) bool { return word == "" })
	return b.Operation + ": " + strings.Join(words, " ")
}

// ParseBend reads a bend from its text: an operation or "*", a colon, a kind,
// and what the kind needs. Names of operations and fields are checked when a
// server starts. Its error lists the kinds.
func ParseBend(text string) (Bend, error) {
	operation, change, found := strings.Cut(text, ":")
	if !found || strings.TrimSpace(operation) == "" {
		return Bend{}, fmt.Errorf("sandbox: bend %q is not of the form OPERATION: KIND ARGUMENTS", text)
	}
	b := Bend{Operation: strings.TrimSpace(operation)}
	var rest string
	b.Kind, rest = nextWord(change)
	kind, err := bendKindOf(b.Kind)
	if err != nil {
		return Bend{}, err
	}
	if kind.Subject != "" {
		b.Subject, rest = nextWord(rest)
	}
	if kind.Value != "" {
		b.Value, rest = strings.TrimSpace(rest), ""
	}
	if strings.TrimSpace(rest) != "" || !kind.complete(b) {
		return Bend{}, fmt.Errorf("sandbox: bend %q is not of the form OPERATION: %s", text, kind.Form())
	}
	return b, nil
}

func nextWord(text string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(text), " ")
	return word, rest
}

// bends reports whether a bend is of an operation.
func (b Bend) bends(operation string) bool {
	return b.Operation == EveryOperation || b.Operation == operation
}

// WithDrift bends the server away from its vendor's contract. A second WithDrift
// adds to the first.
func WithDrift(bends ...Bend) Option {
	return func(s *Settings) error {
		s.Bends = append(slices.Clip(s.Bends), bends...)
		return nil
	}
}
