package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

const (
	// A sweep follows after a hundredth of the retention, within these.
	shortestSweepPause = time.Minute
	longestSweepPause  = time.Hour

	examined = 500 // how many old records one query reads, outside any write transaction
	// A transaction removes as many as it can in sliceTime, within these
	// bounds: the next caller's transaction waits for it.
	sliceTime               = 5 * time.Millisecond
	smallestSlice, maxSlice = 4, 128

	// isKept: the record shows which operation made what (scope), and is kept
	// while one of that time, give or take an hour, is open.
	isKept = `(old.scope <> '' AND EXISTS (
		SELECT 1 FROM operations AS open INDEXED BY operations_near
		WHERE open.outcome = 'unknown' AND open.scope <> ''
		AND open.since BETWEEN old.since - 3600000000 AND old.since + 3600000000))`

	// examineSQL reads the next old records, and whether they are kept.
	examineSQL = `SELECT old.rowid, old.turn, ` + isKept + ` FROM operations AS old
		WHERE (old.turn, old.rowid) > (?1, ?2) AND old.turn < ?3 ORDER BY old.turn, old.rowid LIMIT ?4`

	sweepSQL = `DELETE FROM operations WHERE rowid IN (
		SELECT old.rowid FROM operations AS old
		WHERE old.rowid IN (SELECT value FROM json_each(?1)) AND old.turn < ?2 AND NOT ` + isKept + `)`
)

// sweeper removes old settled records, at once and then by a timer.
type sweeper struct {
	journal *Journal
	options options
	size    int // of the next slice
	stop    context.CancelFunc
	ended   sync.WaitGroup
}

func startSweeper(j *Journal, o options) *sweeper {
	ctx, stop := context.WithCancel(context.Background())
	s := &sweeper{journal: j, options: o, size: smallestSlice, stop: stop}
	s.ended.Go(func() { s.run(ctx) })
	return s
}

func (s *sweeper) close() {
	s.stop()
	s.ended.Wait()
}

func (s *sweeper) run(ctx context.Context) {
	pause := min(max(s.options.retention/100, shortestSweepPause), longestSweepPause)
	for {
		begun := time.Now()
		err := s.sweep(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.options.report("old records could not be removed", failed(err))
		}
		// Kept records are examined each time, in at most a fiftieth of it.
		if !sleep(ctx, max(pause, 50*time.Since(begun))) {
			return
		}
	}
}

func (s *sweeper) sweep(ctx context.Context) error {
	before := time.Now().Add(-s.options.retention).UnixMicro()
	at := position{turn: -1 << 63}
	for {
		old, next, err := s.examine(ctx, at, before)
		if err != nil {
			return err
		}
		for len(old) > 0 {
			n := min(s.size, len(old))
			if err := s.remove(ctx, old[:n], before); err != nil {
				return err
			}
			old = old[n:]
		}
		if next == at {
			return nil
		}
		at = next
	}
}

type position struct{ turn, rowID int64 }

// examine returns the next old records that may be removed, and its position.
func (s *sweeper) examine(ctx context.Context, at position, before int64) ([]int64, position, error) {
	rows, err := s.journal.db.QueryContext(ctx, examineSQL, at.turn, at.rowID, before, examined)
	if err != nil {
		return nil, at, err
	}
	return readOld(rows, at)
}

func readOld(rows *sql.Rows, at position) ([]int64, position, error) {
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	var old []int64
	for rows.Next() {
		var kept bool
		if err := rows.Scan(&at.rowID, &at.turn, &kept); err != nil {
			return nil, at, err
		}
		if !kept {
			old = append(old, at.rowID)
		}
	}
	return old, at, rows.Err()
}

// remove removes one slice, and then pauses for the callers.
func (s *sweeper) remove(ctx context.Context, rowIDs []int64, before int64) error {
	var took time.Duration
	err := s.journal.group.addSlice(ctx, newWrite(func(ctx context.Context) error {
		begun := time.Now()
		_, err := s.journal.writer.sweep.ExecContext(ctx, jsonOf(rowIDs), before)
		took = time.Since(begun)
		return err
	}))
	if err != nil {
		return err // the write may still be under way
	}
	if took > sliceTime {
		s.size = max(s.size/2, smallestSlice)
	} else if took < sliceTime/2 && len(rowIDs) == s.size {
		s.size = min(s.size*2, maxSlice)
	}
	sleep(ctx, 2*took)
	return nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
