package journal

import (
	"errors"
	"fmt"
)

var (
	// ErrNotCommitted is wrapped by [Journal] Save when it is certain that
	// nothing was written. Any other error leaves that in doubt.
	ErrNotCommitted = errors.New("nothing was written")
	// ErrResourceTaken is returned by [Journal] Save when another record has
	// the same Resource. It wraps ErrNotCommitted.
	ErrResourceTaken = fmt.Errorf("another operation made this resource: %w", ErrNotCommitted)
)

// Cause is why a journal failed, in fixed words. A backend returns it inside
// an [Error], so that callers find it with errors.Is.
type Cause string

// The causes that are distinguished. The engine repeats no other text of a
// backend's errors, since it may hold anything.
const (
	CauseDiskFull       Cause = "disk full"
	CauseConnection     Cause = "connection failed"
	CauseRefused        Cause = "connection refused"
	CauseUnknownHost    Cause = "host not found"
	CauseTLS            Cause = "TLS failed"
	CauseNoDatabase     Cause = "no such database"
	CauseAuthentication Cause = "authentication failed"
	CausePermission     Cause = "permission denied"
	CauseReadOnly       Cause = "read-only"
	CauseLocked         Cause = "locked"
	CauseTimeout        Cause = "timeout"
	CauseReplaced       Cause = "the journal's file was replaced"
	CauseClosed         Cause = "closed"
	CauseCorrupt        Cause = "corrupt"
	CauseNotDurable     Cause = "commits are not durable"
	CauseOther          Cause = "failed"
)

// Error returns the words.
func (c Cause) Error() string { return string(c) }

// Error is the cause of a backend's failure, with the code that its store
// reported. Neither holds a path, an address, a credential or a stored value.
type Error struct {
	// Cause is why the journal failed.
	Cause Cause
	// Code is an SQLSTATE, an errno's name, or SQLite's result code, with its
	// kind in front, such as "SQLSTATE 53100": at most 48 letters, digits,
	// spaces, "_" and "-". Empty where there is none.
	Code string
}

// Error returns the cause and, in parentheses, the code.
func (e *Error) Error() string {
	if e.Code == "" {
		return e.Cause.Error()
	}
	return fmt.Sprintf("%s (%s)", e.Cause, e.Code)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
