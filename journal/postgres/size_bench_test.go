package postgres

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
)

// BenchmarkSizes measures a journal that holds many records; -records says how
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
