package postgres

import (
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// inDatabase is a store in a new database, with settings of its own.
func inDatabase(t *testing.T, name, options string, settings ...string) store {
	t.Helper()
	admin := newStore(t)
	admin.exec(`DROP DATABASE IF EXISTS ` + name)
	admin.exec(`CREATE DATABASE ` + name + ` TEMPLATE template0 ` + options)
	t.Cleanup(func() { admin.exec(`DROP DATABASE ` + name + ` WITH (FORCE)`) })
	for _, setting := range settings {
		admin.exec(`ALTER DATABASE ` + name + ` SET ` + setting)
	}
	u, err := url.Parse(admin.dsn)
	require.NoError(t, err)
	u.Path = "/" + name
	return storeOn(t, u.String())
}

// A server's sessions have the encoding of their database by default.
func TestJ2_ADatabaseMayHaveAnotherEncoding(t *testing.T) {
	for name, options := range map[string]string{
		"ascii":  `ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`,
		"latin1": `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
	} {
		t.Run(name, func(t *testing.T) {
			s := inDatabase(t, name, options)
			j := s.open()
			saved, err := j.Save(t.Context(), reservation("ref:Größe"))
			require.NoError(t, err)
			require.True(t, saved)
			all, err := j.List(t.Context(), journal.Filter{})
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, "ref:Größe", all[0].ID)
			require.NoError(t, Migrate(t.Context(), s.dsn, WithSchema(s.schema)))
			_, err = Check(t.Context(), s.dsn, WithSchema(s.schema))
			require.NoError(t, err)
			pool, err := pgxpool.New(t.Context(), s.dsn)
			require.NoError(t, err)
			defer pool.Close()
			_, err = New(t.Context(), pool, WithSchema(s.schema))
			require.EqualError(t, err, "postgres journal: open: the sessions' client_encoding is not UTF8")
		})
	}
}

// As text, a result depends on the role's settings.
func TestJ17_ListingDependsOnNoSettingOfTheRole(t *testing.T) {
	for name, setting := range map[string]string{
		"dates":     `DateStyle = 'German, DMY'`,
		"intervals": `IntervalStyle = iso_8601`,
	} {
		t.Run(name, func(t *testing.T) {
			s := inDatabase(t, name, "", setting)
			j := s.open()
			_, err := j.Save(t.Context(), reservation("ref:1"))
			require.NoError(t, err)
			all, err := j.List(t.Context(), journal.Filter{OlderThan: -1, Operation: reservation("").Operation})
			require.NoError(t, err)
			assert.Len(t, all, 1)
		})
	}
}
