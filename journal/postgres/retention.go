package postgres

import (
	"context"
	"sync"
	"time"
)

const (
	sweepEvery = time.Minute
	sweepBatch = 1000 // rows for one commit, so that no lock is held for long
)

// sweeper removes settled records that are older than the retention (J10). It is
// woken by writes, works beside them at most once a minute, and leaves off when
// the journal closes.
type sweeper struct {
	pool      *database
	sql       string
	retention time.Duration

	stop    context.CancelFunc
	stopped context.Context //nolint:containedctx // the sweeper's own life, not a call's
	running sync.WaitGroup

	mu   sync.Mutex
	next time.Time
}

func newSweeper(pool *database, sql string, retention time.Duration) *sweeper {
	s := &sweeper{pool: pool, sql: sql, retention: retention}
	s.stopped, s.stop = context.WithCancel(context.Background())
	return s
}

// wake begins a sweep if one is due.
func (s *sweeper) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.stopped.Err() != nil || now.Before(s.next) {
		return
	}
	s.next = now.Add(sweepEvery)
	s.running.Go(func() { s.sweep(s.stopped) })
}

// sweep removes what is too old. What it leaves after an error is left to the
// next sweep.
func (s *sweeper) sweep(ctx context.Context) {
	for {
		tag, err := s.pool.Exec(ctx, s.sql, s.retention, sweepBatch)
		if err != nil || tag.RowsAffected() < sweepBatch {
			return
		}
	}
}

// close ends a sweep that is under way, and begins no other.
func (s *sweeper) close() {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	s.running.Wait()
}
