package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// patience is how long a write waits for another process.
	patience = 5 * time.Second
	// pause is how long it waits before it looks again. It is as short as a commit,
	// so that of several processes each gets its turn.
	pause = 200 * time.Microsecond
	// readers is how many records are read at the same time.
	readers = 4
	// fileMode: what is sealed is personal, and keys and refs are nobody's business.
	fileMode = 0o600
)

// opening lets one journal be opened at a time, so that none has locks on a file
// that another one is about to make.
var opening sync.Mutex

// connect opens the file, which is made if there is none, and returns its
// connections: a pool for reading, and the one that writes.
func connect(ctx context.Context, path string) (*sql.DB, *sql.Conn, error) {
	opening.Lock()
	defer opening.Unlock()
	path, err := createFile(path)
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(readers + 1)
	db.SetMaxIdleConns(readers + 1)
	conn, err := prepareFile(ctx, db, path)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, conn, nil
}

// createFile makes the file, so that SQLite, which gives the files beside it the
// same mode, finds the right one, and returns where it lies. A file that is there
// is not touched: whoever closes a file drops all locks that his process has on it,
// SQLite's included, and another program might then take the journal's -wal away.
func createFile(path string) (string, error) {
	if path == "" || path == ":memory:" {
		return "", errors.New("a journal needs a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // the caller's own path
	if _, missing := os.Stat(path); errors.Is(err, fs.ErrExist) && errors.Is(missing, fs.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode) //nolint:gosec // a link to a file that is not there
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return filepath.EvalSymlinks(path) // SQLite's other files lie beside the file itself
}

// dataSource is the driver's name for the file, with what each connection is set
// to.
func dataSource(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive's letter
	}
	pragmas := url.Values{"_pragma": {
		"busy_timeout(" + milliseconds(patience) + ")",
		"synchronous(FULL)",
		"fullfsync(ON)",
		"checkpoint_fullfsync(ON)",
		"secure_delete(ON)",
	}}
	u := url.URL{Scheme: "file", Path: path, RawQuery: pragmas.Encode()}
	return u.String()
}

// prepareFile returns the connection that writes, to a file that is a journal.
func prepareFile(ctx context.Context, db *sql.DB, path string) (*sql.Conn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = eventually(func() error { return migrate(ctx, conn) })
	if err == nil {
		err = restrict(path)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 0") // it writes: see eventually
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// eventually repeats f while other processes are in the way. SQLite's own waiting
// is not enough: of those that open a new file at once it makes only some wait, and
// those that wait to write it lets sleep longer and longer, while a process that
// writes much takes the file again and again.
func eventually(f func() error) error {
	err := f()
	for begun := time.Now(); busy(err) && time.Since(begun) < patience; err = f() {
		time.Sleep(pause)
	}
	return err
}

// restrict takes other users' access from the journal's files.
func restrict(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(path+suffix, fileMode); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
