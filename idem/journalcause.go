package idem

import (
	"context"
	"errors"
	"slices"

	"github.com/bardge/bardge-go/journal"
)

// knownCauses are the causes whose words may be repeated: a journal of the caller's can
// return any text as one.
var knownCauses = []journal.Cause{
	journal.CauseDiskFull, journal.CauseConnection, journal.CauseRefused, journal.CauseAuthentication,
	journal.CausePermission, journal.CauseReadOnly, journal.CauseLocked, journal.CauseTimeout,
	journal.CauseReplaced, journal.CauseClosed, journal.CauseCorrupt, journal.CauseNotDurable, journal.CauseOther,
}

// causeWords names the cause of a journal's error and its code, in fixed words; empty
// where the journal gave none.
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
