package postgres

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// reader returns the store for a role that may read, and no more.
func (s store) reader() store {
	s.t.Helper()
	role := fmt.Sprintf("reader_%d", schemas.Add(1))
	return s.role(role,
		`GRANT USAGE ON SCHEMA {} TO `+role,
		`GRANT SELECT ON ALL TABLES IN SCHEMA {} TO `+role,
		`ALTER ROLE `+role+` SET default_transaction_read_only = on`)
}

// rows are all rows of the journal, as text.
func (s store) rows() string {
	s.t.Helper()
	return ask[string](s, `SELECT coalesce(string_agg(o::text, ' ' ORDER BY id), '')
		|| (SELECT coalesce(string_agg(b::text, ' '), '') FROM binding AS b) FROM operations AS o`)
}

func TestJ17_ReadOnlyNeedsSelectAlone(t *testing.T) {
	s := newStore(t)
	j := s.open()
	rec := order("ref:1")
	rec.Scope = "scope"
	save(t, j, rec)
	_, err := j.Bind(t.Context(), nil, []byte("account"))
	require.NoError(t, err)
	before := s.rows()
	r := s.reader()
	_, err = Open(t.Context(), r.dsn, WithSchema(s.schema))
	require.Error(t, err, "it cannot write")

	for name, reading := range map[string]*Journal{"Open": r.open(ReadOnly()), "New": r.borrowed(ReadOnly())} {
		t.Run(name, func(t *testing.T) {
			found, err := reading.List(t.Context(), journal.Filter{State: journal.StateOpen})
			require.NoError(t, err)
			assert.Len(t, found, 1)
			many, err := reading.LoadMany(t.Context(), []string{"ref:1"})
			require.NoError(t, err)
			assert.Len(t, many, 1)
			assert.True(t, has(t, reading, "ref:1"))
			stats, err := reading.Stats(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, stats.Pending[0].Open)
			near, err := reading.InScope(t.Context(), "scope", time.Time{}, time.Now().Add(time.Hour))
			require.NoError(t, err)
			assert.Len(t, near, 1)
			bound, err := reading.Bind(t.Context(), nil, nil)
			require.NoError(t, err)
			assert.Equal(t, "account", string(bound))
		})
	}
	assert.Equal(t, before, s.rows())
}

func TestJ17_ReadOnlyRefusesWrites(t *testing.T) {
	s := newStore(t)
	s.open()
	before := s.rows()
	j := s.open(ReadOnly()) // of a role that could
	refused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, journal.CauseReadOnly)
		require.ErrorIs(t, err, journal.ErrNotCommitted)
		require.EqualError(t, err, "postgres journal: the journal was opened for reading")
	}
	_, err := j.Save(t.Context(), order("ref:1"))
	refused(err)
	_, err = j.Adopt(t.Context(), "other", time.Second, journal.Filter{})
	refused(err)
	_, err = j.Bind(t.Context(), nil, []byte("other"))
	refused(err)
	tx := s.begin(pgx.TxOptions{})
	_, _, err = j.InTx(tx).Reserve(t.Context(), order("ref:1"))
	refused(err)
	require.NoError(t, tx.Rollback(t.Context()))
	_, err = j.pool.Exec(t.Context(), `DELETE FROM `+quote(s.schema, "operations"))
	require.Equal(t, readOnlyTransaction, stateOf(err), "the server refuses, too")
	assert.Equal(t, before, s.rows())
}

func TestJ17_ReadOnlyMakesNoSchema(t *testing.T) {
	s := newStore(t)
	_, err := Open(t.Context(), s.dsn, WithSchema(s.schema), ReadOnly())
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, "postgres journal: there is no journal in the schema")
	_, err = Check(t.Context(), s.dsn, WithSchema(s.schema))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.False(t, ask[bool](s, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, s.schema))
}

func TestJ17_ReadOnlyNamesAMissingRight(t *testing.T) {
	s := newStore(t)
	s.open()
	r := s.reader()
	s.exec(`REVOKE SELECT ON binding FROM PUBLIC, ` + fmt.Sprintf("reader_%d", schemas.Load()))
	for _, err := range []error{
		func() error { _, err := Open(t.Context(), r.dsn, WithSchema(s.schema), ReadOnly()); return err }(),
		func() error { _, err := Check(t.Context(), r.dsn, WithSchema(s.schema)); return err }(),
	} {
		require.ErrorIs(t, err, journal.CausePermission)
		require.EqualError(t, err, "postgres journal: the role lacks SELECT on binding")
	}
}

func TestCheck(t *testing.T) {
	for name, row := range map[string]struct {
		change   string
		problems []string
		err      error
	}{
		"a sound schema":   {"", nil, nil},
		"a missing index":  {`DROP INDEX operations_resource`, []string{"the index operations_resource is missing or not valid"}, journal.CauseCorrupt},
		"commits are lost": {`ALTER ROLE {role} SET synchronous_commit = off`, []string{ErrNotDurable.Error()}, ErrNotDurable},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.open()
			r := s.reader()
			if row.change != "" {
				s.exec(strings.ReplaceAll(row.change, "{role}", fmt.Sprintf("reader_%d", schemas.Load())))
			}
			h, err := Check(t.Context(), r.dsn, WithSchema(s.schema))
			require.ErrorIs(t, err, row.err)
			assert.Equal(t, Health{Version: 1, CompatibleFrom: 1, Latest: 1, Problems: row.problems}, h)
		})
	}
}

func TestCheck_RefusesALaterSchema(t *testing.T) {
	s := newStore(t)
	s.open()
	s.exec(`INSERT INTO migrations (version, compatible_from) VALUES (1000, 1000)`)
	h, err := Check(t.Context(), s.dsn, WithSchema(s.schema))
	require.ErrorContains(t, err, "needs a program that knows version 1000")
	assert.Equal(t, 1000, h.Version)
	_, err = Open(t.Context(), s.dsn, WithSchema(s.schema), ReadOnly())
	require.ErrorContains(t, err, "needs a program that knows version 1000")
}
