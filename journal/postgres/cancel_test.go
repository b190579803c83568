package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// A statement that times out while it waits has written nothing.
func TestJ1_AStatementThatTimesOutHasWrittenNothing(t *testing.T) {
	s := newStore(t)
	s.open()
	j := s.with("statement_timeout=200").open()
	rec := save(t, j, order("ref:1"))
	tx := s.begin(pgx.TxOptions{})
	_, err := tx.Exec(t.Context(), expand(`SELECT FROM {}.operations FOR UPDATE`, s.schema))
	require.NoError(t, err)
	_, err = j.Save(t.Context(), rec)
	require.EqualError(t, err, "postgres journal: save: timeout (SQLSTATE 57014)")
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, journal.CauseTimeout)
	require.NoError(t, tx.Rollback(t.Context()))
	save(t, j, rec)
}

// A cancellation may arrive before, in or after the commit: a write that fails
// with 57014 is not stored, and one that succeeds is.
func TestJ1_ACancelledStatementTellsTheTruth(t *testing.T) {
	const (
		enough = 40   // cancelled writes
		limit  = 5000 // writes of each caller
	)
	s := newStore(t)
	j := s.open()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var cancelled atomic.Int64
	var saved, refused sync.Map
	var callers, canceller sync.WaitGroup
	for caller := range 4 {
		callers.Go(func() {
			for i := range limit {
				if cancelled.Load() >= enough {
					return
				}
				id := fmt.Sprintf("ref:%d-%d", caller, i)
				ok, err := j.Save(t.Context(), order(id))
				switch {
				case err == nil && ok:
					saved.Store(id, true)
				case errors.Is(err, journal.ErrNotCommitted) && errors.Is(err, journal.CauseTimeout):
					refused.Store(id, true)
					cancelled.Add(1)
				default:
					assert.NoError(t, err)
				}
			}
		})
	}
	canceller.Go(func() {
		conn := s.connect()
		defer conn.Close(context.Background())
		for ctx.Err() == nil {
			_, err := conn.Exec(context.Background(), `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
				WHERE pid <> pg_backend_pid() AND query LIKE '%INSERT INTO%' || $1 || '%'`, s.schema)
			assert.NoError(t, err)
		}
	})
	callers.Wait()
	stop()
	canceller.Wait()
	require.Positive(t, cancelled.Load(), "a cancellation came in time")
	ids := func(m *sync.Map) (all []string) {
		m.Range(func(id, _ any) bool { all = append(all, id.(string)); return true })
		return all
	}
	const found = `SELECT count(*) FROM operations WHERE id = ANY ($1)`
	assert.Zero(t, ask[int](s, found, ids(&refused)))
	assert.Equal(t, len(ids(&saved)), ask[int](s, found, ids(&saved)))
}

// A commit that waits for a synchronous standby is on the server's own disk.
// PostgreSQL reports its cancellation as a warning; for the journal it is no
// success, and in doubt.
func TestJ1_ACommitWhoseWaitIsCancelledIsInDoubt(t *testing.T) {
	db := pgtest.Start(t)
	s := storeOn(t, db.DSN)
	j := s.open()
	configure := func(names string) {
		s.exec(`ALTER SYSTEM SET synchronous_standby_names = '` + names + `'`)
		s.exec(`SELECT pg_reload_conf()`)
	}
	t.Cleanup(func() { configure("") })
	configure("nobody")

	type result struct {
		id  string
		err error
	}
	ended := make(chan result)
	go func() {
		for i := 0; ; i++ { // the setting takes its time to arrive
			id := fmt.Sprint("ref:", i)
			if _, err := j.Save(context.Background(), order(id)); err != nil {
				ended <- result{id, err}
				return
			}
		}
	}()
	const cancelWaiting = `SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
	require.Eventually(t, func() bool { return ask[int](s, cancelWaiting) > 0 }, patience, tick)
	r := <-ended
	require.NotErrorIs(t, r.err, journal.ErrNotCommitted)
	require.ErrorIs(t, r.err, journal.CauseNotDurable)
	_, found, err := j.Load(t.Context(), r.id)
	require.NoError(t, err)
	assert.True(t, found)
}
