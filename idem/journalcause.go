package idem

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// JournalCause says in fixed words why a journal failed. A [Journal] returns it
// inside a JournalError, so that callers find it with errors.Is.
type JournalCause string

// The causes that a [Journal] distinguishes.
const (
	CauseDiskFull       JournalCause = "disk full"
	CauseConnection     JournalCause = "connection failed"
	CauseRefused        JournalCause = "connection refused"
	CauseAuthentication JournalCause = "authentication failed"
	CausePermission     JournalCause = "permission denied"
	CauseReadOnly       JournalCause = "read-only"
	CauseLocked         JournalCause = "locked"
	CauseTimeout        JournalCause = "timeout"
	CauseReplaced       JournalCause = "the journal's file was replaced"
	CauseClosed         JournalCause = "closed"
	CauseCorrupt        JournalCause = "corrupt"
	CauseNotDurable     JournalCause = "commits are not durable"
	CauseOther          JournalCause = "failed"
)

// Error returns the words.
func (c JournalCause) Error() string { return string(c) }

// JournalError is the cause of a journal's failure with the code of whatever
// reported it. Neither holds a path, an address, a credential or a stored
// value.
type JournalError struct {
	// Cause says why.
	Cause JournalCause
	// Code is an SQLSTATE, an errno's name, or SQLite's result code, with its
	// kind in front, such as "SQLSTATE 53100". Empty where there is none.
	Code string
}

// Error returns the cause and, in parentheses, the code.
func (e *JournalError) Error() string {
	if e.Code == "" {
		return e.Cause.Error()
	}
	return fmt.Sprintf("%s (%s)", e.Cause, e.Code)
}

// Unwrap returns the cause.
func (e *JournalError) Unwrap() error { return e.Cause }

// knownCauses are the causes whose words may be repeated: a journal of the caller's can
// return any text as one.
var knownCauses = []JournalCause{
	CauseDiskFull, CauseConnection, CauseRefused, CauseAuthentication, CausePermission,
	CauseReadOnly, CauseLocked, CauseTimeout, CauseReplaced, CauseClosed, CauseCorrupt,
	CauseNotDurable, CauseOther,
}

// causeWords names the cause of a journal's error and its code, in fixed words; empty
// where the journal gave none.
func causeWords(err error) string {
	var cause JournalCause
	var failed *JournalError
	switch {
	case errors.As(err, &cause) && slices.Contains(knownCauses, cause):
	case errors.Is(err, context.DeadlineExceeded):
		cause = CauseTimeout
	default:
		return ""
	}
	if errors.As(err, &failed) && failed.Cause == cause && isCode(failed.Code) {
		return failed.Error()
	}
	return cause.Error()
}

// isCode reports whether the text can be a code: it is repeated in errors and logs.
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
