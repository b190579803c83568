package postgres

import (
	"context"
	"flag"
	"fmt"
	"strings"
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

// BenchmarkRecover is a full Recover of open records past their window;
// -open-records sets how many, -recovery-processes by how many processes.
func BenchmarkRecover(b *testing.B) {
	durabletest.MeasureRecovery(b, durabletest.Recoverable{
		Make: func(b *testing.B) string {
			b.Helper()
			s := newStore(b).with(fmt.Sprintf("pool_max_conns=%d", *conns))
			return s.schema + "@" + s.dsn
		},
		Open: func(b *testing.B, place string) journal.Journal {
			b.Helper()
			schema, dsn, _ := strings.Cut(place, "@")
			j, err := Open(context.Background(), dsn, WithSchema(schema))
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, j.Close()) })
			return j
		},
	})
}

// BenchmarkSizes measures a journal that holds many records; -records is how
// many.
func BenchmarkSizes(b *testing.B) {
	durabletest.MeasureSizes(b, func(b *testing.B) durabletest.Sized {
		b.Helper()
		s := newStore(b)
		j := s.open()
		return durabletest.Sized{
			Journal: j,
			Bytes:   func() int64 { return ask[int64](s, `SELECT pg_total_relation_size('operations')`) },
			Expire: func() {
				s.exec(`UPDATE {}.operations SET settled_at = settled_at - interval '40 days' WHERE settled_at IS NOT NULL`)
				conn := s.connect()
				_, err := conn.Exec(b.Context(), `VACUUM ANALYZE operations`) // as autovacuum would, in time
				require.NoError(b, err)
				require.NoError(b, conn.Close(b.Context()))
			},
			Sweep: func() error {
				_, err := j.sweeper.remove(context.Background())
				return err
			},
		}
	})
}
