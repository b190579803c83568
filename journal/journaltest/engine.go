package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// engineCases run the real engine on the journal, against a server in memory.
var engineCases = []testCase{
	{"J3_a ref is done once for many callers", onceForMany},
	{"J3_many refs are done once each", manyOnce},
	{"J2_a ref belongs to its request, also after reopening", refReused},
	{"J4_an abandoned operation is sent again with the same key", takenOver},
	{"J4_recovery takes up what was abandoned", recovered},
	{"J5_a recorded result is told after reopening", recorded},
}

var errDead = errors.New("the process is dead")

// mortal is the journal of a process that dies: then nothing reaches the store.
type mortal struct {
	journal.Journal
	dead atomic.Bool
}

func (m *mortal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	if m.dead.Load() {
		return false, errDead
	}
	return m.Journal.Save(ctx, rec)
}

func (m *mortal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if m.dead.Load() {
		return journal.Record{}, false, errDead
	}
	return m.Journal.Load(ctx, id)
}

// abandon leaves a ref behind as a process does that died after sending.
//
//nolint:unparam // each case names its ref
func (s *server) abandon(ref string, secrets ...string) idem.Result {
	m := &mortal{Journal: s.b.open()}
	s.loseNext(func() { m.dead.Store(true) })
	r := s.engine(m, secrets...).Do(s.b.t.Context(), order(ref))
	require.Equal(s.b.t, idem.OutcomeUnknown, r.Outcome)
	require.ErrorIs(s.b.t, r.RecordErr, errDead)
	return r
}

func onceForMany(b *bench) {
	s := b.serve()
	engines := []*idem.Engine{s.engine(b.open()), s.engine(b.open())}
	results := crowd(many, func(i int) idem.Result { return engines[i%2].Do(b.t.Context(), order("order-1")) })
	sent := 0
	for _, r := range results {
		require.NoError(b.t, r.Err)
		assert.Equal(b.t, results[0].Response.Body, r.Response.Body)
		if !r.FromJournal {
			sent++
		}
	}
	assert.Equal(b.t, 1, sent)
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func manyOnce(b *bench) {
	s := b.serve()
	engines := []*idem.Engine{s.engine(b.open()), s.engine(b.open())}
	const refs = 8
	results := crowd(many, func(i int) idem.Result {
		return engines[i/refs%2].Do(b.t.Context(), order(fmt.Sprint("order-", i%refs)))
	})
	want := map[string]int{}
	for i, r := range results {
		require.NoError(b.t, r.Err)
		want[bodyOf(fmt.Sprint("order-", i%refs))] = 1
	}
	s.assertExecuted(want)
}

func refReused(b *bench) {
	s := b.serve()
	j := b.open()
	require.NoError(b.t, s.engine(j).Do(b.t.Context(), order("order-1")).Err)
	other := order("order-1")
	other.Request.Body = []byte(`{"order":"another"}`)
	r := s.engine(b.reopen(j)).Do(b.t.Context(), other)
	assert.Equal(b.t, &idem.RefReusedError{Recorded: idem.OutcomeDone}, r.Err)
	assert.Equal(b.t, idem.OutcomeUnknown, r.Outcome, "the other request was done")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func takenOver(b *bench) {
	s := b.serve()
	first := s.abandon("order-1", "the first secret")
	b.Pass(hold + time.Second)
	r := s.engine(b.open(), "the first secret").Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, r.Err)
	assert.True(b.t, r.Replayed)
	assert.Equal(b.t, first.Key.String(), r.Key.String())
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func recovered(b *bench) {
	s := b.serve()
	s.abandon("order-1", "the first secret")
	e := s.engine(b.open(), "the first secret")
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for r, err := range e.Recover(b.t.Context(), with) {
		assert.Fail(b.t, "its lease lives", "%s %v", r.Pending.Ref, err)
	}
	b.Pass(hold + time.Second)
	var refs []string
	for r, err := range e.Recover(b.t.Context(), with) {
		require.NoError(b.t, err)
		assert.Equal(b.t, idem.OutcomeDone, r.Result.Outcome)
		refs = append(refs, r.Pending.Ref)
	}
	assert.Equal(b.t, []string{"order-1"}, refs)
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func recorded(b *bench) {
	s := b.serve()
	j := b.open()
	first := s.engine(j).Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, first.Err)
	r := s.engine(b.reopen(j)).Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, r.Err)
	assert.True(b.t, r.FromJournal)
	assert.Equal(b.t, first.Response.Body, r.Response.Body)
	assert.Equal(b.t, first.Key.String(), r.Key.String())
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
