package idem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/bardge/bardge-go/journal"
)

var (
	// ErrOperationNotFound: the journal has no operation of this name.
	ErrOperationNotFound = errors.New("the journal has no such operation")
	// ErrMayBeExecuting: a call works on the operation, or what was sent may
	// still be on its way or in the server, which is given two minutes at most.
	// RecordError.Until is when to look again.
	ErrMayBeExecuting = errors.New("the operation may still be executed")
	// ErrAlreadyResolved: the API's own response proves the opposite, or that
	// something else was made. No person's word overrides it.
	ErrAlreadyResolved = errors.New("the API has proven another outcome")
	// ErrOtherGeneration: the resolution does not name the ref's present
	// generation: its operation has ended unexecuted, and the ref was used
	// again. A resolution that names none is about the first.
	ErrOtherGeneration = errors.New("the ref has been used again: the resolution must name its present generation")
	// ErrNotVerified: reading does not show that the operation made what the
	// resolution names, or the API could not be read.
	ErrNotVerified = errors.New("reading does not confirm the id")
)

// The limits of a Resolution's texts, in bytes.
const (
	MaxResolutionBy   = 200
	MaxResolutionNote = 2000
)

// maxHistory is how many resolutions a record keeps, the newest ones.
const maxHistory = 16

// Resolution is a person's word, or another system's, on what became of an
// operation.
type Resolution struct {
	// Executed reports that the operation was executed.
	Executed bool
	// ID names what it made, for the record's history. It may be empty.
	ID string
	// By is the author, Note the reason. Both are kept sealed, and never
	// printed. They have at most MaxResolutionBy and MaxResolutionNote bytes.
	By, Note string
	// Generation is the ref's generation that this is about. Zero is the first.
	Generation int
	// ResponseOf returns a response in place of an executed operation's,
	// given by its name, and the name of what it made. The response may be nil,
	// the name empty. Nil gives neither.
	ResponseOf func(operation string) (answer *Response, resource string)
	// Class is the class of an operation without a key, by its name: an
	// idempotent one may have been sent by each of its owners, other ones by
	// the first alone. Nil takes all for idempotent.
	Class func(operation string) Class
	// Verify reports by reading whether an executed operation made what ID
	// names, before the record is changed. It returns false without an error
	// where the API shows nothing; with an error nothing is recorded. The
	// Request is empty where the journal has dropped it. Nil verifies nothing.
	Verify func(context.Context, PendingOperation) (verified bool, err error)
}

// ResolutionEntry is a resolution in a record's history. It prints without By
// and Note, which are personal.
type ResolutionEntry struct {
	// At is when it was recorded, by the wall clock of the process that did.
	At time.Time `json:"at"`
	// Generation is the generation of the ref that it is about.
	Generation int `json:"generation"`
	// Executed and ID are the statement.
	Executed bool   `json:"executed,omitempty"`
	ID       string `json:"id,omitempty"`
	// By is the author, Note the reason. Erase drops the notes.
	By   string `json:"by,omitempty"`
	Note string `json:"note,omitempty"`
	// Verified: reading confirmed it.
	Verified bool `json:"verified,omitempty"`
}

// resolved is what a record keeps of people's words.
type resolved struct {
	Said said `json:"said,omitempty"`
	// History is sorted, oldest first, and has earlier generations', too.
	History []ResolutionEntry `json:"history,omitempty"`
}

type said uint8

const (
	saidAnswer  said = 1 // the answer: the outcome is the API's
	saidOutcome said = 2 // the outcome and the answer
)

// Resolve records a person's word on the operation with this name in the
// journal: a PendingOperation's ID, or RefID of a ref. "Not executed" makes the
// ref free, and is refused while the operation may still be executed (J10). A
// later word corrects an earlier one, within one generation of the ref; none
// overrides what the API's own response proves (J17). A reserved operation,
// which was never sent, is free at once.
//
// What is recorded already is no error. A record that was not changed is
// reported as a *RecordError, whose causes are ErrOperationNotFound,
// ErrMayBeExecuting, ErrAlreadyResolved, ErrOtherGeneration, ErrNotVerified,
// ErrResourceTaken and ErrJournal.
func (e *Engine) Resolve(ctx context.Context, id string, s Resolution) error {
	if err := s.check(); err != nil {
		return err
	}
	verified, asked := false, s.Verify == nil || !s.Executed
	return e.changeJournal(ctx, "resolve in", func() (bool, error) {
		found, err := e.sealed.find(ctx, id)
		if err != nil {
			return false, err
		}
		changes, err := e.admits(found, s)
		if err != nil || !changes {
			return true, err
		}
		if !asked { // once: what was made does not change with the record
			verified, err = s.Verify(e.drain.within(ctx), found.pending())
			if asked = true; err != nil {
				return false, recordError(found, fmt.Errorf("%w: %w", ErrNotVerified, err))
			}
		}
		return e.saveFound(ctx, found, e.apply(found, s, verified))
	})
}

// changeJournal calls change until it is done: another process may write at the
// same time.
func (e *Engine) changeJournal(ctx context.Context, purpose string, change func() (bool, error)) error {
	leave, err := e.enterJournal(ctx, purpose)
	if err != nil {
		return err
	}
	defer leave()
	for {
		if done, err := change(); done || err != nil {
			return err
		}
	}
}

