package idem

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bardge/bardge-go/journal"
)

// errNilContext refuses a call before anything is recorded (R39).
var errNilContext error = &InvalidError{Field: "context", Reason: "is nil"}

func checkRef(ref string) error {
	switch {
	case !storable(ref):
		return &InvalidError{Field: "ref", Reason: notStorable}
	case len(ref) > journal.MaxRef:
		return &InvalidError{Field: "ref", Reason: fmt.Sprintf("has more than %d bytes", journal.MaxRef)}
	default:
		return nil
	}
}

const notStorable = "is no text that a database can keep"

// storable reports whether a database can keep a text.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// checkName refuses the name of an operation that no journal can have.
func checkName(id string) error {
	field := "id"
	if (journal.Record{ID: id}).Ref() != "" {
		field = "ref"
	}
	return invalidIf(!storable(id), field, notStorable)
}

// keyKnows is what the key's state shows of this call's own request (R29). Of
// another one's it shows only that this one has not been sent under the key;
// the other request may be the same act.
func (o *operation) keyKnows() Outcome {
	k, ours := o.key.peek(o.requestHash())
	switch {
	case ours:
		return k.effectiveOutcome()
	case k.maybeExecuted():
		return OutcomeUnknown
	default:
		return OutcomeRejected
	}
}

func (o *operation) ownsKey() bool {
	_, ours := o.key.peek(o.requestHash())
	return ours
}

// peek does not tie the key to a request. It reports false if the key belongs
// to another one.
func (s *keyTracker) peek(p requestHash) (keySnapshot, bool) {
	s = s.lock()
	defer s.mu.Unlock()
	return s.state, !s.bound || s.requestHash == p
}
