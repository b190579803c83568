package postgres

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// with adds a setting of the session to the DSN.
func (s store) with(setting string) store {
	u, err := url.Parse(s.dsn)
	require.NoError(s.t, err)
	u.RawQuery += "&" + setting
	s.dsn = u.String()
	return s
}

// requireRefused: the journal is not opened, and nothing is created.
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
	_, found, err := j.Load(context.Background(), rec.ID)
	require.NoError(t, err)
	assert.False(t, found)
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

	both, err := url.Parse(standby.DSN)
	require.NoError(t, err)
	other, err := url.Parse(primary.DSN)
	require.NoError(t, err)
	both.Host += "," + other.Host
	both.User = url.UserPassword("fleet", "secret")
	for _, s := range []store{behind, ahead} {
		s.exec(`CREATE ROLE fleet SUPERUSER LOGIN PASSWORD 'secret'`)
	}
	j, err := Open(context.Background(), both.String(), WithSchema(ahead.schema))
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	_, found, err := j.Load(context.Background(), "ref:1")
	require.NoError(t, err)
	assert.True(t, found)
}

// A conditional write must see the latest version of a row, even where the
// role's default is snapshots: there it would fail instead of reporting which
// writer was first.
func TestJ3_TheLatestVersionCountsWhateverTheRoleAsksFor(t *testing.T) {
	s := newStore(t)
	j := s.with("default_transaction_isolation=serializable").open()
	rec := save(t, j, order("ref:1"))
	other := s.connect()
	defer other.Close(context.Background())
	tx, err := other.Begin(context.Background())
	require.NoError(t, err)
	_, err = tx.Exec(context.Background(), `UPDATE operations SET version = version + 1`)
	require.NoError(t, err)

	type result struct {
		ok  bool
		err error
	}
	saved := make(chan result)
	go func() {
		ok, err := j.Save(context.Background(), rec)
		saved <- result{ok, err}
	}()
	waiting := `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%')`
	require.Eventually(t, func() bool { return ask[bool](s, waiting, s.schema) }, time.Minute, time.Millisecond)
	require.NoError(t, tx.Commit(context.Background()))
	assert.Equal(t, result{false, nil}, <-saved)
}
