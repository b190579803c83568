package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func order(id string) journal.Record {
	return journal.Record{ID: id, Generation: 1, Since: time.Now(), Owner: "owner", Lease: 10 * time.Second}
}

func orphan(id string) journal.Record {
	rec := order(id)
	rec.Owner, rec.Lease = "", 0
	return rec
}

func save(tb testing.TB, j *Journal, rec journal.Record) journal.Record {
	tb.Helper()
	ok, err := j.Save(context.Background(), rec)
	require.NoError(tb, err)
	require.True(tb, ok)
	rec.Version++
	return rec
}

func has(tb testing.TB, j *Journal, id string) bool {
	tb.Helper()
	_, ok, err := j.Load(context.Background(), id)
	require.NoError(tb, err)
	return ok
}

func TestJ1_AFailedWriteReportsWhetherItIsCertain(t *testing.T) {
	rows := map[string]bool{faultWrite: true, faultCommit: true, faultKilled: false}
	for fault, certain := range rows {
		t.Run(fault, func(t *testing.T) {
			s := newStore(t)
			j := s.open()
			repair := s.breakWrites(fault)
			_, err := j.Save(context.Background(), order("ref:1"))
			require.Error(t, err)
			assert.Equal(t, certain, errors.Is(err, journal.ErrNotCommitted), err)
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
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, context.Canceled)

	require.NoError(t, j.Close())
	require.NoError(t, j.Close(), "twice")
	_, err = j.Save(context.Background(), order("ref:1"))
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, journal.CauseClosed)
}

func TestJ1_AWriteThatWasGivenUpIsInDoubt(t *testing.T) {
	s := newStore(t)
	j := s.open()
	rec := save(t, j, order("ref:1"))
	tx := s.locks(`SELECT FROM {}.operations FOR UPDATE`)

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := j.Save(ctx, rec)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, journal.ErrNotCommitted)
	require.NoError(t, tx.Rollback(context.Background()))
}

// For the engine, a load with ErrNotCommitted proves that there is no record.
// Other errors of Load prove nothing.
func TestJ1_AnUnreadableJournalProvesNothing(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.exec(`ALTER TABLE operations RENAME TO elsewhere`)
	_, _, err := j.Load(context.Background(), "ref:1")
	require.EqualError(t, err, "postgres journal: load: failed (SQLSTATE 42P01)")
	require.NotErrorIs(t, err, journal.ErrNotCommitted)
	_, err = j.Adopt(context.Background(), "new", time.Second, journal.Filter{Limit: 1})
	require.Error(t, err)
	require.NotErrorIs(t, err, journal.ErrNotCommitted)
	_, err = j.Save(context.Background(), order("ref:1"))
	require.ErrorIs(t, err, journal.ErrNotCommitted)

	require.NoError(t, j.Close())
	_, _, err = j.Load(context.Background(), "ref:1")
	require.ErrorIs(t, err, journal.CauseClosed)
	require.NotErrorIs(t, err, journal.ErrNotCommitted)
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
	existing := func(database string) string { // of the role that exists
		u := *dsn
		u.Path = "/" + database
		return u.String()
	}
	secured, alerting := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	secured.TLS = &tls.Config{NextProtos: []string{"postgresql"}}
	for _, s := range []*httptest.Server{secured, alerting} {
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
	}
	direct := func(s *httptest.Server) string {
		return changed(func(u *url.URL) {
			u.Host, u.RawQuery = s.Listener.Addr().String(), "sslmode=verify-full&sslnegotiation=direct"
		})
	}
	for name, row := range map[string]struct{ dsn, says string }{
		"unreadable":               {dsn: "postgres://somebody:hunter2@db.internal:port/x", says: "cannot be read"},
		"a bad setting":            {dsn: changed(func(u *url.URL) { u.RawQuery = "sslmode=hunter2" }), says: "cannot be read"},
		"wrong password":           {dsn: changed(func(*url.URL) {}), says: "authentication failed (SQLSTATE 28P01)"},
		"refused":                  {dsn: changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), says: "connection refused (errno ECONNREFUSED)"},
		"no such host":             {dsn: changed(func(u *url.URL) { u.Host = "db.invalid" }), says: "host not found"},
		"no TLS there":             {dsn: changed(func(u *url.URL) { u.RawQuery = "sslmode=require" }), says: "TLS failed"},
		"no database":              {dsn: existing("hunter2"), says: "no such database (SQLSTATE 3D000)"},
		"no PostgreSQL":            {dsn: changed(func(u *url.URL) { u.Host = speaker(t) }), says: "connection failed"},
		"an untrusted certificate": {dsn: direct(secured), says: "TLS failed"},
		"another protocol":         {dsn: direct(alerting), says: "TLS failed"},
	} {
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

// speaker is an address where each connection is answered as no database does.
func speaker(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_, _ = c.Write([]byte("220 mail.example.com ESMTP\r\n"))
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

func TestR23_NoErrorShowsARow(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.exec(`ALTER TABLE operations ADD CHECK (key <> 'secret-key')`)
	rec := order("ref:1")
	rec.Key, rec.Sealed = "secret-key", []byte("personal")
	_, err := j.Save(context.Background(), rec)
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	server := (*pgconn.PgError)(nil)
	require.ErrorAs(t, err, &server)
	assert.Equal(t, "23514", server.Code)
	assert.NotContains(t, fmt.Sprintf("%+v", *server), "secret-key")
	require.EqualError(t, err, "postgres journal: save: failed (SQLSTATE 23514)")
}

func TestOptionsAreRefusedBeforeConnecting(t *testing.T) {
	for name, option := range map[string]Option{
		"no schema":                 WithSchema(""),
		"a long schema":             WithSchema(strings.Repeat("x", 64)),
		"no retention":              WithRetention(0),
		"a negative retention":      WithRetention(-time.Hour),
		"less than a server's time": WithRetention(90*time.Second - 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), "postgres://127.0.0.1:1/", option)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "refused")
		})
	}
	newStore(t).open(WithRetention(90 * time.Second))
}

