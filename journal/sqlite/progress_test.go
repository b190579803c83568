package sqlite

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// An update writes the fields that change within a generation, and all of the
// next one.
func TestSavesAsTheMemoryJournalDoes(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "j.db"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, j.Close()) }()
	m, random := journal.NewMemory(), rand.New(rand.NewPCG(1, 2))
	cur := map[string]journal.Record{}
	for i := range 300 {
		id := []string{"ref:a", "ref:b", "ref:c"}[random.IntN(3)]
		rec := cur[id]
		if rec.ID == "" || random.IntN(4) == 0 { // next generation
			rec.ID, rec.Operation, rec.Key = id, []string{"x", "y"}[random.IntN(2)], time.Now().String()
			rec.Generation++
			rec.Scope, rec.Since = time.Now().String(), time.Now().UTC().Truncate(time.Microsecond)
			rec.Reserved = random.IntN(2) == 0
		} else if rec.Reserved && random.IntN(2) == 0 {
			rec.Reserved, rec.Since = false, time.Now().UTC().Truncate(time.Microsecond)
		}
		rec.Outcome, rec.Owner, rec.Sealed = journal.Outcome(random.IntN(4)), time.Now().String(), []byte{byte(i)}
		if random.IntN(5) == 0 {
			rec.Version += int64(random.IntN(3)) - 1
		}
		a, err := j.Save(t.Context(), rec)
		require.NoError(t, err)
		b, err := m.Save(t.Context(), rec)
		require.NoError(t, err)
		require.Equal(t, b, a)
		x, okx, err := j.Load(t.Context(), id)
		require.NoError(t, err)
		y, oky, err := m.Load(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, oky, okx)
		x.Lease, y.Lease, x.Age, y.Age = 0, 0, 0, 0
		assert.Equal(t, y, x)
		if okx {
			cur[id] = x
		} else {
			delete(cur, id)
		}
	}
}
