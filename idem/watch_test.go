package idem

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

type waitJournal struct {
	journal.Journal // hides the other methods of a journal.Memory
	memory          *journal.Memory
	loads           atomic.Int64
	waits           atomic.Int64
	wait            func(ctx context.Context, id string, version int64) error
}

func newWaitJournal() *waitJournal {
	m := journal.NewMemory()
	return &waitJournal{Journal: m, memory: m, wait: m.Wait}
}

func (j *waitJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	j.loads.Add(1)
	return j.Journal.Load(ctx, id)
}

func (j *waitJournal) Wait(ctx context.Context, id string, version int64) error {
	j.waits.Add(1)
	return j.wait(ctx, id, version)
}

type polledJournal struct{ journal.Journal }

const heardAtOnce = 10 * time.Millisecond

// second makes a call with the ref while another one waits for its answer, and
// returns how long after the other it ended.
func second(t *testing.T, w *world, in Call) (Result, time.Duration) {
	t.Helper()
	var firstEnded time.Time
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.do(in)
		firstEnded = time.Now()
	}()
	time.Sleep(100 * time.Millisecond)
	r := w.do(in)
	ended := time.Now()
	<-done
	return r, ended.Sub(firstEnded)
}

func TestWatch_ASecondCallerGetsTheResultAtOnce(t *testing.T) {
	for _, took := range []time.Duration{200 * time.Millisecond, 7*time.Second + 3*time.Millisecond} {
		j := newWaitJournal()
		inWorld(t, answersAfter(took), func(t *testing.T, w *world) {
			r, later := second(t, w, withRef(Keyed))
			require.NoError(t, r.Err)
			assert.True(t, r.FromJournal)
			assert.LessOrEqual(t, later, heardAtOnce)
			assert.EqualValues(t, 1, w.hits.Load())
		}, func(c *Config) { c.Journal = j })
	}
}

func TestWatch_AJournalThatCannotWaitIsPolled(t *testing.T) {
	inWorld(t, answersAfter(2*time.Second), func(t *testing.T, w *world) {
		r, later := second(t, w, withRef(Keyed))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.LessOrEqual(t, later, lastPollPause)
	}, func(c *Config) { c.Journal = polledJournal{journal.NewMemory()} })
}

// A Wait that is of no use costs no more than polling.
func TestWatch_AWaitOfNoUseIsHarmless(t *testing.T) {
	for name, row := range map[string]struct {
		wait  func(release chan struct{}) func(context.Context, string, int64) error
		later time.Duration
		waits int64
	}{
		"errs": {wait: func(chan struct{}) func(context.Context, string, int64) error {
			return func(context.Context, string, int64) error { return errDisk }
		}, later: lastPollPause, waits: 40},
		"returns for no reason": {wait: func(chan struct{}) func(context.Context, string, int64) error {
			return func(context.Context, string, int64) error { return nil }
		}, later: lastPollPause, waits: 40},
		"panics": {wait: func(chan struct{}) func(context.Context, string, int64) error {
			return func(context.Context, string, int64) error { panic("no session") }
		}, later: lastPollPause, waits: 40},
		"misses the notification": {wait: func(chan struct{}) func(context.Context, string, int64) error {
			return func(ctx context.Context, _ string, _ int64) error {
				<-ctx.Done()
				return ctx.Err()
			}
		}, later: maxJournalWait, waits: 40},
		"hangs": {wait: func(release chan struct{}) func(context.Context, string, int64) error {
			return func(context.Context, string, int64) error {
				<-release
				return nil
			}
		}, later: maxJournalWait, waits: 1},
	} {
		t.Run(name, func(t *testing.T) {
			j := newWaitJournal()
			inWorld(t, answersAfter(8*time.Second), func(t *testing.T, w *world) {
				release := make(chan struct{})
				j.wait = row.wait(release)
				r, later := second(t, w, withRef(Keyed))
				require.NoError(t, r.Err)
				assert.True(t, r.FromJournal)
				assert.LessOrEqual(t, later, row.later+2*waitGrace)
				assert.Less(t, j.loads.Load(), int64(40))
				assert.LessOrEqual(t, j.waits.Load(), row.waits)
				close(release)
				time.Sleep(time.Second)
			}, func(c *Config) { c.Journal = j })
		})
	}
}

