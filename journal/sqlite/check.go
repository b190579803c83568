package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// Health is the result of [Check].
type Health struct {
	// Version is the tables' version, CompatibleFrom the oldest that may use
	// them.
	Version, CompatibleFrom int
	// Latest is the version that this package makes.
	Latest int
	// Problems are SQLite's descriptions of damage: tables, indexes and pages,
	// no stored values, at most 100; empty: none was found.
	Problems []string
}

// CheckOption is an option of [Check].
type CheckOption func(*checkOptions)

type checkOptions struct{ pragma string }

// Quick skips comparing the indexes with the table, which takes most of the
// time: about a second for 100,000 records.
func Quick() CheckOption {
	return func(o *checkOptions) { o.pragma = "quick_check" }
}

// Check reads a journal's whole file, which may be open. If it is damaged, the
// error wraps journal.CauseCorrupt, and Health lists the problems. It also
// refuses what [Open] refuses: other files, and later versions. It reads as a
// [ReadOnly] journal does, and changes nothing.
//
// It does not notice pages that were overwritten with older ones of the same
// journal, or changed values inside a page: SQLite has no checksums.
func Check(ctx context.Context, path string, opts ...CheckOption) (Health, error) {
	o := checkOptions{pragma: "integrity_check"}
	for _, opt := range opts {
		opt(&o)
	}
	h, err := check(ctx, path, o)
	if err != nil {
		return h, failed(err)
	}
	return h, nil
}

func check(ctx context.Context, path string, o checkOptions) (h Health, err error) {
	h.Latest = schemaVersion
	d, err := connectForReading(ctx, path)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, d.db.Close()) }()
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	f, err := formatOf(ctx, conn)
	if err != nil {
		return h, err
	}
	h.Version, h.CompatibleFrom = f.version, f.compatibleFrom
	if h.Problems, err = problems(ctx, conn, o.pragma); err != nil {
		return h, err
	}
	if err := d.files.check(); err != nil {
		return h, err // what was read is of more than one moment
	}
	if len(h.Problems) > 0 {
		return h, because(journal.CauseCorrupt, "")
	}
	return h, nil
}

func eventually(ctx context.Context, mayPass func(error) bool, f func() error) error {
	err := f()
	for begun := time.Now(); mayPass(err) && time.Since(begun) < openPatience && sleep(ctx, openPause); err = f() {
	}
	return err
}

// problems are the rows of a check; a sound file has one: ok.
func problems(ctx context.Context, conn *sql.Conn, pragma string) ([]string, error) {
	rows, err := conn.QueryContext(ctx, "PRAGMA "+pragma+"(100)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	var found []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return found, err
		}
		if text != "ok" {
			found = append(found, text)
		}
	}
	return found, rows.Err()
}
