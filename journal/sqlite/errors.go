package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"syscall"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/bardge/bardge-go/journal"
)

// failure is a journal's error, in fixed words and a code: messages of SQLite
// and the system contain paths and stored values.
type failure struct {
	words        string // what failed, in addition to the cause; may be empty
	notCommitted bool
	cause        *journal.Error
	err          error // a context's error or an errno, which hold neither; may be nil
}

func (f *failure) Error() string {
	parts := []string{"sqlite journal"}
	if f.notCommitted {
		parts = append(parts, journal.ErrNotCommitted.Error())
	}
	if f.words != "" {
		parts = append(parts, f.words)
	}
	if f.words == "" || f.cause.Cause != journal.CauseOther {
		parts = append(parts, f.cause.Error())
	}
	return strings.Join(parts, ": ")
}

func (f *failure) Unwrap() []error {
	var all []error
	if f.notCommitted {
		all = append(all, journal.ErrNotCommitted)
	}
	if f.err != nil {
		all = append(all, f.err)
	}
	return append(all, f.cause)
}

var (
	errClosed   = because(journal.CauseClosed, "")
	errLocked   = because(journal.CauseLocked, "another process holds the file")
	errStalled  = because(journal.CauseTimeout, "the writes before it have not ended")
	errReplaced = because(journal.CauseReplaced, "")
	errNoTx     = because(journal.CauseOther, "there is no transaction to record the operation in")
)

func because(cause journal.Cause, words string) *failure {
	return &failure{words: words, cause: &journal.Error{Cause: cause}}
}

// refused returns why a file is not opened.
func refused(format string, args ...any) *failure {
	return because(journal.CauseOther, fmt.Sprintf(format, args...))
}

// notWritten marks err as an error before the commit.
func notWritten(err error) error {
	f := *explained(err)
	f.notCommitted = true
	return &f
}

// failed returns err without secrets.
func failed(err error) error {
	f := *explained(err)
	f.notCommitted = false
	return &f
}

// explained keeps the printable part of an error.
func explained(err error) *failure {
	if own, ok := errors.AsType[*failure](err); ok {
		return own
	}
	var errno syscall.Errno
	switch sqlCode := code(err); {
	case errors.Is(err, context.Canceled):
		cause := &journal.Error{Cause: journal.CauseOther, Code: "context canceled"}
		return &failure{cause: cause, err: context.Canceled}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{cause: &journal.Error{Cause: journal.CauseTimeout}, err: context.DeadlineExceeded}
	case errors.Is(err, sql.ErrConnDone) || errors.Is(err, errPoolClosed) || isPoolClosed(err):
		return errClosed
	case sqlCode != 0:
		cause := &journal.Error{Cause: causeOf(sqlCode), Code: codeName(sqlCode)}
		return &failure{words: wordsOf(sqlCode), cause: cause}
	case errors.As(err, &errno):
		return &failure{cause: &journal.Error{Cause: causeOfErrno(errno), Code: errnoName(errno)}, err: errno}
	default:
		return because(journal.CauseOther, "")
	}
}

// errPoolClosed is database/sql's error after Close, which it does not export.
var errPoolClosed = errors.New("sql: database is closed")

func isPoolClosed(err error) bool {
	return err.Error() == errPoolClosed.Error() || err.Error() == "sql: statement is closed"
}

func code(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code()
	}
	return 0
}

// codeName returns the primary code's name with the extended code's number.
func codeName(code int) string {
	name := driver.ErrorCodeString[code&0xff]
	if i := strings.LastIndexByte(name, '('); i >= 0 {
		return fmt.Sprintf("%s %d", strings.Trim(name[i:], "()"), code)
	}
	return fmt.Sprintf("SQLITE %d", code)
}

func causeOf(code int) journal.Cause {
	switch code {
	case lib.SQLITE_READONLY_DBMOVED:
		return journal.CauseReplaced
	case lib.SQLITE_READONLY_DIRECTORY:
		return journal.CausePermission
	case lib.SQLITE_IOERR_CORRUPTFS:
		return journal.CauseCorrupt
	}
	switch code & 0xff {
	case lib.SQLITE_FULL:
		return journal.CauseDiskFull
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_PROTOCOL:
		return journal.CauseLocked
	case lib.SQLITE_READONLY:
		return journal.CauseReadOnly
	case lib.SQLITE_PERM, lib.SQLITE_AUTH:
		return journal.CausePermission
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return journal.CauseCorrupt
	case lib.SQLITE_INTERRUPT:
		return journal.CauseTimeout
	default:
		return journal.CauseOther
	}
}

// wordsOf returns what the cause leaves out. A path may name any file, and a
// file that is no database looks like a damaged one.
func wordsOf(code int) string {
	if code&0xff == lib.SQLITE_NOTADB {
		return "the file is no journal, or its beginning is damaged"
	}
	return ""
}

func causeOfErrno(errno syscall.Errno) journal.Cause {
	switch errno {
	case syscall.ENOSPC, errQuota:
		return journal.CauseDiskFull
	case syscall.EACCES, syscall.EPERM:
		return journal.CausePermission
	case syscall.EROFS:
		return journal.CauseReadOnly
	default:
		return journal.CauseOther
	}
}

// busy reports whether another process or connection held the file. A file that
// many open at once also gives SQLITE_PROTOCOL: its -shm was locked too often.
func busy(err error) bool {
	switch code(err) & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_PROTOCOL:
		return true
	default:
		return false
	}
}

// taken reports whether another record has the resource, or the id.
func taken(err error) bool { return code(err) == lib.SQLITE_CONSTRAINT_UNIQUE }
