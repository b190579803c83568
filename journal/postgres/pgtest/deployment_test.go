package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), sql)
	require.NoError(t, err)
}

func TestAStandbyFollowsAndCanBePromoted(t *testing.T) {
	primary := Start(t)
	standby := StartStandby(t, primary, "standby")
	require.NoError(t, primary.MakeSynchronous("standby"))
	require.Eventually(t, func() bool {
		state, err := query(t, primary, `SELECT coalesce(string_agg(sync_state, ','), '') FROM pg_stat_replication`)
		return err == nil && state == "sync"
	}, 10*time.Second, 20*time.Millisecond)
	run(t, primary.DSN, `CREATE TABLE kept AS SELECT 'here' AS word`)
	require.NoError(t, primary.End())
	require.NoError(t, standby.Promote())
	word, err := query(t, standby, `SELECT word FROM kept`)
	require.NoError(t, err)
	assert.Equal(t, "here", word)
	run(t, standby.DSN, `CREATE TABLE more ()`)
	require.NoError(t, primary.Begin())
}

func TestPgBouncerPassesStatementsOn(t *testing.T) {
	s := Start(t)
	for _, mode := range []string{"session", "transaction", "statement"} {
		bouncer := StartPgBouncer(t, s, mode)
		conn, err := pgx.Connect(context.Background(), bouncer.DSN)
		require.NoError(t, err)
		var pid uint32
		require.NoError(t, conn.QueryRow(context.Background(), `SELECT pg_backend_pid()`, pgx.QueryExecModeExec).Scan(&pid))
		assert.NotEqual(t, conn.PgConn().PID(), pid, "the pooler has ids of its own")
		require.NoError(t, conn.Close(context.Background()))
	}
}

func TestASilentProxySwallows(t *testing.T) {
	p := StartProxy(t, Start(t))
	conn, err := pgx.Connect(context.Background(), p.DSN)
	require.NoError(t, err)
	require.NoError(t, conn.Ping(context.Background()))
	soon := func() context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	p.SwallowAll()
	require.ErrorIs(t, conn.Ping(soon()), context.DeadlineExceeded)
	_, err = pgx.Connect(soon(), p.DSN)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	p.Restore()
	run(t, p.DSN, `SELECT 1`)
}
