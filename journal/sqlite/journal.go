package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Journal is an [idem.Journal] in a SQLite file. Make one with [Open].
type Journal struct {
	db     *sql.DB
	load   *sql.Stmt
	writer *writer
	group  group
}

var _ idem.Journal = (*Journal)(nil)

// Open opens the journal in the file at path, and makes it if there is none; its
// directory must exist. It refuses a file that is not a journal, and one that a
// later version of this package made. Close must follow.
func Open(path string, opts ...Option) (*Journal, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	j, err := open(context.Background(), path, o)
	if err != nil {
		return nil, failed(err)
	}
	return j, nil
}

func open(ctx context.Context, path string, o options) (*Journal, error) {
	db, conn, err := connect(ctx, path)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: db}
	if j.writer, err = newWriter(ctx, conn); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if j.load, err = db.PrepareContext(ctx, loadSQL); err != nil {
		return nil, errors.Join(err, j.writer.close(), db.Close())
	}
	sweeper := sweeper{retention: o.retention}
	j.group.open(func(batch []*write) {
		j.writer.transact(context.Background(), batch)
		sweeper.sweep(context.Background(), j.writer)
	})
	return j, nil
}

// Load returns the record with this id; false if there is none.
func (j *Journal) Load(ctx context.Context, id string) (idem.Record, bool, error) {
	rec, err := scan(j.load.QueryRowContext(ctx, id), time.Now())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return idem.Record{}, false, nil
	case err != nil:
		return idem.Record{}, false, failed(err)
	}
	return rec, true, nil
}

// Save writes the record durably, if its version is the stored one. An error that
// wraps [idem.ErrNotCommitted] is certain; another one, of the commit or of a context
// that ended meanwhile, leaves in doubt whether it was written.
func (j *Journal) Save(ctx context.Context, rec idem.Record) (bool, error) {
	rec.Sealed = bytes.Clone(rec.Sealed) // the caller may leave before it is written
	var saved bool
	err := j.group.add(ctx, func(ctx context.Context) (err error) {
		saved, err = j.writer.save(ctx, rec)
		return err
	})
	return err == nil && saved, err
}

// Adopt makes owner the owner, for the length of the lease, of up to limit open
// records that nobody works on and whose id comes after the given one.
func (j *Journal) Adopt(
	ctx context.Context, owner string, lease time.Duration, after string, limit int,
) ([]idem.Record, error) {
	var adopted []idem.Record
	err := j.group.add(ctx, func(ctx context.Context) (err error) {
		adopted, err = j.writer.adoptOpen(ctx, owner, lease, after, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return adopted, nil
}

// InScope returns the records with this scope and of this time that are open or done.
func (j *Journal) InScope(ctx context.Context, scope string, from, to time.Time) ([]idem.Record, error) {
	rows, err := j.db.QueryContext(ctx, inScopeSQL, scope, from.UnixMicro(), to.UnixMicro())
	if err != nil {
		return nil, failed(err)
	}
	found, err := collect(rows, time.Now())
	if err != nil {
		return nil, failed(err)
	}
	return found, nil
}

// Close waits for the writes that are under way, and closes the file. Later writes
// fail. A second Close does nothing.
func (j *Journal) Close() error {
	if !j.group.close() {
		return nil
	}
	if err := errors.Join(j.load.Close(), j.writer.close(), j.db.Close()); err != nil {
		return failed(err)
	}
	return nil
}

func byID(a, b idem.Record) int { return strings.Compare(a.ID, b.ID) }

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
