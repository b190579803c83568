package sqlite

import (
	"context"
	"time"
)

const (
	// sweepPause is the time between two looks for what may be removed.
	sweepPause = time.Minute
	// sweepLimit bounds how much one transaction removes, so that nobody waits long.
	sweepLimit = 100

	// What tells who made what (scope) stays for as long as an operation of that
	// time, give or take an hour, is open: see idem.Journal.
	sweepSQL = `DELETE FROM operations WHERE rowid IN (
		SELECT rowid FROM operations AS old WHERE settled < ?1 AND (scope = '' OR NOT EXISTS (
			SELECT 1 FROM operations AS open INDEXED BY operations_near
			WHERE open.settled = ` + notSettled + ` AND open.scope <> ''
			AND open.since BETWEEN old.since - 3600000000 AND old.since + 3600000000))
		ORDER BY settled LIMIT ?2)`
)

// sweeper removes settled records that are older than the retention, between the
// callers' transactions.
type sweeper struct {
	retention time.Duration
	next      time.Time
}

// sweep removes a portion, if it is time to. While there is more it comes back
// after the next batch; what fails is tried again after the pause.
func (s *sweeper) sweep(ctx context.Context, w *writer) {
	now := time.Now()
	if now.Before(s.next) {
		return
	}
	var removed int64
	err := w.inTransaction(ctx, func() error {
		done, err := w.sweep.ExecContext(ctx, now.Add(-s.retention).UnixMicro(), sweepLimit)
		if err != nil {
			return err
		}
		removed, err = done.RowsAffected()
		return err
	})
	if err != nil || removed < sweepLimit {
		s.next = now.Add(sweepPause)
	}
}
