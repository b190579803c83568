package idem

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Each call of a journal ends in time: after Config.JournalTimeout, or with the
// caller's deadline where that is earlier.
func TestR39_EachMethodOfAJournalIsBounded(t *testing.T) {
	call := func(ctx context.Context, e *Engine, _ *hungJournal) error {
		return e.Do(ctx, withRef(Keyed)).Err
	}
	again := func(ctx context.Context, e *Engine, j *hungJournal) error {
		calls := j.hangIn(nil)
		c := withRef(Keyed)
		c.Policy.MaxAttempts = 1
		_ = e.Do(context.Background(), c)
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
			_, err := e.List(ctx, journal.Filter{})
			return err
		},
		"LoadMany": func(ctx context.Context, e *Engine, _ *hungJournal) error {
			_, err := e.GetMany(ctx, []string{journal.RefID("order-1")})
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
			"by default":               {0, 0, defaultJournalTimeout + journalGrace},
			"as set":                   {3 * time.Second, 0, 3*time.Second + journalGrace},
			"by the caller, if sooner": {0, 2 * time.Second, 2*time.Second + journalGrace},
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				j := newHungJournal(method)
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

// A caller's deadline also ends a wait for another owner, however the journal
// waits.
func TestR39_AWaitThatHangsEndsWithTheCaller(t *testing.T) {
	j := newHungJournal("Wait")
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
