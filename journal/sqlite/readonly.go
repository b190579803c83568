package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bardge/bardge-go/journal"
)

// ReadOnly makes [Open] open an existing journal for reading alone: it creates
// no file, migrates and removes nothing, and takes no lock that a writer waits
// for. The file and its -wal stay as they are, byte by byte. A file that no
// process has open is read without making the files beside it, and fails with
// journal.CauseLocked once a process begins to use it: open it again. All
// writes fail with journal.CauseReadOnly and [journal.ErrNotCommitted].
func ReadOnly() Option {
	return func(o *options) error {
		o.readOnly, o.mustExist = true, true
		return nil
	}
}

var (
	errReadOnly = because(journal.CauseReadOnly, "the journal was opened for reading")
	errInUse    = because(journal.CauseLocked, "another process has begun to use the file: open it again")
)

// connectForReading opens an existing file for reading.
func connectForReading(ctx context.Context, path string) (*database, error) {
	opening.Lock()
	defer opening.Unlock()
	inTheWay := func(err error) bool {
		return busy(err) || errors.Is(err, errInUse) || errors.Is(err, journal.CauseReplaced)
	}
	var d *database
	err := eventually(ctx, inTheWay, func() (err error) { d, err = readOnce(ctx, path); return err })
	return d, err
}

func readOnce(ctx context.Context, path string) (*database, error) {
	given, path, err := createFile(path, true)
	if err != nil {
		return nil, err
	}
	idle, err := idleFile(path)
	if err != nil {
		return nil, err
	}
	if err := checkReadable(path, filepath.Dir(path)); err != nil {
		return nil, err
	}
	mode := map[string]string{"mode": "ro"}
	if idle != nil {
		mode["immutable"] = "1" // SQLite would make a -wal and a -shm, and leave them behind
	}
	pool := &connector{dsn: dataSource(path, mode, "busy_timeout("+milliseconds(patience)+")", "cell_size_check(ON)")}
	d := &database{db: sql.OpenDB(pool)}
	d.db.SetMaxOpenConns(readers)
	d.db.SetMaxIdleConns(readers)
	if err = checkFormat(ctx, d.db); err == nil {
		d.files, err = identifyForReading(given, path, idle)
	}
	if err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	pool.files.Store(d.files)
	return d, nil
}

// checkFormat refuses a file that is no journal of this version.
func checkFormat(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	f, err := formatOf(ctx, conn)
	if err == nil && f.version == 0 {
		err = errEmpty
	}
	return errors.Join(err, conn.Close())
}

// identifyForReading remembers the files that are read: without a -wal the
// journal alone, as it was found.
func identifyForReading(given, path string, idle *idle) (*identity, error) {
	if idle == nil {
		return identify(given, path)
	}
	id := &identity{idle: idle}
	f := openFile{path: path}
	if err := f.state.read(path); err != nil {
		return nil, replaced(err)
	}
	id.files = []openFile{f}
	if err := id.check(); err != nil {
		return nil, err
	}
	return id, nil
}

// idle is a file that no process has open: its -wal is missing. Each process
// that writes to it makes a -wal first, and changes the file before it removes
// the -wal.
type idle struct {
	path string
	info fs.FileInfo
}

// idleFile returns nil if a process has the file open, or left it in a crash.
func idleFile(path string) (*idle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if used, err := isUsed(path); err != nil || used {
		return nil, err
	}
	return &idle{path: path, info: info}, nil
}

func isUsed(path string) (bool, error) {
	switch _, err := os.Lstat(path + "-wal"); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	default:
		return false, err
	}
}

// check fails if a process has begun to use the file.
func (i *idle) check() error {
	used, err := isUsed(i.path)
	if err != nil {
		return err
	}
	now, err := os.Stat(i.path)
	if err != nil {
		return replaced(err)
	}
	if used || now.Size() != i.info.Size() || !now.ModTime().Equal(i.info.ModTime()) {
		return errInUse
	}
	return nil
}
