package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"github.com/bardge/bardge-go/journal"
)

// Load returns the record, or false. An error proves nothing about it.
func (j *Journal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	found, err := collect(ctx, j.pool, scan, j.sql.load, id)
	switch {
	case err != nil:
		return journal.Record{}, false, explain("load", err, false)
	case len(found) == 0:
		return journal.Record{}, false, nil
	default:
		return found[0], true, nil
	}
}

// Save writes the record if its version is the stored one, and returns after
// the commit is durable. The error wraps journal.ErrNotCommitted if certainly
// nothing was written, for lack of a connection or as with ErrNotDurable. It is
// journal.ErrResourceTaken if another record has the resource.
func (j *Journal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	if j.readOnly {
		return false, errReadOnly
	}
	conn, err := j.pool.Acquire(ctx)
	if err != nil {
		return false, explain("save", err, true)
	}
	defer conn.Release()
	forms := j.updates
	if rec.Version == 0 {
		forms = j.inserts
	}
	for _, form := range forms {
		wrote, err := j.write(ctx, conn, form.sql, form.args(rec))
		if err != nil {
			return false, err
		}
		if wrote {
			j.wrote(rec.ID, rec.Version+1, form.awaited)
			return true, nil
		}
	}
	return false, nil
}

// form is a statement that writes a record under a condition.
type form struct {
	sql     string
	args    func(journal.Record) []any
	awaited bool // by other processes
}

func (s statements) insertForms() []form { return []form{{sql: s.insert, args: whole}} }

// updateForms are the statements that can write a stored record, the likeliest
// first. Those for awaited records match without a waiting process too.
func (s statements) updateForms() []form {
	return []form{
		{sql: s.update, args: progress},
		{sql: s.replace, args: whole},
		{sql: s.updateAwaited, args: progress, awaited: true},
		{sql: s.replaceAwaited, args: whole, awaited: true},
	}
}

func (j *Journal) write(ctx context.Context, conn *session, sql string, args []any) (bool, error) {
	tag, err := conn.Exec(ctx, sql, args...)
	switch {
	case resourceTaken(err):
		return false, journal.ErrResourceTaken
	case couldBeLost(err):
		return false, explain("save", j.pool.check.lost(), true)
	case err != nil:
		return false, explain("save", err, notWritten(err))
	}
	j.sweeper.wake()
	return tag.RowsAffected() > 0, nil
}

// Adopt makes owner the owner of open records whose lease is over, in the order
// of their leases' ends. It skips records that are being written.
func (j *Journal) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	if j.readOnly {
		return nil, errReadOnly
	}
	if f.Operation == "" {
		return j.records(ctx, "adopt", j.sql.adopt, owner, lease, f.Page(), f.OlderThan)
	}
	return j.records(ctx, "adopt", j.sql.adoptOperation, owner, lease, f.Page(), f.OlderThan, f.Operation)
}

// InScope returns the perhaps executed records of this scope and time.
func (j *Journal) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	return j.records(ctx, "read", j.sql.inScope, scope, from, to)
}

func (j *Journal) records(ctx context.Context, what, sql string, args ...any) ([]journal.Record, error) {
	found, err := collect(ctx, j.pool, scan, sql, args...)
	if couldBeLost(err) {
		err = j.pool.check.lost()
	}
	if err != nil {
		return nil, explain(what, err, false)
	}
	return found, nil
}

// collect returns the rows of a statement. It runs it again where the server had
// ended the session before the statement came.
func collect[T any](
	ctx context.Context, d *database, to pgx.RowToFunc[T], sql string, args ...any,
) (all []T, err error) {
	for range maxRuns {
		rows, _ := d.Query(ctx, sql, args...) // rows bring the error
		all, err = pgx.CollectRows(rows, to)
		if stateOf(err) != idleSessionTimeout {
			break
		}
	}
	return all, err
}

func progress(r journal.Record) []any {
	resource := zeronull.Text(r.Resource)
	return []any{r.ID, r.Version, r.Generation, r.Owner, r.Lease, r.Outcome.String(), resource, r.Sealed, r.Reserved}
}

func whole(r journal.Record) []any {
	return append(progress(r), r.Operation, r.Key, r.Since, zeronull.Text(r.Scope))
}

func scan(row pgx.CollectableRow) (journal.Record, error) {
	var r journal.Record
	var outcome string
	err := row.Scan(
		&r.ID, &r.Version, &r.Generation, &r.Operation, &r.Key, &r.Since, &r.Age, &r.Owner, &r.Lease, &outcome,
		(*zeronull.Text)(&r.Resource), (*zeronull.Text)(&r.Scope), &r.Sealed, &r.Reserved,
	)
	r.Since = r.Since.UTC()
	r.Outcome, _ = journal.ParseOutcome(outcome) // what is not known stays unknown
	return r, err
}
