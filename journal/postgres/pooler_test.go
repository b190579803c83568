package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func call(j *Journal, id string) error {
	ctx := context.Background()
	rec := order(id)
	for version := range int64(3) {
		rec.Version = version
		if version == 2 {
			rec.Owner, rec.Lease, rec.Outcome = "", 0, journal.OutcomeDone
		}
		if ok, err := j.Save(ctx, rec); err != nil || !ok {
			return fmt.Errorf("save %d: %v, %w", version, ok, err)
		}
	}
	got, found, err := j.Load(ctx, id)
	if err != nil || !found || got.Outcome != journal.OutcomeDone {
		return fmt.Errorf("load: %v %v, %w", got, found, err)
	}
	return nil
}

func calls(t *testing.T, j *Journal, prefix string, n int) (failed int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < n; i += 8 {
				if err := call(j, fmt.Sprint(prefix, i)); err != nil {
					mu.Lock()
					failed++
					mu.Unlock()
					t.Log(err)
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// program is another program's view of a session from the pooler.
const program = `SELECT current_setting('default_transaction_isolation') || ', ' || current_setting('plan_cache_mode')
	|| ', ' || current_setting('search_path') || ', ' || (SELECT count(*) FROM pg_prepared_statements)
	|| ', ' || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())`

// requireUntouched: the journal has changed nothing in the next session, which
// is released when the test ends.
func requireUntouched(t *testing.T, bouncer *pgtest.PgBouncer) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), bouncer.DSN)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	var after string
	require.NoError(t, conn.QueryRow(context.Background(), program, pgx.QueryExecModeExec).Scan(&after))
	assert.Equal(t, `read committed, auto, "$user", public, 0, 0`, after)
}

func TestBehindAPoolerAllCallsWork(t *testing.T) {
	for _, mode := range []string{"session", "transaction", "statement"} {
		t.Run(mode, func(t *testing.T) {
			direct := newStore(t)
			direct.open() // makes the schema, which needs a transaction
			// Sessions change their programs as often as possible.
			pooled := direct
			bouncer := pgtest.StartPgBouncer(t, server, mode, "default_pool_size = 3")
			pooled.dsn = bouncer.DSN + map[bool]string{true: "&pool_max_conns=3", false: "&pool_max_conns=16"}[mode == "session"]
			j := pooled.open()
			assert.True(t, j.pool.check.shared.Load())
			assert.Zero(t, calls(t, j, "ref:", 200))
			adopted, err := j.Adopt(context.Background(), "new", 0, journal.Filter{})
			require.NoError(t, err)
			assert.Empty(t, adopted)
			_, err = j.List(context.Background(), journal.Filter{State: journal.StateDone, OlderThan: 1})
			require.NoError(t, err)
			_, err = j.Stats(context.Background())
			require.NoError(t, err)
			assert.Equal(t, errCannotWait, j.Wait(context.Background(), "ref:1", 3), "callers poll")
			require.NoError(t, j.Close())
			for range 3 {
				requireUntouched(t, bouncer)
			}
		})
	}
}

func TestAPoolerInSessionModeCanBeUsedAsTheServer(t *testing.T) {
	s := newStore(t)
	s.open()
	s.dsn = pgtest.StartPgBouncer(t, server, "session").DSN
	j := s.open(WithSharedSessions(false))
	assert.Zero(t, calls(t, j, "ref:", 20))
	assert.Positive(t, ask[int](store{t: t, dsn: server.DSN, schema: s.schema},
		`SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%' || $1 || '%'`, quote(s.schema)))
	over := waitFor(j, "ref:1", 3)
	j.awaits(t, "ref:1")
	assert.Empty(t, over, "it listens")
}

func TestSessionsThatAreSharedAgainstTheOptionAreRefused(t *testing.T) {
	for _, mode := range []string{"transaction", "statement"} {
		dsn := pgtest.StartPgBouncer(t, server, mode).DSN
		_, err := Open(context.Background(), dsn, WithSharedSessions(false))
		require.EqualError(t, err, "postgres journal: open: the pooler shares sessions between connections (see WithSharedSessions)")
	}
	s := newStore(t)
	assert.True(t, s.open(WithSharedSessions(true)).pool.check.shared.Load(), "also where none is noticed")
	assert.False(t, s.open().pool.check.shared.Load())
}