// enterJournal begins a use of the journal, which must leave at its end.
func (e *Engine) enterJournal(ctx context.Context, purpose string) (leave func(), err error) {
	if err := e.checkJournal(ctx, purpose); err != nil {
		return nil, err
	}
	if !e.drain.enter(ctx) {
		return nil, ErrClosed
	}
	return e.drain.leave, nil
}

func (e *Engine) saveFound(ctx context.Context, found, rec entry) (bool, error) {
	saved, err := e.sealed.Save(ctx, rec)
	if err != nil {
		return false, recordError(found, journalFailure(err))
	}
	return saved, nil
}

func (e *Engine) checkJournal(ctx context.Context, purpose string) error {
	if e.sealed.journal == nil {
		return &InvalidError{Field: "journal", Reason: "is needed to " + purpose}
	}
	if ctx == nil {
		return errNilContext
	}
	return nil
}

func (s Resolution) check() error {
	for _, text := range []struct {
		field, value string
		limit        int
	}{{"by", s.By, MaxResolutionBy}, {"note", s.Note, MaxResolutionNote}, {"id", s.ID, journal.MaxRef}} {
		switch {
		case len(text.value) > text.limit:
			return &InvalidError{Field: text.field, Reason: fmt.Sprintf("has more than %d bytes", text.limit)}
		case !utf8.ValidString(text.value):
			return &InvalidError{Field: text.field, Reason: "is not UTF-8"}
		}
	}
	if s.Generation < 0 {
		return &InvalidError{Field: "generation", Reason: "is negative"}
	}
	return nil
}

// admits reports whether a resolution changes a record, or why it must not
// (J17).
func (e *Engine) admits(found entry, s Resolution) (changes bool, err error) {
	byPerson := found.Said == saidOutcome
	switch {
	case found.Generation != max(s.Generation, 1):
		return false, recordError(found, ErrOtherGeneration)
	case found.known() == OutcomeDone && s.Executed:
		return s.corrects(found)
	case found.free() && !s.Executed:
		return false, nil
	case !found.open() && !byPerson:
		return false, recordError(found, ErrAlreadyResolved)
	case !s.Executed && !found.Reserved && e.mayStillRun(found, s.resent(found)):
		return false, e.tooEarly(found, s)
	default:
		return true, nil
	}
}

// corrects reports whether "executed" changes a record that is done: it names
// what was made where that was not known, or is another name than a person
// gave.
func (s Resolution) corrects(found entry) (bool, error) {
	answer, resource := s.answerOf(found.Operation)
	switch {
	case answer == nil && resource == "":
		return false, nil // less is no contradiction
	case found.Said != 0:
		same := resource == found.Resource && bytes.Equal(answer.body(), found.Response.body())
		return !same && !found.Erased, nil
	case resource != "" && found.Resource != "" && resource != found.Resource:
		return false, recordError(found, ErrAlreadyResolved)
	default:
		return answer != nil && found.Response == nil && !found.Erased, nil
	}
}

func (r *Response) body() []byte {
	if r == nil {
		return nil
	}
	return r.Body
}

// tooEarly is ErrMayBeExecuting, with the time at which it ends if no owner
// takes the operation up.
func (e *Engine) tooEarly(found entry, s Resolution) error {
	left := e.mayExecuteFor(found, s.resent(found))
	if found.owned() {
		left = max(left, found.Lease)
	}
	err := recordError(found, ErrMayBeExecuting)
	err.Until = found.asked.WallTime().Add(left)
	return err
}

func (e *Engine) apply(found entry, s Resolution, verified bool) entry {
	now := e.clock.Now()
	rec := found
	if rec.open() {
		rec.inherit(rec.Version, now, e.policy.KeyTTL)
	}
	awaited := rec.Awaited
	rec.Owner, rec.Lease = "", 0
	if s.Executed && rec.known() == OutcomeDone {
		rec.Said = max(rec.Said, saidAnswer)
	} else {
		rec.Said = saidOutcome
	}
	made := rec.Resource
	rec.Response, rec.Resource = nil, ""
	switch {
	case s.Executed:
		rec.Outcome = journal.OutcomeDone
		rec.Response, rec.Resource = s.answerOf(rec.Operation)
		if rec.Said == saidAnswer && made != "" {
			rec.Resource = made // by the API's word
		}
	case rec.Reserved:
		rec.Outcome = journal.OutcomeNotSent
	default:
		rec.Outcome = journal.OutcomeRejected
	}
	rec.Reserved = false
	rec.forget()
	rec.Awaited = awaited
	rec.release(now)
	history := append(slices.Clip(rec.History), ResolutionEntry{
		At:         now.WallTime().UTC().Truncate(time.Microsecond),
		Generation: rec.Generation, Executed: s.Executed, ID: s.ID, By: s.By, Note: s.Note, Verified: verified,
	})
	rec.History = history[max(0, len(history)-maxHistory):]
	return rec
}

func (s Resolution) answerOf(operation string) (answer *Response, resource string) {
	if s.ResponseOf == nil {
		return nil, ""
	}
	return s.ResponseOf(operation)
}

// resent reports whether owners after the first may have sent the operation.
func (s Resolution) resent(r entry) bool {
	return s.Class == nil || s.Class(r.Operation) == Idempotent
}

func (e entry) pending() PendingOperation {
	return PendingOperation{
		ID: e.ID, Ref: e.Ref(), Since: e.Since, Bound: e.Bound, Key: e.key(),
		Request: e.request(Operation{Name: e.Operation}),
	}
}

func (e entry) key() Key {
	if e.Key == "" {
		return Key{}
	}
	return Key{value: e.Key, tracker: e.state()}
}
