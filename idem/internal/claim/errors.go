package claim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bardge/bardge-go/journal"
)

var (
	// ErrTaken is definite: the record has another owner, or was resolved.
	ErrTaken = errors.New("another owner has taken the operation over")
	// ErrSecret: the record was sealed with a secret that is not among those
	// given. Nothing was changed.
	ErrSecret = errors.New("the journal was sealed with another secret")
	// ErrVersion: the record was written by a later version, which this one
	// must not interpret.
	ErrVersion = errors.New("the record was written by a later version")
)

// JournalError is an error of a journal, and what it did not do, in fixed
// words, since the error's own may hold anything.
type JournalError struct {
	// Write: the journal was to write.
	Write bool
	// Err is the journal's error.
	Err error
}

// NotCommitted returns an error of what comes before a write.
func NotCommitted(err error) *JournalError {
	return &JournalError{Write: true, Err: fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)}
}

// Unwrap returns the journal's error.
func (e *JournalError) Unwrap() error { return e.Err }

// Error returns what the journal did not do, and why, in fixed words.
func (e *JournalError) Error() string {
	words := "the journal could not be written: it is in doubt whether the record was committed"
	switch {
	case !e.Write:
		words = "the journal could not be read"
	case errors.Is(e.Err, journal.ErrNotCommitted):
		words = "the journal could not be written: nothing was committed"
	}
	if cause := causeWords(e.Err); cause != "" {
		words += ": " + cause
	}
	return words
}

var knownCauses = []journal.Cause{
	journal.CauseDiskFull, journal.CauseConnection, journal.CauseRefused, journal.CauseAuthentication,
	journal.CausePermission, journal.CauseReadOnly, journal.CauseLocked, journal.CauseTimeout,
	journal.CauseUnknownHost, journal.CauseTLS, journal.CauseNoDatabase,
	journal.CauseReplaced, journal.CauseClosed, journal.CauseCorrupt, journal.CauseNotDurable,
	journal.CauseOther,
}

// causeWords names the cause of a journal's error and its code; empty where the
// journal gave none, or words of its own.
func causeWords(err error) string {
	var cause journal.Cause
	var failed *journal.Error
	switch {
	case errors.As(err, &cause) && slices.Contains(knownCauses, cause):
	case errors.Is(err, context.DeadlineExceeded):
		cause = journal.CauseTimeout
	default:
		return ""
	}
	if errors.As(err, &failed) && failed.Cause == cause && isCode(failed.Code) {
		return failed.Error()
	}
	return cause.Error()
}

// isCode reports whether the text can be a code: it is repeated in errors and
// logs.
func isCode(s string) bool {
	const maxCode = 48
	for i := range len(s) {
		b := s[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && (b < '0' || b > '9') && b != '_' && b != ' ' && b != '-' {
			return false
		}
	}
	return len(s) <= maxCode
}
