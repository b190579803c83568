package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func (s store) with(setting string) store {
	u, err := url.Parse(s.dsn)
	require.NoError(s.t, err)
	u.RawQuery += "&" + setting
	s.dsn = u.String()
	return s
}

func (s store) requireRefused() {
	s.t.Helper()
	_, err := Open(context.Background(), s.dsn, WithSchema(s.schema))
	require.ErrorIs(s.t, err, ErrNotDurable)
	assert.False(s.t, ask[bool](s, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, s.schema))
}

func TestJ6_CommitsThatCouldBeLostAreRefused(t *testing.T) {
	s := newStore(t)
	s.with("synchronous_commit=off").requireRefused()
	for _, level := range []string{"on", "local", "remote_write", "remote_apply"} {
		s.with("synchronous_commit=" + level).open()
	}
	t.Run("fsync is off", func(t *testing.T) {
		storeOn(t, pgtest.Start(t, "fsync = off").DSN).requireRefused()
	})
	t.Run("a synchronous standby is passed by", func(t *testing.T) {
		db := pgtest.Start(t, "synchronous_standby_names = 'standby'")
		s := storeOn(t, db.DSN).with("synchronous_commit=local") // others would wait for it for ever
		s.requireRefused()
	})
}

// The setting may change while the sessions go on.
func TestJ6_AWriteThatCouldBeLostIsRefused(t *testing.T) {
	db := pgtest.Start(t)
	s := storeOn(t, db.DSN)
	j := s.open()
	save(t, j, orphan("ref:1"))
	s.exec(`ALTER SYSTEM SET synchronous_commit = off`)
	s.exec(`SELECT pg_reload_conf()`)
	var rec journal.Record
	var err error
	for i := 2; err == nil && i < 20_000; i++ { // sessions read the setting in their own time
		rec = order(fmt.Sprint("ref:", i))
		_, err = j.Save(context.Background(), rec)
	}
	require.ErrorIs(t, err, ErrNotDurable)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	assert.False(t, has(t, j, rec.ID))
	_, err = j.Adopt(context.Background(), "new", 0, journal.Filter{Limit: 1})
	require.ErrorIs(t, err, ErrNotDurable)
}

// A standby that lags behind would report that an operation does not exist.
func TestJ1_AServerThatTakesNoWritesIsPassedOver(t *testing.T) {
	standby, primary := pgtest.Start(t), pgtest.Start(t)
	behind, ahead := storeOn(t, standby.DSN+"&default_transaction_read_only=off"), storeOn(t, primary.DSN)
	behind.schema = ahead.schema
	behind.open()
	save(t, ahead.open(), order("ref:1"))
	behind.exec(`ALTER DATABASE postgres SET default_transaction_read_only = on`)

	_, err := Open(context.Background(), standby.DSN, WithSchema(ahead.schema))
	require.EqualError(t, err, "postgres journal: open: the server takes no writes")

	for _, s := range []store{behind, ahead} {
		s.exec(`CREATE ROLE fleet SUPERUSER LOGIN PASSWORD 'secret'`)
	}
	both := ahead
	both.dsn = hosts(t, standby, primary)
	j := both.as("fleet", "secret").open()
	assert.True(t, has(t, j, "ref:1"))
}

func TestJ1_AStatementThatTimesOutHasWrittenNothing(t *testing.T) {
	s := newStore(t)
	s.open()
	j := s.with("statement_timeout=200").open()
	rec := save(t, j, order("ref:1"))
	tx := s.locks(`SELECT FROM {}.operations FOR UPDATE`)
	_, err := j.Save(t.Context(), rec)
	require.EqualError(t, err, "postgres journal: save: timeout (SQLSTATE 57014)")
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, journal.CauseTimeout)
	require.NoError(t, tx.Rollback(t.Context()))
	save(t, j, rec)
}

// A cancellation may arrive before, in or after the commit: a write that fails
// with 57014 is not stored, and one that succeeds is.
func TestJ1_ACancelledStatementReportsWhatItWrote(t *testing.T) {
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
	assert.True(t, has(t, j, r.id))
}

// The server ends a session that it takes for idle a moment before its next
// statement: nothing of that statement was run.
func TestJ16_ASessionThatEndedForIdlenessCostsNoCall(t *testing.T) {
	for name, open := range map[string]func(s store) *Journal{
		"own":    func(s store) *Journal { return s.open() },
		"a pool": func(s store) *Journal { return s.borrowed() },
	} {
		t.Run(name, func(t *testing.T) {
			watcher := newStore(t)
			idler := watcher.with("application_name=idler&idle_session_timeout=300")
			j := open(idler)
			for i := range 5 {
				save(t, j, orphan(fmt.Sprint("ref:", i)))
				watcher.untilNoneIsIdle()
			}
			assert.True(t, has(t, j, "ref:4"))
		})
	}
}

// untilNoneIsIdle waits until the server has ended the sessions that have
// nothing to do, for a second at most: those may be kept.
func (s store) untilNoneIsIdle() {
	s.t.Helper()
	for range 100 {
		if ask[int](s, `SELECT count(*) FROM pg_stat_activity
			WHERE application_name = 'idler' AND state = 'idle' AND pg_sleep(0.01) IS NOT NULL`) == 0 {
			return
		}
	}
}
