package idem

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// hungJournal hangs, despite its context, in some of its methods, from
// one of their calls on. release lets all of them go on.
type hungJournal struct {
	*journal.Memory
	mu      sync.Mutex
	calls   map[string]int // still good
	release chan struct{}
}

func (j *hungJournal) hang(call string) {
	j.mu.Lock()
	left, hangs := j.calls[call]
	if hangs {
		j.calls[call] = left - 1
	}
	j.mu.Unlock()
	if hangs && left <= 0 {
		<-j.release
	}
}

func (j *hungJournal) hangIn(calls map[string]int) map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.calls
	j.calls = calls
	return before
}

func (j *hungJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	j.hang("Bind")
	return j.Memory.Bind(ctx, from, to)
}

func (j *hungJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	j.hang("Load")
	return j.Memory.Load(ctx, id)
}

func (j *hungJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	j.hang("Save")
	return j.Memory.Save(ctx, r)
}

func (j *hungJournal) Adopt(ctx context.Context, owner string, lease time.Duration, f journal.Filter) ([]journal.Record, error) {
	j.hang("Adopt")
	return j.Memory.Adopt(ctx, owner, lease, f)
}

func (j *hungJournal) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	j.hang("InScope")
	return j.Memory.InScope(ctx, scope, from, to)
}

func (j *hungJournal) List(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	j.hang("List")
	return j.Memory.List(ctx, f)
}

func (j *hungJournal) LoadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	j.hang("LoadMany")
	return j.Memory.LoadMany(ctx, ids)
}

func (j *hungJournal) Stats(ctx context.Context) (journal.Stats, error) {
	j.hang("Stats")
	return j.Memory.Stats(ctx)
}

func (j *hungJournal) Wait(ctx context.Context, id string, version int64) error {
	j.hang("Wait")
	return j.Memory.Wait(ctx, id, version)
}

func (j *hungJournal) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	j.hang("Reserve")
	return j.Memory.Reserve(ctx, rec)
}

func inHungWorld(t *testing.T, h http.HandlerFunc, calls map[string]int, f func(*testing.T, *world, *hungJournal)) {
	t.Helper()
	j := &hungJournal{Memory: journal.NewMemory(), calls: calls}
	inWorld(t, h, func(t *testing.T, w *world) {
		j.release = make(chan struct{})
		f(t, w, j)
		close(j.release)
		time.Sleep(time.Second)
	}, func(c *Config) { c.Journal = j })
}

const journalPatience = defaultJournalTimeout + journalGrace

func TestR39_AJournalThatHangsHoldsNoCall(t *testing.T) {
	took := func(t *testing.T, want time.Duration, f func()) {
		t.Helper()
		began := time.Now()
		f()
		assert.Equal(t, want, time.Since(began))
	}
	inHungWorld(t, lose, map[string]int{"Save": 0}, func(t *testing.T, w *world, _ *hungJournal) {
		took(t, journalPatience, func() {
			r := w.do(post(Keyed))
			assert.Equal(t, OutcomeNotSent, r.Outcome, "nothing is ever sent")
			assert.ErrorIs(t, r.Err, ErrJournal)
			assert.ErrorContains(t, r.Err, "in doubt")
		})
		took(t, journalPatience, func() { assert.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome) })
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		took(t, 2*time.Second+journalGrace, func() {
			r := w.engine.Do(ctx, post(Idempotent))
			assert.Equal(t, OutcomeUnknown, r.Outcome, "recovery may find it")
			assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		})
		assert.Zero(t, w.hits.Load())
	})
	inHungWorld(t, says(200, `{"id":"x"}`), map[string]int{"Save": 1}, func(t *testing.T, w *world, _ *hungJournal) {
		took(t, journalPatience, func() {
			r := w.do(withRef(Keyed))
			assert.NoError(t, r.Err)
			assert.ErrorIs(t, r.RecordErr, errAbandoned, "the result")
		})
	})
	inHungWorld(t, lose, map[string]int{"Load": 0}, func(t *testing.T, w *world, _ *hungJournal) {
		orphan(t, w, Keyed)
		took(t, journalPatience, func() { assert.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome) })
		took(t, journalPatience, func() {
			assert.ErrorIs(t, w.engine.Resolve(t.Context(), journal.RefID("order-1"), Resolution{}), ErrJournal)
		})
	})
	inHungWorld(t, lose, map[string]int{"InScope": 0}, func(t *testing.T, w *world, _ *hungJournal) {
		orphan(t, w, Keyed)
		time.Sleep(2 * time.Minute)
		took(t, journalPatience, func() {
			all := w.recover(finding(ReconcileResult{Done: true, Scopes: []string{"things"}}, nil))
			require.Len(t, all, 1)
			assert.Equal(t, OutcomeUnknown, all[0].Result.Outcome)
			assert.ErrorIs(t, all[0].Result.Err, ErrJournal)
		})
	})
}

func TestR39_AHangingRenewalHoldsNoResult(t *testing.T) {
	inHungWorld(t, answersAfter(4*time.Second), map[string]int{"Save": 1}, func(t *testing.T, w *world, j *hungJournal) {
		time.AfterFunc(3900*time.Millisecond, func() {
			j.mu.Lock()
			defer j.mu.Unlock()
			delete(j.calls, "Save") // the next write is good again
		})
		began := time.Now()
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.NoError(t, r.RecordErr)
		assert.Equal(t, 4*time.Second+journalGrace, time.Since(began))
	})
}

