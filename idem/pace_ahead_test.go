package idem

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func numbered(i int) Call { return ofRef(post(Keyed), fmt.Sprintf("order-%d", i)) }

// A crash while calls wait for their turn must not leave them in doubt.
func TestR41_J1_TheIntentIsRecordedOnceTheTurnHasCome(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"a rate":        rateLimit(1 / 0.96),
		"MaxConcurrent": func(c *Config) { c.MaxConcurrent = 1 },
		"a limiter":     func(c *Config) { c.Limiter = everySecond{} },
	} {
		t.Run(name, func(t *testing.T) {
			j := journal.NewMemory()
			slow := func(rw http.ResponseWriter, r *http.Request) {
				time.Sleep(900 * time.Millisecond)
				says(200, `{"id":"x"}`)(rw, r)
			}
			inWorld(t, slow, func(t *testing.T, w *world) {
				var all sync.WaitGroup
				for i := range 20 {
					all.Go(func() {
						r := w.engine.Do(t.Context(), numbered(i))
						assert.NoError(t, r.Err)
						assert.Len(t, r.Attempts, 1)
					})
				}
				time.Sleep(5500 * time.Millisecond)
				synctest.Wait()
				records, err := j.List(t.Context(), journal.Filter{Limit: 100})
				require.NoError(t, err)
				assert.InDelta(t, w.hits.Load(), len(records), 1, "what waits is not recorded")
				assert.LessOrEqual(t, len(records), 8)
				all.Wait()
				assert.EqualValues(t, 20, w.hits.Load())
			}, change, func(c *Config) { c.Journal = j })
		})
	}
}

type everySecond struct{}

func (everySecond) Wait(ctx context.Context) error {
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestR41_J16_ACallThatIsCancelledBeforeItsTurnRecordsNothing(t *testing.T) {
	j := journal.NewMemory()
	evening := errors.New("the evening is over")
	inWorld(t, script(asksToWait(429, "30"), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		first := numbered(0)
		require.ErrorIs(t, w.engine.Do(t.Context(), atMost(1, first)).Err, ErrRateLimited)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(evening) })
		for i := range 2 { // a free ref, and a new one
			r := w.engine.Do(ctx, numbered(i))
			assert.Contains(t, []Outcome{OutcomeNotSent, OutcomeRejected}, r.Outcome)
			for _, want := range []error{context.Canceled, evening, ErrRateLimited} {
				require.ErrorIs(t, r.Err, want)
			}
			assert.InDelta(t, 25, r.RetryAfter.Seconds(), 0.2)
			assert.NoError(t, r.RecordErr)
		}
		records, err := j.List(t.Context(), journal.Filter{Limit: 100})
		require.NoError(t, err)
		require.Len(t, records, 1)
		assert.EqualValues(t, 2, records[0].Version, "as the first call has left it")
		require.NoError(t, w.engine.Do(t.Context(), numbered(0)).Err)
		require.NoError(t, w.engine.Do(t.Context(), numbered(1)).Err)
	}, func(c *Config) { c.Journal = j })
}

// Of callers with one ref each waits for a turn: those that find the operation
// claimed give it back, or its owner could not repeat it.
func TestR41_J3_ATurnThatIsNotNeededIsReturned(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, script(says(503, ""), says(503, ""), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		var all sync.WaitGroup
		hold := make(chan struct{})
		other := w.newEngine(func(c *Config) { c.Journal, c.MaxConcurrent = j, 1 })
		for i := range 10 {
			e := w.engine
			if i%2 == 0 {
				e = other
			}
			all.Go(func() {
				<-hold
				assert.NoError(t, e.Do(t.Context(), withRef(Keyed)).Err)
			})
		}
		close(hold)
		all.Wait()
		assert.EqualValues(t, 3, w.hits.Load())
		for _, e := range []*Engine{w.engine, other} {
			assert.True(t, e.pace.TryEnter(), "no turn is lost")
			e.pace.Leave(true)
		}
		other.CloseIdleConnections()
	}, func(c *Config) { c.Journal, c.MaxConcurrent = j, 1 })
}

func TestR41_J16_ATurnWithoutARecordIsReturned(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		start := time.Now()
		for i := range 10 {
			assert.ErrorIs(t, w.engine.Do(t.Context(), numbered(i)).Err, ErrJournal)
		}
		assert.Less(t, time.Since(start), time.Second)
		assert.Zero(t, w.hits.Load())
	}, rateLimit(1000), func(c *Config) {
		c.MaxConcurrent, c.Journal = 2, &brokenJournal{countingJournal{Memory: journal.NewMemory()}}
	})
}

// Another program may have sent under the key, and has no record here.
func TestR41_J16_ACancelledWaitDoesNotDenyWhatTheKeyKnows(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		w.engine.pace.Throttled(time.Now(), 30*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		r := w.engine.Do(ctx, ofKey(post(Keyed), usedKey(t, "of-another-program", time.Now())))
		require.ErrorIs(t, r.Err, context.Canceled)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Zero(t, w.hits.Load())
	}, func(c *Config) { c.Journal, c.Observe = journal.NewMemory(), nil })
}
