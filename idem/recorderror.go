package idem

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// RecordError reports why Resolve, Get or Erase did not succeed, and what
// the journal knows of the operation. Its text is made of the ref or id and
// fixed words.
type RecordError struct {
	// ID is the operation's name in the journal, Ref the caller's, which may be
	// empty.
	ID, Ref string
	// Operation is the operation's name; empty if the record was not found or
	// read. Then the other fields are zero, too.
	Operation string
	// Generation counts the operations of this ref.
	Generation int
	// State and Outcome are the record's.
	State   journal.State
	Outcome Outcome
	// Resource names what the operation made, as far as it is known.
	Resource string
	// ByPerson: the outcome is a person's word, and can be corrected.
	ByPerson bool
	// Until is, with ErrMayBeExecuting, the earliest time at which "not
	// executed" can be believed, by the wall clock: later if a call or Recover
	// works on the operation meanwhile. Else zero.
	Until time.Time
	// Err is the reason.
	Err error
}

func recordError(r entry, err error) *RecordError {
	return &RecordError{
		ID: r.ID, Ref: r.Ref(), Operation: r.Operation, Generation: r.Generation, State: r.State(),
		Outcome: r.known(), Resource: r.Resource, ByPerson: r.Said == saidOutcome, Err: err,
	}
}

// find loads the record with this id, or returns a RecordError.
func (l sealedJournal) find(ctx context.Context, id string) (entry, error) {
	var found entry
	ok, err := false, checkName(id)
	if err != nil {
		return entry{}, err
	}
	if err = l.admit(ctx); err == nil {
		found, ok, err = l.Load(ctx, id)
	}
	switch {
	case err != nil:
		err = journalFailure(err)
	case !ok:
		err = ErrOperationNotFound
	default:
		return found, nil
	}
	return entry{}, &RecordError{ID: id, Ref: journal.Record{ID: id}.Ref(), Err: err}
}

// Error returns ref or id, what is known, and the reason.
func (e *RecordError) Error() string {
	var b strings.Builder
	b.WriteString(refOrID(e.Ref, e.ID))
	if e.Operation != "" {
		fmt.Fprintf(&b, " (%s, generation %d, %s", printable(e.Operation), e.Generation, e.State)
		if e.ByPerson {
			b.WriteString(" by a person's word")
		}
		if e.Resource != "" {
			b.WriteString(", made " + quoted(e.Resource))
		}
		b.WriteString(")")
	}
	b.WriteString(": " + e.Err.Error())
	if !e.Until.IsZero() {
		b.WriteString(" until " + e.Until.UTC().Format(time.RFC3339) + " at least")
	}
	return b.String()
}

// Unwrap returns the reason.
func (e *RecordError) Unwrap() error { return e.Err }

func refOrID(ref, id string) string {
	if ref != "" {
		return "ref " + quoted(ref)
	}
	return "id " + quoted(id)
}

func quoted(text string) string {
	return strconv.Quote(bounding(text, journal.MaxID))
}

// printable returns an identifier as it is, and "-" for anything else.
func printable(text string) string {
	if id := identifier(text); id != "" {
		return id
	}
	return "-"
}
