package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// order is a record that its owner works on.
func order(id string) idem.Record {
	return idem.Record{ID: id, Generation: 1, Since: time.Now(), Owner: "owner", Lease: 10 * time.Second}
}

func save(t *testing.T, j *Journal, rec idem.Record) idem.Record {
	t.Helper()
	ok, err := j.Save(context.Background(), rec)
	require.NoError(t, err)
	require.True(t, ok)
	rec.Version++
	return rec
}

func TestJ1_AFailedWriteSaysWhetherItIsCertain(t *testing.T) {
	rows := map[string]bool{faultWrite: true, faultCommit: true, faultKilled: false}
	for fault, certain := range rows {
		t.Run(fault, func(t *testing.T) {
			s := newStore(t)
			j := s.open()
			repair := s.breakWrites(fault)
			_, err := j.Save(context.Background(), order("ref:1"))
			require.Error(t, err)
			assert.Equal(t, certain, errors.Is(err, idem.ErrNotCommitted), err)
			assert.Zero(t, ask[int](s, `SELECT count(*) FROM operations`))
			repair()
			save(t, j, order("ref:1"))
		})
	}
}

func TestJ1_WithoutAConnectionNothingIsWritten(t *testing.T) {
	s := newStore(t)
	j := s.open()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := j.Save(cancelled, order("ref:1"))
	require.ErrorIs(t, err, idem.ErrNotCommitted)
	require.ErrorIs(t, err, context.Canceled)

	require.NoError(t, j.Close())
	require.NoError(t, j.Close(), "twice")
	_, err = j.Save(context.Background(), order("ref:1"))
	require.ErrorIs(t, err, idem.ErrNotCommitted)
}

// A write that waits for another one may still happen when its caller is gone.
func TestJ1_AWriteThatWasGivenUpIsInDoubt(t *testing.T) {
	s := newStore(t)
	j := s.open()
	rec := save(t, j, order("ref:1"))
	other := s.connect()
	defer other.Close(context.Background())
	tx, err := other.Begin(context.Background())
	require.NoError(t, err)
	_, err = tx.Exec(context.Background(), `SELECT FROM operations FOR UPDATE`)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = j.Save(ctx, rec)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, idem.ErrNotCommitted)
	require.NoError(t, tx.Rollback(context.Background()))
}

// The engine takes a load that wraps ErrNotCommitted for proof that there is no
// record. An error of Load proves nothing.
func TestJ1_AnUnreadableJournalProvesNothing(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.exec(`ALTER TABLE operations RENAME TO elsewhere`)
	_, _, err := j.Load(context.Background(), "ref:1")
	require.Error(t, err)
	require.NotErrorIs(t, err, idem.ErrNotCommitted)
	_, err = j.Adopt(context.Background(), "new", time.Second, idem.Filter{Limit: 1})
	require.Error(t, err)
	require.NotErrorIs(t, err, idem.ErrNotCommitted)
	_, err = j.Save(context.Background(), order("ref:1"))
	require.ErrorIs(t, err, idem.ErrNotCommitted)

	require.NoError(t, j.Close())
	_, _, err = j.Load(context.Background(), "ref:1")
	require.Error(t, err)
	require.NotErrorIs(t, err, idem.ErrNotCommitted)
}

func TestR23_NoErrorShowsTheDSN(t *testing.T) {
	dsn, err := url.Parse(server.DSN)
	require.NoError(t, err)
	changed := func(change func(*url.URL)) string {
		u := *dsn
		u.User = url.UserPassword("somebody", "hunter2")
		change(&u)
		return u.String()
	}
	rows := map[string]struct{ dsn, says string }{
		"unreadable":     {"postgres://somebody:hunter2@db.internal:port/x", "cannot be read"},
		"a bad setting":  {changed(func(u *url.URL) { u.RawQuery = "sslmode=hunter2" }), "cannot be read"},
		"wrong password": {changed(func(*url.URL) {}), "28P01"},
		"refused":        {changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), "refused"},
		"no such host":   {changed(func(u *url.URL) { u.Host = "db.invalid" }), "connection failed"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), row.dsn)
			require.ErrorContains(t, err, row.says)
			var own *failure
			require.ErrorAs(t, err, &own)
			for _, printed := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", own.causes)} {
				assert.NotContains(t, printed, "hunter2")
				assert.NotContains(t, printed, row.dsn)
			}
			connect, parse := (*pgconn.ConnectError)(nil), (*pgconn.ParseConfigError)(nil)
			assert.NotErrorAs(t, err, &connect, "it holds the whole configuration")
			assert.NotErrorAs(t, err, &parse)
		})
	}
}

// PostgreSQL describes the row that breaks a constraint.
func TestR23_NoErrorShowsARow(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.exec(`ALTER TABLE operations ADD CHECK (key <> 'secret-key')`)
	rec := order("ref:1")
	rec.Key, rec.Sealed = "secret-key", []byte("personal")
	_, err := j.Save(context.Background(), rec)
	require.ErrorIs(t, err, idem.ErrNotCommitted)
	server := (*pgconn.PgError)(nil)
	require.ErrorAs(t, err, &server)
	assert.Equal(t, "23514", server.Code)
	assert.NotContains(t, fmt.Sprintf("%+v", *server), "secret-key")
	assert.NotContains(t, err.Error(), "secret-key")
}

func TestOptionsAreRefusedBeforeConnecting(t *testing.T) {
	rows := map[string]Option{
		"no schema":                 WithSchema(""),
		"a long schema":             WithSchema(strings.Repeat("x", 64)),
		"no retention":              WithRetention(0),
		"a negative retention":      WithRetention(-time.Hour),
		"less than a server's time": WithRetention(90*time.Second - 1),
	}
	for name, option := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), "postgres://127.0.0.1:1/", option)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "refused")
		})
	}
	newStore(t).open(WithRetention(90 * time.Second))
}

func TestRolledBack(t *testing.T) {
	rows := map[string]bool{
		"23505": true, "22021": true, "42P01": true, "25006": true, "53100": true, "55P03": true, "40001": true, "P0001": true,
		"40003": false, "08006": false, "08P01": false, "57P01": false, "57014": false, "58030": false, "XX000": false, "": false,
	}
	for code, certain := range rows {
		err := error(&pgconn.PgError{SeverityUnlocalized: "ERROR", Code: code})
		assert.Equal(t, certain, notWritten(err), code)
		fatal := &pgconn.PgError{SeverityUnlocalized: "FATAL", Code: code}
		assert.False(t, notWritten(fatal), "a session that ended tells nothing of the commit")
	}
	assert.False(t, notWritten(pgx.ErrTxClosed), "unknown errors prove nothing")
}
