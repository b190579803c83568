package durabletest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// callCases run calls on the journal, against a server in memory.
var callCases = []testCase{
	{"J3_a ref is done once for many callers", onceForMany},
	{"J3_many refs are done once each", manyOnce},
	{"J2_a ref belongs to its request, also after reopening", refReused},
	{"J4_an abandoned operation is sent again with the same key", takenOver},
	{"J4_recovery takes up what was abandoned", recovered},
	{"J5_a recorded result is returned after reopening", recorded},
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

// abandon leaves order-1 behind, like a process that died after sending.
func (s *server) abandon(secrets ...string) idem.Result {
	m := &mortal{Journal: s.f.Journal()}
	s.loseNext(func() { m.dead.Store(true) })
	r := s.engine(m, secrets...).Do(s.f.t.Context(), order("order-1"))
	require.Equal(s.f.t, idem.OutcomeUnknown, r.Outcome)
	require.ErrorIs(s.f.t, r.RecordErr, errDead)
	return r
}

func onceForMany(f *fixture) {
	s := f.serve()
	engines := []*idem.Engine{s.engine(f.Journal()), s.engine(f.Journal())}
	results := storetest.Concurrently(storetest.Callers, func(i int) idem.Result {
		return engines[i%2].Do(f.t.Context(), order("order-1"))
	})
	sent := 0
	for _, r := range results {
		require.NoError(f.t, r.Err)
		assert.Equal(f.t, results[0].Response.Body, r.Response.Body)
		if !r.FromJournal {
			sent++
		}
	}
	assert.Equal(f.t, 1, sent)
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func manyOnce(f *fixture) {
	s := f.serve()
	engines := []*idem.Engine{s.engine(f.Journal()), s.engine(f.Journal())}
	const refs = 8
	results := storetest.Concurrently(storetest.Callers, func(i int) idem.Result {
		return engines[i/refs%2].Do(f.t.Context(), order(fmt.Sprint("order-", i%refs)))
	})
	want := map[string]int{}
	for i, r := range results {
		require.NoError(f.t, r.Err)
		want[bodyOf(fmt.Sprint("order-", i%refs))] = 1
	}
	s.assertExecuted(want)
}

func refReused(f *fixture) {
	s := f.serve()
	j := f.Journal()
	require.NoError(f.t, s.engine(j).Do(f.t.Context(), order("order-1")).Err)
	other := order("order-1")
	other.Request.Body = []byte(`{"order":"another"}`)
	r := s.engine(f.Reopen(j)).Do(f.t.Context(), other)
	assert.Equal(f.t, &idem.RefReusedError{Recorded: idem.OutcomeDone}, r.Err)
	assert.Equal(f.t, idem.OutcomeUnknown, r.Outcome, "the other request was done")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func takenOver(f *fixture) {
	s := f.serve()
	first := s.abandon("the first secret")
	f.Pass(lease + time.Second)
	r := s.engine(f.Journal(), "the first secret").Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, r.Err)
	assert.True(f.t, r.Replayed)
	assert.Equal(f.t, first.Key.String(), r.Key.String())
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func recovered(f *fixture) {
	s := f.serve()
	s.abandon("the first secret")
	e := s.engine(f.Journal(), "the first secret")
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for r, err := range e.Recover(f.t.Context(), with) {
		assert.Fail(f.t, "its lease lives", "%s %v", r.Pending.Ref, err)
	}
	f.Pass(lease + time.Second)
	var refs []string
	for r, err := range e.Recover(f.t.Context(), with) {
		require.NoError(f.t, err)
		assert.Equal(f.t, idem.OutcomeDone, r.Result.Outcome)
		refs = append(refs, r.Pending.Ref)
	}
	assert.Equal(f.t, []string{"order-1"}, refs)
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

func recorded(f *fixture) {
	s := f.serve()
	j := f.Journal()
	first := s.engine(j).Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, first.Err)
	r := s.engine(f.Reopen(j)).Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, r.Err)
	assert.True(f.t, r.FromJournal)
	assert.Equal(f.t, first.Response.Body, r.Response.Body)
	assert.Equal(f.t, first.Key.String(), r.Key.String())
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
