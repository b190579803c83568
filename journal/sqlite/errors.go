package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/bardge/bardge-go/idem"
)

var errClosed = errors.New("the journal is closed")

// notWritten says that err happened before anything was committed.
func notWritten(err error) error {
	return fmt.Errorf("sqlite journal: %w: %w", idem.ErrNotCommitted, err)
}

// failed says that err happened, and nothing of what it left behind.
func failed(err error) error { return fmt.Errorf("sqlite journal: %w", err) }

// code is SQLite's extended result code; 0 if the error is not SQLite's.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// busy reports whether another process or connection was in the way.
func busy(err error) bool { return code(err)&0xff == lib.SQLITE_BUSY }

// taken reports whether another record has the resource: beside the id it is the
// only thing that is unique.
func taken(err error) bool { return code(err) == lib.SQLITE_CONSTRAINT_UNIQUE }
