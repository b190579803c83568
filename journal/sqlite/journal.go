package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// Journal is an [journal.Journal] in a SQLite file. Make one with [Open].
type Journal struct {
	db      *sql.DB
	files   *identity
	load    *sql.Stmt
	writer  *writer
	group   group
	waiters waiters
	sweeper *sweeper
	keeps   time.Duration
}

var (
	_ journal.Journal  = (*Journal)(nil)
	_ journal.Reader   = (*Journal)(nil)
	_ journal.Waiter   = (*Journal)(nil)
	_ journal.Prompt   = (*Journal)(nil)
	_ journal.Keeper   = (*Journal)(nil)
	_ journal.Resealer = (*Journal)(nil)
)

// IsPrompt reports true: Save returns when its context ends.
func (*Journal) IsPrompt() bool { return true }

// Open opens the journal in the file at path, and creates it if necessary; its
// directory must exist. With [ReadOnly] it changes nothing. It waits up to 30 s for other processes that open it.
// It refuses a file that is not a journal, one with tables of an incompatible
// later version, and one without write access to it or its directory.
//
// Each error of a journal wraps an [journal.Error], and none has a path in it.
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
	if o.readOnly {
		return openForReading(ctx, path)
	}
	d, err := connect(ctx, path, o)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: d.db, files: d.files, keeps: o.retention}
	if j.writer, err = newWriter(ctx, d.conn, d.files); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	if j.load, err = d.db.PrepareContext(ctx, loadSQL); err != nil {
		return nil, errors.Join(err, j.writer.close(), d.db.Close())
	}
	j.group.open(func(batch []*write) bool {
		done := j.writer.transact(context.Background(), batch)
		if done {
			j.waiters.wakeChanged(batch)
		}
		return done
	})
	j.waiters.open(j)
	if o.retention != Forever {
		j.sweeper = startSweeper(j, o)
	}
	return j, nil
}

// openForReading makes a journal without a writer and a sweeper, whose group
// refuses each write.
func openForReading(ctx context.Context, path string) (*Journal, error) {
	d, err := connectForReading(ctx, path)
	if err != nil {
		return nil, err
	}
	j := &Journal{db: d.db, files: d.files}
	if j.load, err = d.db.PrepareContext(ctx, loadSQL); err != nil {
		return nil, errors.Join(err, d.db.Close())
	}
	j.group.readOnly = true
	j.waiters.open(j)
	return j, nil
}

// Load returns the record with this id; false if there is none.
func (j *Journal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	rec, err := scan(j.load.QueryRowContext(ctx, id), time.Now())
	found := err == nil
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err := j.afterReading(err); err != nil || !found {
		return journal.Record{}, false, err
	}
	return rec, true, nil
}

// afterReading returns the error of a read: that the file was replaced
// meanwhile, so that the result does not count, or err.
func (j *Journal) afterReading(err error) error {
	if err != nil {
		if f := explained(err); f.err != nil || f.cause.Cause == journal.CauseClosed {
			return failed(f)
		}
	}
	if replaced := j.files.check(); replaced != nil {
		if j.group.isClosed() { // SQLite removes its files when the last connection closes
			return failed(errClosed)
		}
		return failed(replaced)
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// Save writes the record durably, if its version is the stored one. An error
// that wraps [journal.ErrNotCommitted] is certain; any other, of the commit or
// of a context that ended meanwhile, leaves the write in doubt.
func (j *Journal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	rec.Sealed = bytes.Clone(rec.Sealed) // the caller may leave before it is written
	var saved bool
	w := newWrite(func(ctx context.Context) (err error) {
		saved, err = j.writer.save(ctx, &rec)
		return err
	})
	w.changed = []string{rec.ID}
	if err := j.group.add(ctx, w); err != nil {
		return false, err
	}
	return saved, nil
}

// Adopt makes owner the owner, for the length of the lease, of open records
// whose lease is over, in the order of their leases' ends.
func (j *Journal) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	for {
		candidates, err := j.candidates(ctx, f)
		if err != nil || candidates != nil && len(candidates) == 0 {
			return nil, err
		}
		adopted, err := j.adopt(ctx, owner, lease, candidates, f.Page())
		if err != nil || len(adopted) > 0 || candidates == nil {
			return adopted, err
		}
	}
}

// candidates are the due records that match a filter, read outside the
// transaction, which a search would hold for long; nil without a filter.
func (j *Journal) candidates(ctx context.Context, f journal.Filter) ([]int64, error) {
	if f.Operation == "" && f.OlderThan == 0 {
		return nil, nil
	}
	now := time.Now()
	found, err := rowIDs(j.db.QueryContext(ctx, candidatesSQL,
		now.UnixMicro(), f.Page(), f.Operation, olderThan(f, now)))
	if err := j.afterReading(err); err != nil {
		return nil, notWritten(err)
	}
	return found, nil
}

// olderThan is the bound of the intent's time.
func olderThan(f journal.Filter, now time.Time) int64 {
	if f.OlderThan == 0 {
		return math.MaxInt64
	}
	return now.Add(-f.OlderThan).UnixMicro()
}

func (j *Journal) adopt(
	ctx context.Context, owner string, lease time.Duration, candidates []int64, limit int,
) ([]journal.Record, error) {
	var adopted []journal.Record
	var w *write
	w = newWrite(func(ctx context.Context) (err error) {
		adopted, err = j.writer.adoptDue(ctx, owner, lease, candidates, limit)
		for _, rec := range adopted {
			w.changed = append(w.changed, rec.ID)
		}
		return err
	})
	w.whole = true
	if err := j.group.add(ctx, w); err != nil {
		return nil, err
	}
	return adopted, nil
}

// InScope returns the open or done records with this scope and of this time.
func (j *Journal) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	return j.query(ctx, inScopeSQL, scope, from.UnixMicro(), to.UnixMicro())
}

func (j *Journal) query(ctx context.Context, text string, args ...any) ([]journal.Record, error) {
	rows, err := j.db.QueryContext(ctx, text, args...)
	var found []journal.Record
	if err == nil {
		found, err = collect(rows, time.Now())
	}
	if err := j.afterReading(err); err != nil {
		return nil, err
	}
	return found, nil
}

// Bind stores to as the journal's binding if the stored one equals from, and
// returns what is stored afterwards.
func (j *Journal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if to != nil {
		from, to := bytes.Clone(from), bytes.Clone(to) // the caller may leave before they are written
		w := newWrite(func(ctx context.Context) error { return j.writer.bindTo(ctx, from, to) })
		if err := j.group.add(ctx, w); err != nil {
			return nil, err
		}
	}
	var stored []byte
	if err := j.afterReading(j.db.QueryRowContext(ctx, bindingSQL).Scan(&stored)); err != nil {
		return nil, err
	}
	return stored, nil
}

// Close waits for writes, and closes the file; then calls fail. It can be
// repeated.
func (j *Journal) Close() error {
	if j.sweeper != nil {
		j.sweeper.close()
	}
	if !j.group.close() {
		return nil
	}
	j.waiters.close()
	err := j.load.Close()
	if j.writer == nil {
		if err = errors.Join(err, j.db.Close()); err != nil {
			return failed(err)
		}
		return nil
	}
	j.db.SetMaxIdleConns(0) // the connection that writes is the last to close
	if j.files.check() != nil {
		err = errors.Join(err, j.writer.leaveFiles())
	}
	if err = errors.Join(err, j.writer.close(), j.db.Close()); err != nil {
		return failed(err)
	}
	return nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