func TestR39_AnIntentThatIsWrittenLater(t *testing.T) {
	inHungWorld(t, says(200, `{"id":"x"}`), map[string]int{"Save": 0}, func(t *testing.T, w *world, j *hungJournal) {
		require.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome)
		j.mu.Lock()
		delete(j.calls, "Save")
		j.mu.Unlock()
		require.NoError(t, w.do(withRef(Keyed)).Err)
		j.release <- struct{}{} // the first intent is written now
		time.Sleep(time.Second)
		r := w.do(withRef(Keyed))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestR39_AKeyProviderThatHangsHoldsNoCall(t *testing.T) {
	for name, class := range map[string]Class{"keyed": Keyed, "key unverified": KeyUnverified, "read": Safe} {
		t.Run(name, func(t *testing.T) {
			var release chan struct{}
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				release = make(chan struct{})
				c := atMost(1, post(class))
				began := time.Now()
				r := w.do(c)
				assert.Equal(t, defaultAttemptTimeout, time.Since(began))
				assert.Equal(t, OutcomeNotSent, r.Outcome)
				assert.Equal(t, VerdictNothingSent, r.Verdict)
				assert.ErrorContains(t, r.Err, "the key provider took too long")
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began = time.Now()
				r = w.engine.Do(ctx, c)
				assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
				assert.Equal(t, time.Second, time.Since(began))
				close(release)
				time.Sleep(time.Second)
				assert.Zero(t, w.hits.Load())
			}, func(c *Config) {
				c.Authorize = func(_ context.Context, h http.Header) error {
					<-release
					h.Set("Authorization", "late")
					return nil
				}
			})
		})
	}
}

// Each call of a journal ends in time: after Config.JournalTimeout, or with the
// caller's deadline where that is earlier.
func TestR39_EachMethodOfAJournalIsBounded(t *testing.T) {
	call := func(ctx context.Context, e *Engine, _ *hungJournal) error {
		return e.Do(ctx, withRef(Keyed)).Err
	}
	again := func(ctx context.Context, e *Engine, j *hungJournal) error {
		calls := j.hangIn(nil)
		_ = e.Do(context.Background(), atMost(1, withRef(Keyed)))
		j.hangIn(calls)
		return call(ctx, e, j)
	}
	journals := func(f func(context.Context, sealedJournal) error) func(context.Context, *Engine, *hungJournal) error {
		return func(ctx context.Context, e *Engine, _ *hungJournal) error { return f(ctx, e.sealed) }
	}
	for method, do := range map[string]func(context.Context, *Engine, *hungJournal) error{
		"Bind": call,
		"Save": call,
		"Load": again,
		"Reserve": func(ctx context.Context, e *Engine, j *hungJournal) error {
			return e.Do(ctx, reserving(Keyed, j)).Err
		},
		"List": func(ctx context.Context, e *Engine, _ *hungJournal) error {
			_, err := e.List(ctx, journal.Filter{}, knowing(Keyed))
			return err
		},
		"LoadMany": func(ctx context.Context, e *Engine, _ *hungJournal) error {
			_, err := e.GetMany(ctx, []string{journal.RefID("order-1")}, knowing(Keyed))
			return err
		},
		"Stats": func(ctx context.Context, e *Engine, _ *hungJournal) error {
			_, err := e.Stats(ctx)
			return err
		},
		"Adopt": journals(func(ctx context.Context, l sealedJournal) error {
			_, err := l.adopt(ctx, "me", journal.Filter{})
			return journalFailure(err)
		}),
		"InScope": journals(func(ctx context.Context, l sealedJournal) error {
			_, err := l.inScope(ctx, "s", time.Time{}, time.Time{})
			return journalFailure(err)
		}),
	} {
		for name, row := range map[string]struct {
			set, deadline, want time.Duration
		}{
			"by default":               {want: defaultJournalTimeout + journalGrace},
			"as set":                   {set: 3 * time.Second, want: 3*time.Second + journalGrace},
			"by the caller, if sooner": {deadline: 2 * time.Second, want: 2*time.Second + journalGrace},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				j := &hungJournal{Memory: journal.NewMemory(), calls: map[string]int{method: 0}}
				inWorld(t, lose, func(t *testing.T, w *world) {
					j.release = make(chan struct{})
					ctx := t.Context()
					if row.deadline > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, row.deadline)
						defer cancel()
					}
					began := time.Now()
					err := do(ctx, w.engine, j)
					assert.Equal(t, row.want, time.Since(began))
					require.ErrorIs(t, err, errAbandoned)
					if row.deadline == 0 {
						assert.ErrorIs(t, err, ErrJournal)
						assert.ErrorContains(t, err, ": timeout")
					}
					close(j.release)
					time.Sleep(time.Second)
				}, func(c *Config) { c.Journal, c.JournalTimeout = j, row.set })
			})
		}
	}
}

func TestR39_AWaitThatHangsEndsWithTheCaller(t *testing.T) {
	j := &hungJournal{Memory: journal.NewMemory(), calls: map[string]int{"Wait": 0}}
	inWorld(t, answersAfter(5*time.Second), func(t *testing.T, w *world) {
		j.release = make(chan struct{})
		go w.do(withRef(Keyed))
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		r := w.engine.Do(ctx, withRef(Keyed))
		assert.Equal(t, 300*time.Millisecond, time.Since(began))
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		close(j.release)
		time.Sleep(10 * time.Second)
	}, func(c *Config) { c.Journal = j })
}
