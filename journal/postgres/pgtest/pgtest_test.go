package pgtest

import (
	"context"
	"os"
	"testing"

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
