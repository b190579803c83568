package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// IAM tokens and Vault passwords are fetched for each connection.
func TestAPasswordIsRotatedInMidRun(t *testing.T) {
	s := newStore(t)
	s.open()
	role := fmt.Sprintf("rotated %d", schemas.Add(1))
	s.exec(`CREATE ROLE ` + quote(role) + ` LOGIN PASSWORD 'old'`)
	s.exec(`GRANT USAGE ON SCHEMA {} TO ` + quote(role))
	s.exec(`GRANT ALL ON ALL TABLES IN SCHEMA {} TO ` + quote(role))
	t.Cleanup(func() { s.exec(`DROP OWNED BY ` + quote(role)); s.exec(`DROP ROLE ` + quote(role)) })
	rotated := s.as(role, "old")
	var password atomic.Value
	password.Store("old")
	fetch := WithConfig(func(c *pgxpool.Config) {
		c.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
			c.Password = password.Load().(string)
			return nil
		}
	})
	fetching, fixed := rotated.open(fetch), rotated.open()
	require.NoError(t, call(fetching, "ref:1"))
	require.NoError(t, call(fixed, "ref:2"))

	s.exec(`ALTER ROLE ` + quote(role) + ` PASSWORD 'new'`)
	password.Store("new")
	require.NoError(t, call(fixed, "ref:3"), "sessions go on")
	s.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, role)
	time.Sleep(idleBeforePing) // so that the pool tests connections before it uses them
	require.NoError(t, call(fetching, "ref:4"))
	over := waitFor(fetching, "ref:4", 3)
	fetching.awaits(t, "ref:4")
	assert.Empty(t, over, "who waits connects with it too")
	_, err := fixed.Save(context.Background(), order("ref:5"))
	require.ErrorIs(t, err, journal.CauseAuthentication)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
}

// The caller's configuration is kept, and so are the journal's own checks.
func TestTheJournalAddsItsChecksToAConfiguration(t *testing.T) {
	s := newStore(t)
	var connected, checked atomic.Int64
	change := func(c *pgxpool.Config) {
		c.AfterConnect = func(context.Context, *pgx.Conn) error { connected.Add(1); return nil }
		validate := c.ConnConfig.ValidateConnect
		assert.Nil(t, validate)
		assert.Equal(t, connectTimeout, c.ConnConfig.ConnectTimeout)
		c.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
		checked.Add(1)
	}
	_, err := Open(context.Background(), s.dsn, WithSchema(s.schema), WithConfig(change))
	require.ErrorIs(t, err, ErrNotDurable)
	assert.Positive(t, connected.Load())
	assert.Equal(t, int64(1), checked.Load())
}

// The DSN's first host becomes read-only, like a primary before its
// replacement; the second accepts writes.
func TestTheServerTurnsReadOnlyInMidRun(t *testing.T) {
	first, second := pgtest.Start(t), pgtest.Start(t)
	dsn := hosts(t, first, second)
	for _, own := range []bool{true, false} {
		t.Run(fmt.Sprint("its own pool: ", own), func(t *testing.T) {
			s, other := storeOn(t, first.DSN), storeOn(t, second.DSN)
			other.schema = s.schema
			other.open()
			j := s.over(dsn, own)
			var wg sync.WaitGroup
			for i := range 8 { // a session each
				wg.Go(func() { assert.NoError(t, call(j, fmt.Sprint("ref:before ", i))) })
			}
			wg.Wait()
			s.exec(`ALTER DATABASE postgres SET default_transaction_read_only = on`)
			s.exec(`ALTER SYSTEM SET default_transaction_read_only = on`)
			s.exec(`SELECT pg_reload_conf()`)
			defer func() {
				conn, err := pgx.Connect(context.Background(), first.DSN+"&default_transaction_read_only=off")
				require.NoError(t, err)
				defer conn.Close(context.Background())
				for _, sql := range []string{
					`ALTER SYSTEM RESET default_transaction_read_only`,
					`ALTER DATABASE postgres RESET default_transaction_read_only`, `SELECT pg_reload_conf()`,
				} {
					_, err = conn.Exec(context.Background(), sql)
					require.NoError(t, err)
				}
			}()
			require.Eventually(t, func() bool { // sessions read the setting in their own time
				save(t, j, order("ref:"+time.Now().String()))
				return ask[int](other, `SELECT count(*) FROM operations`) > 0
			}, 20*time.Second, time.Millisecond)
			before := ask[int](other, `SELECT count(*) FROM operations`)
			assert.Zero(t, calls(t, j, "ref:after ", 40))
			assert.Equal(t, before+40, ask[int](other, `SELECT count(*) FROM operations`))
		})
	}
}

