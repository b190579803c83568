package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func waitFor(j *Journal, id string, version int64) <-chan error {
	over := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	go func() {
		defer cancel()
		err := j.Wait(ctx, id, version)
		if err == nil {
			err = ctx.Err() // it waited until the end
		}
		over <- err
	}()
	return over
}

// awaits waits until the journal has locked a record that its callers wait for.
func (j *Journal) awaits(t *testing.T, id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		j.waiters.mu.Lock()
		defer j.waiters.mu.Unlock()
		r := j.waiters.records[id]
		return r != nil && r.locked
	}, 10*time.Second, 5*time.Millisecond)
}

func TestWaitReturnsWhenAnotherProcessHasWritten(t *testing.T) {
	s := newStore(t)
	writer, other := s.open(), s.open()
	rec := save(t, writer, order("ref:1"))
	over := waitFor(other, rec.ID, rec.Version)
	other.awaits(t, rec.ID)
	assert.Empty(t, over, "nothing was written")
	// Only writes of awaited records are announced.
	heard := s.listen()
	save(t, writer, order("ref:2"))
	second := save(t, writer, rec)
	require.NoError(t, <-over)
	assert.Equal(t, ask[string](s, `SELECT hashtext($1) || ' 2'`, rec.ID), heard())
	require.NoError(t, <-waitFor(other, rec.ID, rec.Version), "it has another version already")
	require.NoError(t, <-waitFor(other, "ref:not there", 3), "a record that was removed has version 0")

	over = waitFor(other, rec.ID, second.Version)
	other.awaits(t, rec.ID)
	second.Generation++
	third := save(t, writer, second)
	require.NoError(t, <-over)
	assert.Equal(t, ask[string](s, `SELECT hashtext($1) || ' 3'`, rec.ID), heard(), "also the next operation of the name")

	other.waiters.awaitNone(t)
	save(t, writer, third)
	s.exec(`SELECT pg_notify($1, 'the next')`, channelOf(s.schema))
	assert.Equal(t, "the next", heard(), "nobody waits any more")
}

func (s store) listen() (next func() string) {
	conn := s.connect()
	s.t.Cleanup(func() { require.NoError(s.t, conn.Close(context.Background())) })
	_, err := conn.Exec(context.Background(), `LISTEN `+quote(channelOf(s.schema)))
	require.NoError(s.t, err)
	return func() string {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		n, err := conn.WaitForNotification(ctx)
		require.NoError(s.t, err)
		return n.Payload
	}
}

func (w *waiters) awaitNone(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.records) == 0 && len(w.unlock) == 0
	}, 10*time.Second, 5*time.Millisecond)
}

// 300 callers of a ref, in three processes: one of them works on it.
func TestManyWhoWaitCostFewTransactions(t *testing.T) {
	const callers, processes = 300, 3
	s := newStore(t)
	writer := s.open()
	rec := save(t, writer, order("ref:1"))
	var others []*Journal
	for range processes {
		others = append(others, s.open())
	}
	before := s.transactions()
	var wg sync.WaitGroup
	for i := range callers {
		over := waitFor(others[i%processes], rec.ID, rec.Version)
		wg.Go(func() { assert.NoError(t, <-over) })
	}
	for _, j := range others {
		j.awaits(t, rec.ID)
	}
	save(t, writer, rec)
	wg.Wait()
	assert.Less(t, s.transactions()-before, 100)
}

func (s store) transactions() int {
	s.exec(`SELECT pg_stat_force_next_flush()`)
	return ask[int](s, `SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()`)
}

func TestTheEndOfWaiting(t *testing.T) {
	s := newStore(t)
	j := s.open()
	rec := save(t, j, order("ref:1"))
	t.Run("a context that is over", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		require.NoError(t, j.Wait(ctx, rec.ID, rec.Version))
	})
	t.Run("a write in this process", func(t *testing.T) {
		over := waitFor(j, rec.ID, rec.Version)
		j.awaits(t, rec.ID)
		rec = save(t, j, rec)
		require.NoError(t, <-over)
	})
	t.Run("the session ends", func(t *testing.T) {
		over := waitFor(j, rec.ID, rec.Version)
		j.awaits(t, rec.ID)
		s.exec(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::bigint`,
			int64(uint32(lockClass(s.schema))))
		require.Equal(t, errCannotWait, <-over, "the caller polls")
		require.Equal(t, errCannotWait, <-waitFor(j, rec.ID, rec.Version), "for a while")
	})
	t.Run("too many", func(t *testing.T) {
		other := s.open()
		var all []<-chan error
		for i := range maxAwaited {
			all = append(all, waitFor(other, fmt.Sprint("ref:none ", i), 0))
		}
		require.Eventually(t, func() bool { return other.waiters.count.Load() == maxAwaited }, 10*time.Second, 5*time.Millisecond)
		require.Equal(t, errCannotWait, <-waitFor(other, "ref:one more", 0))
		require.NoError(t, other.Close())
		for _, over := range all {
			require.ErrorIs(t, <-over, journal.CauseClosed)
		}
		require.ErrorIs(t, other.Wait(context.Background(), "ref:1", 0), journal.CauseClosed)
	})
}

// An active writer keeps the lock, so that a caller that comes meanwhile cannot
// have it. The new version is found all the same.
func TestAWaiterThatComesDuringTheWriteIsWoken(t *testing.T) {
	s := newStore(t)
	writer, other := s.open(), s.open()
	rec := save(t, writer, order("ref:1"))
	tx := s.locks(writer.sql.update, progress(rec)...)
	over := waitFor(other, rec.ID, rec.Version)
	require.Eventually(t, func() bool {
		other.waiters.mu.Lock()
		defer other.waiters.mu.Unlock()
		r := other.waiters.records[rec.ID]
		return r != nil && r.checked && !r.locked
	}, 10*time.Second, 5*time.Millisecond)
	assert.Empty(t, over)
	require.NoError(t, tx.Commit(context.Background()))
	require.NoError(t, <-over)
}

func TestTheListenersSessionEndsWithItsLastWaiter(t *testing.T) {
	w := &waiters{records: map[string]*awaited{"ref:1": {}}}
	l := &listener{waiters: w, idleSince: time.Now().Add(-time.Hour)}
	assert.False(t, l.isIdle(), "one waits")
	delete(w.records, "ref:1")
	assert.False(t, l.isIdle(), "one has just waited")
	l.idleSince = time.Now().Add(-listenIdle)
	assert.True(t, l.isIdle())
}

// BenchmarkSecondCaller measures how much later than the writer another process
// notices a write.
func BenchmarkSecondCaller(b *testing.B) {
	s := newStore(b)
	writer, other := s.open(), s.open()
	rec := order("ref:1")
	write := func() {
		ok, err := writer.Save(context.Background(), rec)
		require.NoError(b, err)
		require.True(b, ok)
		rec.Version++
	}
	write()
	var late time.Duration
	for b.Loop() {
		over := waitFor(other, rec.ID, rec.Version)
		for locked := false; !locked; {
			other.waiters.mu.Lock()
			r := other.waiters.records[rec.ID]
			locked = r != nil && r.locked
			other.waiters.mu.Unlock()
			time.Sleep(100 * time.Microsecond)
		}
		write()
		saved := time.Now()
		require.NoError(b, <-over)
		late += time.Since(saved)
	}
	b.ReportMetric(float64(late.Microseconds())/float64(b.N)/1000, "ms-later")
}
