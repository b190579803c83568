package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// R39: the engine requires that a Save whose commit hangs returns with its
// context.
func TestR39_ASaveReturnsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		j := openJournal(t, path)
		require.True(t, j.IsPrompt())
		resume := j.Hold()
		for _, limit := range []time.Duration{time.Second, 3 * time.Second} { // in the commit, and before it
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			begun := time.Now()
			_, err := j.Save(ctx, record(limit.String()))
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, limit, time.Since(begun))
			assert.Equal(t, limit > time.Second, errors.Is(err, journal.ErrNotCommitted))
		}
		resume()
		require.NoError(t, j.Close())
	})
}