func (s store) over(dsn string, own bool) *Journal {
	s.t.Helper()
	if own {
		s.dsn = dsn
		return s.open()
	}
	s.dsn = dsn + "&target_session_attrs=read-write"
	return s.borrowed()
}

// borrowed is a journal over a pool of the caller's.
func (s store) borrowed(opts ...Option) *Journal {
	s.t.Helper()
	pool, err := pgxpool.New(context.Background(), s.dsn)
	require.NoError(s.t, err)
	s.t.Cleanup(pool.Close)
	j, err := New(context.Background(), pool, append([]Option{WithSchema(s.schema)}, opts...)...)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, j.Close()) })
	return j
}

func TestThePoolIsResetAtMostOnceASecond(t *testing.T) {
	s := newStore(t)
	j := s.open()
	require.NoError(t, call(j, "ref:1"))
	made := j.pool.pool.Stat().NewConnsCount()
	for range 10 {
		j.pool.reset()
		require.NoError(t, call(j, "ref:"+time.Now().String()))
	}
	assert.LessOrEqual(t, j.pool.pool.Stat().NewConnsCount()-made, int64(3))
}

// A firewall forgets the connections, and their packets vanish. Each call ends
// with its context, dead connections are not used again, and new ones are made.
func TestPacketsAreSwallowed(t *testing.T) {
	s := newStore(t)
	s.open()
	proxy := pgtest.StartProxy(t, server)
	s.dsn = proxy.DSN + "&pool_max_conns=8"
	j := s.open()
	within := func(d time.Duration, f func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel()
		over := make(chan error, 1)
		go func() { over <- f(ctx) }()
		select {
		case err := <-over:
			return err
		case <-time.After(d + 5*time.Second):
			return fmt.Errorf("it hangs")
		}
	}
	write := func(id string) func(context.Context) error {
		return func(ctx context.Context) error { _, err := j.Save(ctx, order(id)); return err }
	}
	require.Zero(t, calls(t, j, "ref:before ", 16))

	proxy.SwallowAll()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := within(300*time.Millisecond, write(fmt.Sprint("ref:swallowed ", i)))
			assert.ErrorIs(t, err, journal.CauseTimeout)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
	wg.Wait()
	err := within(300*time.Millisecond, func(ctx context.Context) error { _, _, err := j.Load(ctx, "ref:before 1"); return err })
	require.ErrorIs(t, err, context.DeadlineExceeded)

	proxy.Restore()
	require.NoError(t, within(10*time.Second, write("ref:restored")), "within the time limit of a call")
	assert.Zero(t, calls(t, j, "ref:after ", 16))

	proxy.Swallow() // existing ones; new ones pass
	time.Sleep(idleBeforePing)
	require.NoError(t, within(10*time.Second, write("ref:idle")), "idle connections are tested")
	assert.Zero(t, calls(t, j, "ref:later ", 16))
	j.pool.dropped.Wait()
}

// Connections that the caller makes may ignore deadlines; the journal's own do
// not.
func TestR39_AJournalIsPromptWhereItMakesTheConnections(t *testing.T) {
	s := newStore(t)
	assert.True(t, s.open().IsPrompt())
	assert.False(t, s.open(WithConfig(func(*pgxpool.Config) {})).IsPrompt())
	assert.False(t, s.borrowed().IsPrompt())
}