func TestRolledBack(t *testing.T) {
	for code, certain := range map[string]bool{
		"23505": true, "22021": true, "42P01": true, "25006": true, "53100": true, "55P03": true, "40001": true, "P0001": true, "57014": true,
		"40003": false, "08006": false, "08P01": false, "57P01": false, "58030": false, "XX000": false, "": false,
	} {
		err := error(&pgconn.PgError{SeverityUnlocalized: "ERROR", Code: code})
		assert.Equal(t, certain, notWritten(err), code)
		fatal := &pgconn.PgError{SeverityUnlocalized: "FATAL", Code: code}
		assert.False(t, notWritten(fatal), "a session that ended tells nothing of the commit")
	}
	assert.False(t, notWritten(pgx.ErrTxClosed), "unknown errors prove nothing")
}

func TestJ16_CausesAreDistinguished(t *testing.T) {
	for name, row := range map[string]struct {
		err   error
		cause journal.Cause
		code  string
	}{
		"disk full":         {err: &pgconn.PgError{Code: "53100"}, cause: journal.CauseDiskFull, code: "SQLSTATE 53100"},
		"permission":        {err: &pgconn.PgError{Code: "42501"}, cause: journal.CausePermission, code: "SQLSTATE 42501"},
		"read-only":         {err: &pgconn.PgError{Code: "25006"}, cause: journal.CauseReadOnly, code: "SQLSTATE 25006"},
		"a lock":            {err: &pgconn.PgError{Code: "55P03"}, cause: journal.CauseLocked, code: "SQLSTATE 55P03"},
		"a deadlock":        {err: &pgconn.PgError{Code: "40P01"}, cause: journal.CauseLocked, code: "SQLSTATE 40P01"},
		"cancelled":         {err: &pgconn.PgError{Code: "57014"}, cause: journal.CauseTimeout, code: "SQLSTATE 57014"},
		"too many sessions": {err: &pgconn.PgError{Code: "53300"}, cause: journal.CauseConnection, code: "SQLSTATE 53300"},
		"shut down":         {err: &pgconn.PgError{Code: "57P01"}, cause: journal.CauseConnection, code: "SQLSTATE 57P01"},
		"protocol":          {err: &pgconn.PgError{Code: "08P01"}, cause: journal.CauseConnection, code: "SQLSTATE 08P01"},
		"password":          {err: &pgconn.PgError{Code: "28P01"}, cause: journal.CauseAuthentication, code: "SQLSTATE 28P01"},
		"no database":       {err: &pgconn.PgError{Code: "3D000"}, cause: journal.CauseNoDatabase, code: "SQLSTATE 3D000"},
		"no host":           {err: &net.DNSError{Err: "secret", IsNotFound: true}, cause: journal.CauseUnknownHost},
		"names fail":        {err: &net.DNSError{Err: "secret", IsTemporary: true}, cause: journal.CauseConnection},
		"a certificate":     {err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, cause: journal.CauseTLS},
		"not TLS":           {err: tls.RecordHeaderError{Msg: "secret"}, cause: journal.CauseTLS},
		"a TLS alert":       {err: &net.OpError{Op: "remote error", Err: errors.New("secret")}, cause: journal.CauseTLS},
		"damaged":           {err: &pgconn.PgError{Code: "XX001"}, cause: journal.CauseCorrupt, code: "SQLSTATE XX001"},
		"internal":          {err: &pgconn.PgError{Code: "XX000"}, cause: journal.CauseOther, code: "SQLSTATE XX000"},
		"no code":           {err: &pgconn.PgError{}, cause: journal.CauseOther, code: "SQLSTATE "},
		"refused":           {err: syscall.ECONNREFUSED, cause: journal.CauseRefused, code: "errno ECONNREFUSED"},
		"reset":             {err: syscall.ECONNRESET, cause: journal.CauseConnection, code: "errno ECONNRESET"},
		"timed out":         {err: syscall.ETIMEDOUT, cause: journal.CauseTimeout, code: "errno ETIMEDOUT"},
		"no socket":         {err: syscall.ENOENT, cause: journal.CauseRefused, code: "errno ENOENT"},
		"a number":          {err: syscall.Errno(9999), cause: journal.CauseConnection, code: "errno 9999"},
		"deadline":          {err: context.DeadlineExceeded, cause: journal.CauseTimeout},
		"the caller's":      {err: context.Canceled, cause: journal.CauseOther},
		"not durable":       {err: ErrNotDurable, cause: journal.CauseNotDurable},
		"a standby":         {err: errTakesNoWrites, cause: journal.CauseReadOnly},
		"closed":            {err: puddle.ErrClosedPool, cause: journal.CauseClosed},
		"anything":          {err: errors.New("secret"), cause: journal.CauseConnection},
	} {
		t.Run(name, func(t *testing.T) {
			err := explain("save", fmt.Errorf("secret: %w", row.err), true)
			cause := (*journal.Error)(nil)
			require.ErrorAs(t, err, &cause)
			assert.Equal(t, journal.Error{Cause: row.cause, Code: row.code}, *cause)
			require.ErrorIs(t, err, row.cause)
			require.ErrorIs(t, err, journal.ErrNotCommitted)
			assert.NotContains(t, err.Error(), "secret")
			assert.Contains(t, err.Error(), "postgres journal: save: ")

			again := explain("open", err, false)
			assert.Equal(t, err.Error(), again.Error(), "an explained error stays as it is")
			require.ErrorIs(t, again, row.cause)
		})
	}
}
