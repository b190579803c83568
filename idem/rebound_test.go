package idem

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// beginnings are what begins at an engine, each with the error that ends it.
var beginnings = map[string]func(ctx context.Context, e *Engine) error{
	"a call with a ref": func(ctx context.Context, e *Engine) error { return e.Do(ctx, withRef(Keyed)).Err },
	"a call without":    func(ctx context.Context, e *Engine) error { return e.Do(ctx, post(NonIdempotent)).Err },
	"a reservation": func(ctx context.Context, e *Engine) error {
		return e.Do(ctx, reserving(Keyed, &memoryTx{err: errDisk})).Err
	},
	"a recovery": func(ctx context.Context, e *Engine) error { return recoveryError(ctx, e, RecoveryOptions{}) },
	"a dry run": func(ctx context.Context, e *Engine) error {
		return recoveryError(ctx, e, RecoveryOptions{DryRun: true})
	},
	"a list": func(ctx context.Context, e *Engine) error {
		return errorOf(e.List(ctx, journal.Filter{}, knowing(Keyed)))
	},
	"a count":  func(ctx context.Context, e *Engine) error { return errorOf(e.Stats(ctx)) },
	"a lookup": func(ctx context.Context, e *Engine) error { return errorOf(e.Get(ctx, "ref:order-1", knowing(Keyed))) },
	"lookups": func(ctx context.Context, e *Engine) error {
		return errorOf(e.GetMany(ctx, []string{"ref:order-1"}, knowing(Keyed)))
	},
	"a resolution": func(ctx context.Context, e *Engine) error {
		return e.Resolve(ctx, "ref:order-1", Resolution{})
	},
	"an erasure": func(ctx context.Context, e *Engine) error { return e.Erase(ctx, "ref:order-1") },
}

func recoveryError(ctx context.Context, e *Engine, o RecoveryOptions) error {
	var last error
	for _, err := range e.Recover(ctx, knowing(Keyed), o) {
		last = err
	}
	return last
}

// rebound is an engine of account "a", of which another process has taken the
// journal.
func rebound(t *testing.T, w *world, j journal.Journal) (moved *Engine) {
	t.Helper()
	orphan(t, w, Keyed)
	moved = w.newEngine(ofAccount(j, "b", secretOne))
	t.Cleanup(moved.CloseIdleConnections)
	require.NoError(t, moved.Rebind(t.Context(), w.engine.sealed.binder.account))
	return moved
}

// J12: what begins at an engine which had bound the journal before is refused,
// too.
func TestJ12_AnEngineNoticesThatItsJournalWasRebound(t *testing.T) {
	for name, begin := range beginnings {
		t.Run(name, func(t *testing.T) {
			j := journal.NewMemory()
			inWorld(t, lose, func(t *testing.T, w *world) {
				moved := rebound(t, w, j)
				time.Sleep(bindingAge)
				before := stored(t, j)
				for range 2 {
					assertOtherAccount(t, begin(t.Context(), w.engine), w.engine)
				}
				assert.Equal(t, before.Version, stored(t, j).Version)
				assert.EqualValues(t, 1, w.hits.Load(), "nothing is sent")

				require.NoError(t, w.engine.Rebind(t.Context(), moved.sealed.binder.account))
				assert.NotErrorIs(t, begin(t.Context(), w.engine), ErrOtherAccount, "and back")
			}, ofAccount(j, "a", secretOne))
		})
	}
}

type countedBindings struct {
	*journal.Memory
	reads int
	err   error
}

func (j *countedBindings) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	j.reads++
	if j.err != nil {
		return nil, j.err
	}
	return j.Memory.Bind(ctx, from, to)
}

func TestJ12_TheBindingIsNotReadByEachCall(t *testing.T) {
	j := &countedBindings{Memory: journal.NewMemory()}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		calls := func() int {
			before := j.reads
			for range 20 {
				require.NoError(t, w.do(post(Keyed)).Err)
			}
			return j.reads - before
		}
		calls()
		assert.Zero(t, calls())
		time.Sleep(bindingAge)
		assert.Equal(t, 1, calls())
	}, ofAccount(j, "a"))
}

// A binding that cannot be read again refuses nothing that was admitted before.
func TestJ12_ABindingThatCannotBeReadAgainRefusesNothing(t *testing.T) {
	for name, unreadable := range map[string]func(j *countedBindings){
		"the journal is away": func(j *countedBindings) { j.err = errDisk },
		"the secret was rotated": func(j *countedBindings) {
			s, err := newSeal([][]byte{[]byte(secretTwo)})
			if err == nil {
				bound, _ := j.Memory.Bind(context.Background(), nil, nil)
				_, _ = j.Memory.Bind(context.Background(), bound, s.Close(bindingAssociated, []byte(`{}`)))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := &countedBindings{Memory: journal.NewMemory()}
			inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
				require.NoError(t, w.do(post(Keyed)).Err)
				unreadable(j)
				time.Sleep(bindingAge)
				assert.NoError(t, w.do(withRef(Keyed)).Err)
			}, ofAccount(j, "a", secretOne))
		})
	}
}

// Once the engine knows, it relies on nothing that it has read before.
func TestJ12_AReboundJournalThatIsAwayStaysRefused(t *testing.T) {
	j := &countedBindings{Memory: journal.NewMemory()}
	inWorld(t, lose, func(t *testing.T, w *world) {
		rebound(t, w, j)
		time.Sleep(bindingAge)
		require.ErrorIs(t, w.do(withRef(Keyed)).Err, ErrOtherAccount)
		j.err = errDisk
		assert.ErrorIs(t, w.do(withRef(Keyed)).Err, ErrJournal)
		assert.EqualValues(t, 1, w.hits.Load())
	}, ofAccount(j, "a", secretOne))
}

func TestJ12_ACallUnderWayIsRecordedAfterARebind(t *testing.T) {
	j := journal.NewMemory()
	var rebind func() error
	inWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
		assert.NoError(t, rebind())
		time.Sleep(12 * time.Second) // longer than a lease: it is renewed
		answer(rw, 200, `{"id":"x"}`)
	}, func(t *testing.T, w *world) {
		moved := w.newEngine(ofAccount(j, "b", secretOne))
		rebind = func() error { return moved.Rebind(context.Background(), w.engine.sealed.binder.account) }
		r := w.do(withRef(Keyed))
		require.NoError(t, errors.Join(r.Err, r.RecordErr))
		r = moved.Do(t.Context(), withRef(Keyed))
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.EqualValues(t, 1, w.hits.Load())
	}, ofAccount(j, "a", secretOne))
}
