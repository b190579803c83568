package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
)

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
