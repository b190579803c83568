package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	modernc "modernc.org/sqlite"

	"github.com/bardge/bardge-go/journal"
)

const (
	patience = 5 * time.Second // how long a write waits for another process
	// openPatience is for Open, where each of many waits for all others.
	openPatience = 30 * time.Second
	// pause is a write's wait before the next try: as short as a commit, so
	// that each of several processes gets its turn.
	pause     = 200 * time.Microsecond
	openPause = 5 * time.Millisecond // the same for Open, which has more to do in each try
	readers   = 4                    // how many records are read at the same time
	fileMode  = 0o600                // sealed data is personal, and keys and refs are not for other users
)

// opening lets one journal be opened at a time, so that none has locks on a
// file that another is about to create.
var opening sync.Mutex

// database is an open file: a pool for reading, and the connection for writing.
type database struct {
	db    *sql.DB
	conn  *sql.Conn // nil if the file is only read
	files *identity
}

func connect(ctx context.Context, given string, o options) (*database, error) {
	opening.Lock()
	defer opening.Unlock()
	inTheWay := func(err error) bool { return busy(err) || errors.Is(err, journal.CauseReplaced) }
	var d *database
	err := eventually(ctx, inTheWay, func() (err error) { d, err = connectOnce(ctx, given, o); return err })
	return d, err
}

// connectOnce fails with journal.CauseReplaced if the file was replaced
// meanwhile, even by an overlay file system that copies it for writing.
func connectOnce(ctx context.Context, given string, o options) (*database, error) {
	given, path, err := createFile(given, o.mustExist)
	if err != nil {
		return nil, err
	}
	var before fileState
	if err := before.read(path); err != nil {
		return nil, err
	}
	if err := checkWritable(path, filepath.Dir(path)); err != nil {
		return nil, err
	}
	pool := &connector{dsn: forWriting(path)}
	d := &database{db: sql.OpenDB(pool)}
	d.db.SetMaxOpenConns(readers + 2) // and the one that writes, and the one that polls
	d.db.SetMaxIdleConns(readers + 2)
	if d.conn, err = prepareFile(ctx, d.db, o.mustExist); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	d.files, err = identify(given, path)
	if err == nil && !d.files.isMain(&before) {
		err = errReplaced
	}
	if err != nil {
		return nil, errors.Join(err, d.conn.Close(), d.db.Close())
	}
	pool.files.Store(d.files)
	return d, nil
}

// createFile creates the file for its owner alone, and returns its absolute path
// and its target. An existing file keeps its mode, which is its owner's choice;
// SQLite copies it to the files beside it. It does not open an existing file:
// closing it would drop all of the process's locks on it, and another program
// might then remove the -wal.
func createFile(path string, mustExist bool) (given, target string, err error) {
	if path == "" || path == ":memory:" {
		return "", "", refused("a journal needs a file")
	}
	if given, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	if !mustExist {
		if err := makeFile(given); err != nil {
			return "", "", missing(err, "the folder for the file does not exist")
		}
	}
	target, err = filepath.EvalSymlinks(given) // SQLite's other files lie beside the file itself
	if err != nil {
		return "", "", missing(err, "there is no file at the path")
	}
	return given, target, refuseOtherKinds(target)
}

// missing says in words what does not exist.
func missing(err error, words string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f := *explained(err)
	f.words = words
	return &f
}

func refuseOtherKinds(path string) error {
	switch info, err := os.Stat(path); {
	case err != nil:
		return err
	case info.IsDir():
		return refused("the path is a directory, and not a file")
	case !info.Mode().IsRegular():
		return refused("the path is a device or pipe, and not a file")
	default:
		return nil
	}
}

func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // the caller's own path
	if _, missing := os.Stat(path); errors.Is(err, fs.ErrExist) && errors.Is(missing, fs.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode) //nolint:gosec // a link to a file that is not there
	}
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrExist):
		return nil
	default:
		return err
	}
}

// forWriting is the data source of a journal that is written. A connection
// never creates the file: a later one would create another where the journal's
// was removed.
func forWriting(path string) string {
	mode := map[string]string{
		"mode": "rw",
		"psow": "0", // power-safe overwrite: a disk may destroy what lies beside what it writes
	}
	return dataSource(path, mode,
		"busy_timeout("+milliseconds(patience)+")",
		"synchronous(FULL)",
		"fullfsync(ON)",
		"checkpoint_fullfsync(ON)",
		"secure_delete(ON)",
		"cell_size_check(ON)",
	)
}

// dataSource returns the driver's name for the file, with each connection's
// settings.
func dataSource(path string, mode map[string]string, pragmas ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive's letter
	}
	query := url.Values{"_pragma": pragmas}
	for name, value := range mode {
		query.Set(name, value)
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	return u.String()
}

// connector opens the pool's connections, and refuses those to another file
// than the open one: they would outlive its return.
type connector struct {
	dsn   string
	files atomic.Pointer[identity] // nil until the journal is open
}

// Connect opens one connection.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := (&modernc.Driver{}).Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if files := c.files.Load(); files != nil {
		if err := files.check(); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, ctx.Err()
}

// Driver returns SQLite's driver.
func (*connector) Driver() driver.Driver { return &modernc.Driver{} }

func prepareFile(ctx context.Context, db *sql.DB, mustExist bool) (*sql.Conn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = refuseReadOnly(conn)
	if err == nil {
		err = migrate(ctx, conn, mustExist)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 0") // the group repeats what found the file busy
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func refuseReadOnly(conn *sql.Conn) error {
	return conn.Raw(func(conn any) error {
		c, ok := conn.(interface {
			IsReadOnly(schema string) (bool, error)
		})
		if !ok {
			return nil
		}
		if readOnly, err := c.IsReadOnly("main"); err != nil || readOnly {
			return because(journal.CauseReadOnly, "")
		}
		return nil
	})
}