func TestWatch_TheLeaseOfADeadOwnerEnds(t *testing.T) {
	for name, j := range map[string]journal.Journal{"waits": journal.NewMemory(), "polled": polledJournal{journal.NewMemory()}} {
		t.Run(name, worldTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
			in := withRef(Keyed)
			dead := w.engine.newOperation(t.Context(), &in)
			claimed, err := dead.tryClaim(entry{}, dead.intent())
			require.NoError(t, err)
			require.True(t, claimed)
			began := time.Now()
			require.NoError(t, w.do(in).Err)
			assert.GreaterOrEqual(t, time.Since(began), lease)
			assert.Less(t, time.Since(began), lease+2*firstPollPause)
		}, func(c *Config) { c.Journal = j }))
	}
}

// Callers that wait for one record share its reading.
func TestWatch_ThreeHundredCallersReadOnce(t *testing.T) {
	const callers = 300
	for name, waits := range map[string]bool{"waits": true, "polled": false} {
		t.Run(name, func(t *testing.T) {
			j := newWaitJournal()
			var store journal.Journal = j
			if !waits {
				j.wait = func(context.Context, string, int64) error { return errDisk }
			}
			inWorld(t, answersAfter(8*time.Second), func(t *testing.T, w *world) {
				var all sync.WaitGroup
				var replayed atomic.Int64
				for range callers {
					all.Go(func() {
						r := w.do(withRef(Keyed))
						assert.NoError(t, r.Err)
						if r.FromJournal {
							replayed.Add(1)
							r.Response.Header.Set("X-Mine", "1") // a caller's to change
							r.Response.Body[0] = ' '
						}
					})
				}
				all.Wait()
				assert.EqualValues(t, callers-1, replayed.Load())
				assert.EqualValues(t, 1, w.hits.Load())
				assert.Less(t, j.loads.Load(), int64(callers+30), "one each to find it, and then one for all")
				assert.Empty(t, w.engine.sealed.watches.byID)
			}, func(c *Config) { c.Journal = store })
		})
	}
}

func TestWatch_ACallerThatLeavesEndsItsOwnWaitAlone(t *testing.T) {
	j := newWaitJournal()
	inWorld(t, answersAfter(5*time.Second), func(t *testing.T, w *world) {
		go w.do(withRef(Keyed))
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		left := make(chan Result)
		go func() { left <- w.engine.Do(ctx, withRef(Keyed)) }()
		stays := w.do(withRef(Keyed))
		require.NoError(t, stays.Err)
		r := <-left
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		assert.NoError(t, r.RecordErr, "the journal did not fail")
		assert.ErrorContains(t, r.Err, wordsNothingSent)
	}, func(c *Config) { c.Journal = j })
}

func TestWatch_AFailureIsEachCallers(t *testing.T) {
	j := newWaitJournal()
	var broken atomic.Bool
	inWorld(t, answersAfter(5*time.Second), func(t *testing.T, w *world) {
		go w.do(withRef(Keyed))
		time.Sleep(time.Second)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { assert.PanicsWithValue(t, "no page", func() { w.do(withRef(Keyed)) }) })
		}
		time.Sleep(100 * time.Millisecond)
		broken.Store(true)
		all.Wait()
		broken.Store(false)
		require.NoError(t, w.do(withRef(Keyed)).Err)
	}, func(c *Config) { c.Journal = &panickyReads{waitJournal: j, broken: &broken} })
}

type panickyReads struct {
	*waitJournal
	broken *atomic.Bool
}

func (j *panickyReads) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if j.broken.Load() {
		panic("no page")
	}
	return j.waitJournal.Load(ctx, id)
}
