package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

func TestSuite(t *testing.T) {
	journaltest.Run(t, journaltest.Backend{
		Within:    func(t *testing.T, f func(*testing.T, journaltest.Store)) { f(t, suiteStore(newStore(t))) },
		Retention: 30 * 24 * time.Hour,
		Faults:    []string{faultWrite, faultCommit, faultKilled},
	})
}

func TestSuite_DurableCalls(t *testing.T) {
	durabletest.Run(t, func(t *testing.T, f func(*testing.T, durabletest.Store)) {
		s := newStore(t)
		f(t, durabletest.Store{Open: func() journal.Journal { return s.open() }, Pass: s.pass, Raw: s.raw})
	})
}

func suiteStore(s store) journaltest.Store {
	return journaltest.Store{
		Open:    func() journal.Journal { return s.open() },
		Pass:    s.pass,
		Break:   s.breakWrites,
		Reserve: s.reserve,
	}
}

func (s store) reserve(rec journal.Record, commit bool) (stored journal.Record, reserved bool, err error) {
	conn := s.connect()
	defer conn.Close(context.Background())
	tx, err := conn.Begin(context.Background())
	require.NoError(s.t, err)
	j := &Journal{sql: statementsFor(s.schema, false)}
	stored, reserved, err = j.InTx(tx).Reserve(context.Background(), rec)
	if commit && err == nil {
		return stored, reserved, tx.Commit(context.Background())
	}
	require.NoError(s.t, tx.Rollback(context.Background()))
	return stored, reserved, err
}

// pass advances the database's clock, by moving all stored times back.
func (s store) pass(d time.Duration) {
	s.t.Helper()
	s.exec(`UPDATE operations SET intent_at = intent_at - $1::interval,
		lease_until = lease_until - $1::interval, settled_at = settled_at - $1::interval`, d)
}

func (s store) raw() []byte {
	s.t.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	var all strings.Builder
	_, err := conn.PgConn().CopyTo(context.Background(), &all, `COPY operations TO STDOUT (FORMAT binary)`)
	require.NoError(s.t, err)
	return []byte(all.String())
}

// Faults of a write.
const (
	faultWrite  = "the statement is refused"
	faultCommit = "the commit is refused"
	faultKilled = "the session is killed while it commits"
)

// breakWrites makes each write to the table fail.
func (s store) breakWrites(fault string) (repair func()) {
	s.t.Helper()
	kind, body := "CONSTRAINT TRIGGER", `RAISE EXCEPTION 'broken'`
	when := "DEFERRABLE INITIALLY DEFERRED" // runs within the commit
	switch fault {
	case faultWrite:
		kind, when = "TRIGGER", ""
	case faultKilled:
		body = `PERFORM pg_terminate_backend(pg_backend_pid())`
	}
	s.exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ` + body + `; RETURN NULL; END $$`)
	s.exec(`CREATE ` + kind + ` broken AFTER INSERT OR UPDATE ON operations ` + when +
		` FOR EACH ROW EXECUTE FUNCTION broken()`)
	return func() { s.exec(`DROP FUNCTION broken() CASCADE`) }
}
