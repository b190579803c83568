package sqlite_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Callers that write again as soon as they get a result share each commit: none
// has its own while the others wait.
func TestGather_CallersThatWereAnsweredShareTheNextCommit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // which of them are about to write is then certain
	const callers, rounds = 16, 32
	j := openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	commits := j.CountCommits()
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for round := range rounds {
				_, err := j.Save(t.Context(), record(fmt.Sprint(caller, " ", round)))
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	assert.Less(t, commits(), rounds*2, "of %d writes", callers*rounds)
	require.NoError(t, j.Close())
}
