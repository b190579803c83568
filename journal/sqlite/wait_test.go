package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

func TestJ1_EachWriteWaitsFiveSecondsForOtherProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, path := newJournal(t)
		time.Sleep(time.Second) // the first sweep has ended
		unlock := locked(t, path)
		var wg sync.WaitGroup
		write := func(id string, limit, want time.Duration, cause journal.Cause) {
			wg.Go(func() {
				ctx := t.Context()
				if limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, limit)
					defer cancel()
				}
				begun := time.Now()
				_, err := j.Save(ctx, record(id))
				require.ErrorIs(t, err, journal.ErrNotCommitted)
				require.ErrorIs(t, err, cause)
				assert.Equal(t, limit > 0, ctx.Err() != nil)
				assert.InDelta(t, want.Seconds(), time.Since(begun).Seconds(), 0.01, id)
			})
		}
		for i := range 4 { // each batch waits for the one before
			write(fmt.Sprint(i), 0, sqlite.MaxElapsedTime, journal.CauseLocked)
			// Not at the moment of a try, which leaves its writes in doubt.
			limit := 700*time.Millisecond + 50*time.Microsecond
			write(fmt.Sprint("limited ", i), limit, limit, journal.CauseTimeout)
			time.Sleep(900 * time.Millisecond)
		}
		wg.Wait()
		for i := range 4 {
			assert.False(t, has(t, j, fmt.Sprint("ref:", i)), "reading goes on")
		}
		wg.Go(func() { save(t, j, record("after")) })
		time.Sleep(time.Second)
		unlock()
		wg.Wait()
	})
}

func TestJ1_AWriteDoesNotWaitLongForTheOnesBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := newJournal(t)
		time.Sleep(time.Second)
		resume := j.Hold() // a disk that does not answer
		var wg sync.WaitGroup
		wg.Go(func() { save(t, j, record("held")) })
		synctest.Wait()
		begun := time.Now()
		_, err := j.Save(t.Context(), record("waiting"))
		require.ErrorIs(t, err, journal.ErrNotCommitted)
		require.ErrorIs(t, err, journal.CauseTimeout)
		assert.Equal(t, sqlite.MaxElapsedTime, time.Since(begun))
		resume()
		wg.Wait()
		assert.False(t, has(t, j, "ref:waiting"))
	})
}

func TestWait_NoticesAnotherJournalsWriteWithinTenMilliseconds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	synctest.Test(t, func(t *testing.T) {
		here, there := openJournal(t, path), openJournal(t, path)
		save(t, here, record("1"))
		for range 300 {
			go func() { assert.NoError(t, there.Wait(t.Context(), "ref:1", 1)) }()
		}
		rec := record("1")
		rec.Version = 1
		ended := make(chan time.Time)
		go func() {
			assert.NoError(t, there.Wait(t.Context(), "ref:1", 1))
			ended <- time.Now()
		}()
		time.Sleep(time.Second)
		save(t, here, rec)
		begun := time.Now()
		assert.LessOrEqual(t, (<-ended).Sub(begun), 10*time.Millisecond)
	})
}

// waits calls Wait until it fails: the write before may wake it, too.
func waits(t *testing.T, j *sqlite.Journal) (ended chan error) {
	t.Helper()
	save(t, j, record("1"))
	ended = make(chan error)
	go func() {
		var err error
		for err == nil {
			err = j.Wait(t.Context(), "ref:1", 1)
		}
		ended <- err
	}()
	return ended
}

func TestWait_EndsWhenTheJournalCloses(t *testing.T) {
	j, _ := newJournal(t)
	ended := waits(t, j)
	require.NoError(t, j.Close())
	require.ErrorIs(t, <-ended, journal.CauseClosed)
	require.ErrorIs(t, j.Wait(t.Context(), "ref:1", 1), journal.CauseClosed)
}

func TestJ13_WaitingEndsWhenTheFileIsReplaced(t *testing.T) {
	j, path := newJournal(t)
	ended := waits(t, j)
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, <-ended, journal.CauseReplaced)
}

// Callers that write again as soon as they get a result share each commit: none
// has its own while the others wait.
func TestGather_CallersThatWereAnsweredShareTheNextCommit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // which of them are about to write is then certain
	const callers, rounds = 16, 32
	j, _ := newJournal(t)
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
}

// R39: the engine requires that a Save whose commit hangs returns with its
// context.
func TestR39_ASaveReturnsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := newJournal(t)
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
	})
}
