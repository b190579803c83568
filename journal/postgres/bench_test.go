package postgres

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
)

var conns = flag.Int("conns", 16, "connections in each pool of the benchmark")

// BenchmarkCalls compares durable calls with single inserts of as many bytes,
// over as many connections, whose commits PostgreSQL groups.
func BenchmarkCalls(b *testing.B) {
	pooled := fmt.Sprintf("pool_max_conns=%d", *conns)
	durabletest.Measure(b, durabletest.Measured{
		Open: func(b *testing.B) journal.Journal {
			b.Helper()
			return newStore(b).with(pooled).open()
		},
		Raw: func(b *testing.B, _ int) func(string, []byte) error {
			b.Helper()
			s := newStore(b)
			s.open() // makes the schema
			s.exec(`CREATE TABLE raw (id text PRIMARY KEY, sealed bytea NOT NULL)`)
			pool, err := pgxpool.New(context.Background(), s.with(pooled).dsn)
			require.NoError(b, err)
			b.Cleanup(pool.Close)
			insert := expand(`INSERT INTO {}.raw VALUES ($1, $2)`, s.schema)
			return func(id string, row []byte) error {
				_, err := pool.Exec(b.Context(), insert, id, row)
				return err
			}
		},
	})
}
