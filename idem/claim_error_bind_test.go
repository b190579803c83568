package idem

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/journal"
)

// bindlessJournal cannot be asked whose it is.
type bindlessJournal struct {
	*journal.Memory
	err error
}

func (j *bindlessJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if j.err != nil {
		return nil, j.err
	}
	return j.Memory.Bind(ctx, from, to)
}

// unbound are the ways in which a journal cannot be used by an engine at all.
var unbound = map[string]struct {
	change func(*Config)
	err    error // of the journal
	want   error
	words  string
	helps  bool // making the call again does
}{
	"away": {
		func(*Config) {}, &journal.Error{Cause: journal.CauseRefused, Code: "SQLSTATE 57P03"}, journal.CauseRefused,
		"connection refused (SQLSTATE 57P03)", true,
	},
	"another account": {
		func(c *Config) { c.Account = "another" }, nil, ErrOtherAccount,
		`belongs to account "" at`, false,
	},
	"another secret": {
		func(c *Config) { c.JournalSecrets = [][]byte{[]byte("another, long enough")} }, nil, ErrJournalSecret,
		"another secret", false,
	},
}

// inUnboundWorld runs f with an engine that cannot use its journal.
func inUnboundWorld(t *testing.T, name string, f func(t *testing.T, w *world, j *bindlessJournal)) {
	t.Helper()
	row := unbound[name]
	j := &bindlessJournal{Memory: journal.NewMemory()}
	inWorld(t, lose, func(t *testing.T, w *world) {
		owner := w.newEngine(func(c *Config) {
			c.Journal, c.JournalSecrets, c.Observe = j, [][]byte{[]byte("the secret of the owner")}, nil
		})
		defer owner.CloseIdleConnections()
		require.NoError(t, owner.sealed.bind(t.Context()))
		j.err = row.err
		f(t, w, j)
		assert.Zero(t, w.hits.Load(), "nothing is sent")
	}, func(c *Config) {
		c.Journal, c.JournalSecrets = j, [][]byte{[]byte("the secret of the owner")}
		row.change(c)
	})
}

func TestJ16_ACallThatCannotBindReportsWhatItsKeyOrRefKnew(t *testing.T) {
	for name, row := range unbound {
		for _, class := range mutations {
			t.Run(name+", "+class.String(), func(t *testing.T) {
				inUnboundWorld(t, name, func(t *testing.T, w *world, _ *bindlessJournal) {
					check := func(r Result, want Outcome) {
						t.Helper()
						assert.Equal(t, want, r.Outcome)
						assert.ErrorIs(t, r.Err, ErrJournal)
						assert.ErrorIs(t, r.Err, row.want)
						assert.ErrorContains(t, r.Err, row.words)
						assert.ErrorIs(t, r.RecordErr, row.want, "item 16")
						assert.Equal(t, row.helps, r.RetryHelps)
						last := w.events[len(w.events)-1]
						assert.ErrorIs(t, last.RecordErr, row.want)
						if want == OutcomeUnknown {
							assert.ErrorContains(t, r.Err, wordsNothingSent)
						}
					}
					check(w.do(post(class)), OutcomeNotSent)
					check(w.do(withRef(class)), OutcomeUnknown)
					check(w.do(reserving(class, journal.NewMemory())), OutcomeUnknown)
					if !class.sendsKey() {
						return
					}
					c := post(class)
					c.Key = NewKey()
					check(w.do(c), OutcomeNotSent)
					sent, err := SentKey("order-1", time.Now().Add(-10*time.Second))
					require.NoError(t, err)
					c.Key = sent
					r := w.do(c)
					check(r, OutcomeUnknown)
					assert.Equal(t, class == Keyed, !r.SafeUntil.IsZero())
				})
			})
		}
	}
}

// A journal that was away is bound by the next call.
func TestJ16_AJournalThatComesBackIsUsed(t *testing.T) {
	j := &bindlessJournal{Memory: journal.NewMemory(), err: errDisk}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.Equal(t, OutcomeUnknown, w.do(withRef(Keyed)).Outcome)
		j.err = nil
		assert.NoError(t, w.do(withRef(Keyed)).Err)
	}, func(c *Config) { c.Journal = j })
}

// laterVersion makes a record that a later version of this package wrote.
func laterVersion(t *testing.T, w *world, j journal.Journal, id string, o Outcome) {
	t.Helper()
	rec := journal.Record{ID: id, Operation: "op", Generation: 1, Outcome: journal.Outcome(o), Since: time.Now()}
	rec.Sealed = w.engine.sealed.seal.Close(claim.AssociatedData(claim.Account(w.engine.sealed.binder.account), &rec), []byte{claim.PayloadVersion + 1, '{', '}'})
	ok, err := j.Save(t.Context(), rec)
	require.NoError(t, err)
	require.True(t, ok)
}

// What a record of a later version says is not interpreted, also where its
// outcome can be read.
func TestJ16_ARecordOfALaterVersionIsUnknown(t *testing.T) {
	for _, outcome := range []Outcome{OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone} {
		for _, class := range mutations {
			t.Run(outcome.String()+", "+class.String(), func(t *testing.T) {
				inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
					check := func(c Call) {
						t.Helper()
						r := w.do(c)
						assert.Equal(t, OutcomeUnknown, r.Outcome)
						assert.ErrorIs(t, r.Err, ErrJournalVersion)
						assert.ErrorIs(t, r.RecordErr, ErrJournalVersion)
						assert.ErrorContains(t, r.Err, "later version")
						assert.False(t, r.RetryHelps)
					}
					require.NoError(t, w.engine.sealed.bind(t.Context()))
					laterVersion(t, w, j, journal.RefID("order-1"), outcome)
					check(withRef(class))
					check(reserving(class, j.Memory))
					if class.sendsKey() {
						laterVersion(t, w, j, journal.KeyID("order-1"), outcome)
						c := post(class)
						c.Key = freshKey(t, "order-1")
						check(c)
					}
					assert.Zero(t, w.hits.Load())
				})
			})
		}
	}
}

// firstBindFails is a journal whose first binding is in doubt.
type firstBindFails struct{ *journal.Memory }

func (j firstBindFails) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if to != nil {
		return nil, errDisk
	}
	return j.Memory.Bind(ctx, from, to)
}

// J16: a binding that may have been written is no intent: no other owner finds
// one.
func TestJ16_ABindingInDoubtIsNoIntent(t *testing.T) {
	for _, class := range mutations {
		inWorld(t, lose, func(t *testing.T, w *world) {
			assert.Equal(t, OutcomeNotSent, w.do(post(class)).Outcome, "%s", class)
			assert.Equal(t, OutcomeUnknown, w.do(withRef(class)).Outcome, "%s, with a ref", class)
			assert.Zero(t, w.hits.Load())
		}, func(c *Config) { c.Journal = firstBindFails{journal.NewMemory()} })
	}
}
