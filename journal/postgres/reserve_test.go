package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func (s store) begin(options pgx.TxOptions) pgx.Tx {
	s.t.Helper()
	conn, err := pgx.Connect(context.Background(), s.dsn)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, conn.Close(context.Background())) })
	tx, err := conn.BeginTx(context.Background(), options)
	require.NoError(s.t, err)
	return tx
}

// locks holds the rows that a statement locks.
func (s store) locks(sql string, args ...any) pgx.Tx {
	s.t.Helper()
	tx := s.begin(pgx.TxOptions{})
	_, err := tx.Exec(context.Background(), expand(sql, s.schema), args...)
	require.NoError(s.t, err)
	return tx
}

func reservation(id string) journal.Record {
	rec := orphan(id)
	rec.Reserved = true
	return rec
}

func TestJ4_AReservedRefLeavesTheTransactionUsable(t *testing.T) {
	s := newStore(t)
	j := s.open()
	there := save(t, j, order("ref:1"))
	tx := s.begin(pgx.TxOptions{})
	stored, reserved, err := j.InTx(tx).Reserve(t.Context(), reservation("ref:1"))
	require.NoError(t, err)
	assert.False(t, reserved)
	assert.Equal(t, there.Owner, stored.Owner)
	assert.Positive(t, stored.Lease)
	_, reserved, err = j.InTx(tx).Reserve(t.Context(), reservation("ref:2"))
	require.NoError(t, err)
	assert.True(t, reserved)
	_, reserved, err = j.InTx(tx).Reserve(t.Context(), reservation("ref:2"))
	require.NoError(t, err)
	assert.False(t, reserved, "by the transaction itself")
	require.NoError(t, tx.Commit(t.Context()))
	assert.Equal(t, 2, ask[int](s, count))
}

func TestJ4_AReservationDependsOnNoSettingOfTheSession(t *testing.T) {
	for name, set := range map[string]string{
		"another search_path":                  `SET search_path TO shadow`,
		"functions and types of the same name": `SET search_path TO shadow, pg_catalog`,
		"commits that are not waited for":      `SET synchronous_commit = off`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			j := s.open()
			s.shadow()
			tx := s.begin(pgx.TxOptions{})
			for _, sql := range []string{set, `SET LOCAL TimeZone = 'Asia/Kathmandu'`, `SET LOCAL DateStyle = 'German'`} {
				_, err := tx.Exec(t.Context(), sql)
				require.NoError(t, err)
			}
			rec := reservation("ref:1")
			_, reserved, err := j.InTx(tx).Reserve(t.Context(), rec)
			require.NoError(t, err)
			require.True(t, reserved)
			require.NoError(t, tx.Commit(t.Context()))
			loaded, _, err := j.Load(t.Context(), "ref:1")
			require.NoError(t, err)
			assert.WithinDuration(t, rec.Since, loaded.Since, time.Microsecond)
			assert.Less(t, loaded.Age, time.Minute)
			adopted, err := j.Adopt(t.Context(), "new", time.Minute, journal.Filter{})
			require.NoError(t, err)
			assert.Len(t, adopted, 1)
		})
	}
}

func (s store) shadow() {
	s.t.Helper()
	s.exec(`DROP SCHEMA IF EXISTS shadow CASCADE`)
	s.exec(`CREATE SCHEMA shadow`)
	s.t.Cleanup(func() { s.exec(`DROP SCHEMA shadow CASCADE`) })
	for _, sql := range []string{
		`CREATE FUNCTION shadow.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2001-01-01'::timestamptz $$`,
		`CREATE FUNCTION shadow.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2001-01-01'::timestamptz $$`,
		`CREATE FUNCTION shadow.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2001-01-01'::timestamptz $$`,
		`CREATE FUNCTION shadow.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'off' $$`,
		`CREATE FUNCTION shadow.array_position(text[], text) RETURNS integer LANGUAGE sql AS $$ SELECT 1 / 0 $$`,
		`CREATE FUNCTION shadow.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT '' $$`,
		`CREATE DOMAIN shadow.text AS integer`,
		`CREATE DOMAIN shadow.timestamptz AS date`,
	} {
		s.exec(sql)
	}
}