// An address of the server later belongs to a pooler. No setting is changed
// there, and at most one connection fails.
func TestAPoolerThatComesLaterIsNoticed(t *testing.T) {
	s := newStore(t)
	s.open()
	bouncer := pgtest.StartPgBouncer(t, server, "transaction", "default_pool_size = 1")
	proxy := pgtest.StartProxy(t, server)
	s.dsn = proxy.DSN
	j := s.open()
	require.NoError(t, call(j, "ref:1"))
	require.NoError(t, proxy.Lead(bouncer.DSN))
	for j.pool.check.shared.Load() == false {
		_, _, err := j.Load(context.Background(), "ref:1")
		require.Error(t, err)
	}
	assert.Zero(t, calls(t, j, "ref:later ", 20))
	requireUntouched(t, bouncer)
}

// The caller's pool is used as it is, with any configuration.
func TestNewOverAPoolOfTheCallers(t *testing.T) {
	bouncer := pgtest.StartPgBouncer(t, server, "transaction", "default_pool_size = 3")
	for name, row := range map[string]struct {
		dsn    string
		change func(*pgxpool.Config)
	}{
		"as it is by default":    {dsn: server.DSN, change: func(*pgxpool.Config) {}},
		"behind a pooler":        {dsn: bouncer.DSN, change: func(*pgxpool.Config) {}},
		"without prepared":       {dsn: server.DSN, change: func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec }},
		"in the simple protocol": {dsn: server.DSN, change: func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol }},
		"serializable":           {dsn: server.DSN + "&default_transaction_isolation=serializable", change: func(*pgxpool.Config) {}},
		"another path":           {dsn: server.DSN + "&search_path=nowhere", change: func(*pgxpool.Config) {}},
		"one connection":         {dsn: server.DSN + "&pool_max_conns=1", change: func(*pgxpool.Config) {}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			config, err := pgxpool.ParseConfig(row.dsn)
			require.NoError(t, err)
			row.change(config)
			pool, err := pgxpool.NewWithConfig(context.Background(), config)
			require.NoError(t, err)
			defer pool.Close()
			j, err := New(context.Background(), pool, WithSchema(s.schema))
			require.NoError(t, err)
			assert.Zero(t, calls(t, j, "ref:", 24))
			rival(t, j)
			require.NoError(t, j.Close())
			require.NoError(t, j.Close(), "twice")
			_, err = j.Save(context.Background(), order("ref:late"))
			require.ErrorIs(t, err, journal.CauseClosed)
			require.ErrorIs(t, err, journal.ErrNotCommitted)
			var path string
			require.NoError(t, pool.QueryRow(context.Background(), `SHOW search_path`, pgx.QueryExecModeExec).Scan(&path), "the pool is open")
			assert.NotContains(t, path, "pg_catalog", "its sessions are as they were")
			assert.Zero(t, pool.Stat().AcquiredConns())
		})
	}
}

// rival writes one record many times at once. One write of each version is
// saved, and the others find another version, without an error.
func rival(t *testing.T, j *Journal) {
	t.Helper()
	rec := save(t, j, order("ref:rivals"))
	for range 5 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		saved := 0
		for range 4 {
			wg.Go(func() {
				ok, err := j.Save(context.Background(), rec)
				assert.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				if ok {
					saved++
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 1, saved)
		rec.Version++
	}
}

func TestNewRefusesWhatItCannotUse(t *testing.T) {
	ctx := context.Background()
	_, err := New(ctx, nil)
	require.EqualError(t, err, "postgres journal: the pool is nil")
	open := func(dsn string, change func(*pgxpool.Config)) *pgxpool.Pool {
		config, err := pgxpool.ParseConfig(dsn)
		require.NoError(t, err)
		change(config)
		pool, err := pgxpool.NewWithConfig(ctx, config)
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		return pool
	}
	none := func(*pgxpool.Config) {}
	_, err = New(ctx, open(server.DSN, none), WithConfig(none))
	require.ErrorContains(t, err, "WithConfig is for Open")
	_, err = New(ctx, open(server.DSN+"&synchronous_commit=off", none))
	require.ErrorIs(t, err, ErrNotDurable)
	_, err = New(ctx, open(server.DSN+"&default_transaction_read_only=on", none))
	require.ErrorIs(t, err, journal.CauseReadOnly)
	_, err = New(ctx, open(server.DSN, none), RequireSynchronous())
	require.ErrorIs(t, err, ErrNotSynchronous)
	_, err = New(ctx, open(server.DSN, func(c *pgxpool.Config) {
		c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		c.ConnConfig.DescriptionCacheCapacity = 0
	}))
	require.ErrorContains(t, err, "DescriptionCacheCapacity")
}
