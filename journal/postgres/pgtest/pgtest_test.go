package pgtest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func query(t *testing.T, s *Server, sql string) (string, error) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.DSN)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.Background())
	var value string
	err = conn.QueryRow(context.Background(), sql).Scan(&value)
	return value, err
}

func TestAServerKeepsItsDataUntilItIsStopped(t *testing.T) {
	s := Start(t, "application_name = 'a test'")
	name, err := query(t, s, `SHOW application_name`)
	require.NoError(t, err)
	assert.Equal(t, "a test", name)
	conn, err := pgx.Connect(context.Background(), s.DSN)
	require.NoError(t, err)
	_, err = conn.Exec(context.Background(), `CREATE TABLE kept AS SELECT 'here' AS word`)
	require.NoError(t, err)
	for _, interrupt := range []func() error{s.Restart, s.Crash} {
		require.NoError(t, interrupt())
		require.Error(t, conn.Ping(context.Background()), "sessions end")
		word, err := query(t, s, `SELECT word FROM kept`)
		require.NoError(t, err)
		assert.Equal(t, "here", word)
	}

	s.Stop()
	s.Stop()
	_, err = query(t, s, `SELECT 'there'`)
	require.Error(t, err)
	_, err = os.Stat(s.dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// A test that does not run proves nothing: the error names what to install.
func TestWithoutBinariesTheErrorNamesWhatToInstall(t *testing.T) {
	require.ErrorContains(t, errMissing, "apt-get install postgresql")
	t.Setenv("PATH", t.TempDir())
	found, err := binaries()
	if err != nil {
		require.ErrorIs(t, err, errMissing)
		return
	}
	assert.Regexp(t, `^/usr/lib/postgresql/`, found, "Debian's are found without PATH")
}

func TestASettingThatTheServerRefusesIsReportedAndLeavesNothing(t *testing.T) {
	s, err := Launch("shared_buffers = nonsense")
	require.ErrorContains(t, err, "pg_ctl")
	assert.Nil(t, s)
}

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