// The search_path of a database or role must not replace the clock: leases
// would never end.
func TestJ8_ASearchPathReplacesNoFunction(t *testing.T) {
	s := newStore(t)
	s.shadow()
	worker := s.role("shadowed", `ALTER ROLE shadowed SUPERUSER`,
		`ALTER ROLE shadowed SET search_path TO shadow, pg_catalog`)
	j := worker.open()
	rec := save(t, j, order("ref:1"))
	s.pass(time.Minute)
	loaded, _, err := j.Load(t.Context(), rec.ID)
	require.NoError(t, err)
	assert.Negative(t, loaded.Lease)
	assert.InDelta(t, time.Minute, loaded.Age, float64(30*time.Second))
	adopted, err := j.Adopt(t.Context(), "new", 0, journal.Filter{})
	require.NoError(t, err)
	assert.Len(t, adopted, 1)
	_, err = j.Bind(t.Context(), nil, []byte("a"))
	require.NoError(t, err)
	_, err = j.Stats(t.Context())
	require.NoError(t, err)
	_, err = j.List(t.Context(), journal.Filter{OlderThan: time.Second})
	require.NoError(t, err)
	_, err = j.sweeper.remove(t.Context())
	require.NoError(t, err)
}

// In a snapshot, a ref that was recorded after it is a conflict as PostgreSQL
// defines it; before it, it is found.
func TestJ4_AReservationInASnapshotIsSerialized(t *testing.T) {
	for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
		t.Run(string(level), func(t *testing.T) {
			s := newStore(t)
			j := s.open()
			save(t, j, order("ref:before"))
			tx := s.begin(pgx.TxOptions{IsoLevel: level})
			_, err := tx.Exec(t.Context(), `SELECT`)
			require.NoError(t, err)
			_, reserved, err := j.InTx(tx).Reserve(t.Context(), reservation("ref:new"))
			require.NoError(t, err)
			require.True(t, reserved)
			_, reserved, err = j.InTx(tx).Reserve(t.Context(), reservation("ref:before"))
			require.NoError(t, err)
			require.False(t, reserved)

			save(t, j, order("ref:after"))
			_, _, err = j.InTx(tx).Reserve(t.Context(), reservation("ref:after"))
			server := (*pgconn.PgError)(nil)
			require.ErrorAs(t, err, &server)
			assert.Equal(t, "40001", server.Code)
			require.ErrorIs(t, tx.Commit(t.Context()), pgx.ErrTxCommitRollback)
		})
	}
}

// A caller that makes the call inside its own open reservation would wait for
// itself.
func TestJ4_ACallInsideItsOwnReservationFailsSoon(t *testing.T) {
	s := newStore(t)
	j := s.open()
	tx := s.begin(pgx.TxOptions{})
	_, _, err := j.InTx(tx).Reserve(t.Context(), reservation("ref:1"))
	require.NoError(t, err)

	_, err = j.Save(t.Context(), order("ref:1")) // returns, although tx does not end
	require.EqualError(t, err, "postgres journal: save: locked (SQLSTATE 55P03)")
	require.ErrorIs(t, err, journal.ErrNotCommitted)
	require.ErrorIs(t, err, journal.CauseLocked)
	require.NoError(t, tx.Commit(t.Context()))
	ok, err := j.Save(t.Context(), order("ref:1"))
	require.NoError(t, err)
	assert.False(t, ok)
	assert.Equal(t, "0", ask[string](s, `SHOW lock_timeout`))
}

// Ordinary contention lasts for a commit: the second of two first calls waits
// for it. Writes of existing records wait as before: giving up would leave an
// outcome unrecorded. They see the latest version, even where the role's default
// is snapshots, in which they would fail.
func TestJ3_WritesWaitForOneAnother(t *testing.T) {
	for name, row := range map[string]struct {
		there   bool
		hold    string
		setting string // of the session
	}{
		"two first calls": {hold: `INSERT INTO {}.operations SELECT 'ref:1', 1, 1, '', '', 'now', now(), '', now(), 'unknown',
			null::text, null, '', false, null::timestamptz`},
		"a call and a recovery": {there: true, hold: `UPDATE {}.operations SET version = version + 1`},
		"whose role asks for snapshots": {
			there: true, hold: `UPDATE {}.operations SET version = version + 1`, setting: "default_transaction_isolation=serializable",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			j := s.with(row.setting).open()
			rec := order("ref:1")
			if row.there {
				rec = save(t, j, rec)
			}
			tx := s.locks(row.hold)
			type result struct {
				ok  bool
				err error
			}
			saved := make(chan result)
			go func() {
				ok, err := j.Save(t.Context(), rec)
				for errors.Is(err, journal.CauseLocked) { // the machine is slow
					ok, err = j.Save(t.Context(), rec)
				}
				saved <- result{ok, err}
			}()
			waiting := `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%')`
			for !ask[bool](s, waiting, s.schema) && len(saved) == 0 {
				time.Sleep(time.Millisecond)
			}
			if row.there {
				time.Sleep(time.Second) // longer than an insert waits
			}
			require.NoError(t, tx.Commit(t.Context()))
			assert.Equal(t, result{false, nil}, <-saved)
		})
	}
}
