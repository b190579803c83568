package seen

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSet_FindsEachStringAgainInMemoryAndInAFile(t *testing.T) {
	var s Set
	defer func() { assert.NoError(t, s.Close()) }()
	const n = memoryPages*perPage/2 + 10_000 // beyond what is in memory
	for i := range n {
		first, err := s.Add(fmt.Sprintf("order-%d", i), int64(i+1))
		require.NoError(t, err)
		require.Zero(t, first)
	}
	assert.Nil(t, s.table.memory)
	assert.NotNil(t, s.table.file)
	for i := range n {
		first, err := s.Add(fmt.Sprintf("order-%d", i), n+1)
		require.NoError(t, err)
		require.Equal(t, int64(i+1), first)
	}
	assert.Equal(t, n, s.count)
}

func TestSet_AFileThatFailsIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	var s Set
	_, err := s.Add("order-0", 1)
	require.NoError(t, err)
	s.table.open(2 * memoryPages)
	_, err = s.Add("order-1", 1)
	assert.Error(t, err)
}

func BenchmarkSet(b *testing.B) {
	var s Set
	defer func() { _ = s.Close() }()
	refs := make([]string, b.N)
	for i := range refs {
		refs[i] = fmt.Sprintf("order-%d", i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i, ref := range refs {
		if _, err := s.Add(ref, int64(i+1)); err != nil {
			b.Fatal(err)
		}
	}
}
