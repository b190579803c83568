package idem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

func TestJournalError_NamesItsCauseInFixedWords(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{errDisk, "the journal could not be written: it is in doubt whether the record was committed"},
		{
			fmt.Errorf("%w: pq: %w", journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: "SQLSTATE 53100"}),
			"the journal could not be written: nothing was committed: disk full (SQLSTATE 53100)",
		},
		{
			errors.Join(journal.ErrNotCommitted, journal.CauseReplaced),
			"the journal could not be written: nothing was committed: the journal's file was replaced",
		},
		{
			&journal.Error{Cause: journal.CauseConnection, Code: "ECONNRESET"},
			"the journal could not be written: it is in doubt whether the record was committed: connection failed (ECONNRESET)",
		},
		{
			errors.Join(errAbandoned, context.DeadlineExceeded),
			"the journal could not be written: it is in doubt whether the record was committed: timeout",
		},
		// A journal of the caller's can return any text.
		{
			errors.Join(journal.ErrNotCommitted, journal.Cause("dsn=postgres://me:secret@db")),
			"the journal could not be written: nothing was committed",
		},
		{
			errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: "/var/lib/db"}),
			"the journal could not be written: nothing was committed: disk full",
		},
		{
			errors.Join(journal.ErrNotCommitted, &journal.Error{Cause: journal.CauseDiskFull, Code: strings.Repeat("A", 49)}),
			"the journal could not be written: nothing was committed: disk full",
		},
	} {
		failed := journalFailure(&claim.JournalError{Write: true, Err: row.err})
		assert.EqualError(t, failed, row.want)
		assert.ErrorIs(t, failed, row.err)
	}
	assert.EqualError(t, journalFailure(&claim.JournalError{Err: journal.CauseRefused}), "the journal could not be read: connection refused")
}
