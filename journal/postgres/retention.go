package postgres

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Forever is a retention that keeps every record. The role needs no DELETE.
const Forever = time.Duration(math.MaxInt64)

const (
	sweepEvery = time.Minute // the least time between two removals
	sweepIdle  = time.Hour   // the most, in an idle program
	// sweepBatch is how many rows one commit removes: no lock is held for long.
	sweepBatch   = 1000
	sweepTimeout = time.Minute // bounds one batch
)

// SweepResult reports one removal of old records.
type SweepResult struct {
	Removed int64         // how many records were removed
	Took    time.Duration // how long that took
	// Err is why the rest was left to the next sweep, or nil. Like each error
	// of this package it contains no DSN and no stored value.
	Err error
}

// OnSweep calls f after each removal of old records, on a goroutine of the
// journal, one call at a time. Close waits for it, so f must not call Close. A
// failure is also logged (see WithLogger). A nil f is refused.
func OnSweep(f func(SweepResult)) Option {
	return func(s *settings) error {
		if f == nil {
			return errors.New("postgres journal: the function for sweeps is nil")
		}
		s.onSweep = f
		return nil
	}
}

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// sweeper removes settled records that are older than the retention (J10): when
// the journal is opened, then every hour or, with writes, minute.
type sweeper struct {
	db     execer
	sql    string
	kept   time.Duration
	report func(SweepResult)

	stop context.CancelFunc
	over chan struct{}
	due  chan struct{}

	begun time.Time
	next  atomic.Int64 // from when on a write begins the next sweep: time.Duration since begun
}

// newSweeper starts a sweeper, unless the retention is Forever.
func newSweeper(db execer, sql string, kept time.Duration, report func(SweepResult)) *sweeper {
	s := &sweeper{
		db: db, sql: sql, kept: kept, report: report,
		over: make(chan struct{}), due: make(chan struct{}, 1), begun: time.Now(),
	}
	s.next.Store(math.MaxInt64)
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if kept == Forever {
		close(s.over)
		return s
	}
	go s.run(ctx)
	return s
}

func (s *sweeper) run(ctx context.Context) {
	defer close(s.over)
	idle := min(max(s.kept/24, sweepEvery), sweepIdle)
	for {
		s.sweep(ctx)
		s.next.Store(int64(time.Since(s.begun) + sweepEvery))
		// Processes of a fleet that start at once should not sweep at once.
		timer := time.NewTimer(idle - rand.N(idle/10))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.due:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// wake begins a sweep if one is due. Each write calls it.
func (s *sweeper) wake() {
	if int64(time.Since(s.begun)) < s.next.Load() {
		return
	}
	select {
	case s.due <- struct{}{}:
	default:
	}
}

func (s *sweeper) sweep(ctx context.Context) {
	begun := time.Now()
	removed, err := s.remove(ctx)
	if ctx.Err() != nil {
		return // the journal closes
	}
	if err != nil {
		err = explain("remove old records", err, false)
	}
	s.report(SweepResult{Removed: removed, Took: time.Since(begun), Err: err})
}

// remove returns how many records it removed, also with an error.
func (s *sweeper) remove(ctx context.Context) (removed int64, err error) {
	for {
		n, err := s.batch(ctx)
		removed += n
		if err != nil || n < sweepBatch {
			return removed, err
		}
	}
}

func (s *sweeper) batch(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	tag, err := s.db.Exec(ctx, s.sql, s.kept, sweepBatch)
	return tag.RowsAffected(), err
}

// close ends an active sweep, and begins no other. It may be called again.
func (s *sweeper) close() {
	s.stop()
	<-s.over
}

func (s settings) reportSweep(r SweepResult) {
	if r.Err != nil {
		s.logger.Warn("postgres journal: old records were not removed", "error", r.Err)
	}
	if s.onSweep != nil {
		s.onSweep(r)
	}
}

// Keeps returns the retention; zero for a journal that was opened for reading,
// since other processes remove its records.
func (j *Journal) Keeps() time.Duration { return j.keeps }
