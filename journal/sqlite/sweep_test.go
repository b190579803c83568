package sqlite_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func fill(tb testing.TB, path string, n int, age time.Duration) {
	tb.Helper()
	at := time.Now().Add(-age).UnixMicro()
	db := tool(tb, path)
	_, err := db.ExecContext(tb.Context(), `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
		INSERT INTO operations (id, version, generation, operation, key, since, owner, lease_until, reserved, outcome,
			resource, scope, sealed, settled)
		SELECT 'ref:old ' || i, 2, 1, 'book', 'key ' || i, ?2, '', ?2, 0, 'done', '',
			CASE i % 2 WHEN 0 THEN 'ada/yoga' ELSE '' END, zeroblob(300), ?2 + i FROM n`, n, at)
	require.NoError(tb, err)
}

// eventually waits for a sweep. On a slow machine one may give up, and the next
// one comes minutes later.
func eventually(t *testing.T, j *sqlite.Journal, want int) {
	t.Helper()
	require.Eventually(t, func() bool { return j.Count(t) == want }, 8*time.Minute, 20*time.Millisecond)
}

func TestJ10_OldRecordsAreRemovedAtOpenWithoutAWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, openJournal(t, path).Close())
	fill(t, path, 2*sqlite.Examined+100, 2*time.Hour)
	j := openJournal(t, path, sqlite.WithRetention(time.Hour))
	eventually(t, j, 0)
}

func TestJ10_OldRecordsAreRemovedInAnIdleProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := newJournal(t, sqlite.WithRetention(2*time.Hour))
		rec := record("1")
		rec.Outcome = journal.OutcomeDone
		save(t, j, rec)
		save(t, j, record("open"))
		time.Sleep(2*time.Hour - time.Minute)
		assert.Equal(t, 2, j.Count(t))
		time.Sleep(4 * time.Minute)
		assert.Equal(t, 1, j.Count(t))
	})
}

// Kept records do not hide the following ones.
func TestJ10_KeptRecordsArePassedOver(t *testing.T) {
	j, path := newJournal(t)
	open := record("open")
	open.Since, open.Scope = time.Now().Add(-2*time.Hour), "ada/pilates"
	save(t, j, open)
	require.NoError(t, j.Close())
	const n = 3*sqlite.Examined + 10
	fill(t, path, n, 2*time.Hour)
	j = openJournal(t, path, sqlite.WithRetention(time.Hour))
	eventually(t, j, 1+n/2)
	assert.True(t, has(t, j, "ref:old 0"))
	assert.False(t, has(t, j, "ref:old 1"))
}

func TestJ10_CallersWriteWhileOldRecordsAreRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, openJournal(t, path).Close())
	fill(t, path, 1000, 2*time.Hour)
	j := openJournal(t, path, sqlite.WithRetention(time.Hour))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 10 {
				save(t, j, record(fmt.Sprint(i, " ", k)))
			}
		})
	}
	wg.Wait()
	eventually(t, j, 80)
}

type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

func TestJ10_AFailedRemovalIsReported(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journal.db")
	require.NoError(t, openJournal(t, path).Close())
	fill(t, path, 3, 2*time.Hour)
	_, err := tool(t, path).Exec(`CREATE TRIGGER kept BEFORE DELETE ON operations BEGIN SELECT RAISE(ABORT, 'kept'); END`)
	require.NoError(t, err)
	var log lockedBuffer
	failures := make(chan error, 8)
	j := openJournal(t, path, sqlite.WithRetention(time.Hour),
		sqlite.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
		sqlite.WithErrorHandler(func(err error) { failures <- err }))
	err = <-failures
	var cause *journal.Error
	require.ErrorAs(t, err, &cause)
	assert.Contains(t, cause.Code, "SQLITE_CONSTRAINT")
	assert.Contains(t, log.String(), "level=ERROR")
	assert.Contains(t, log.String(), "old records could not be removed")
	assert.NotContains(t, log.String(), dir)
	save(t, j, record("calls go on"))
}
