package queue

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// TestTheDatabaseRefusesWritesOfAReadOnlyConsole: should the page write in answer
// to a GET, nothing is changed either.
func TestTheDatabaseRefusesWritesOfAReadOnlyConsole(t *testing.T) {
	dsn := pgtest.Start(t).DSN
	pool, err := pgxpool.New(t.Context(), dsn)
	require.NoError(t, err)
	defer pool.Close()
	_, err = pool.Exec(t.Context(), "CREATE TABLE river_job (id bigint)") // all that Open looks for
	require.NoError(t, err)
	for _, allowed := range []bool{false, true} {
		q, err := Open(t.Context(), dsn, allowed)
		require.NoError(t, err)
		_, err = q.pool.Exec(t.Context(), "DELETE FROM river_job")
		if allowed {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, "read-only transaction")
		}
		q.Close()
	}
}
