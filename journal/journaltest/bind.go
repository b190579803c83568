package journaltest

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// bindCases: a journal belongs to one account (J12).
var bindCases = []testCase{
	{"J12_a binding replaces the expected one only", bindCompares},
	{"J12_of many who bind a new journal at once one wins", bindConcurrent},
	{"J12_a binding is kept for ever", bindKept},
}

func (b *bench) bind(j journal.Journal, from, to []byte) []byte {
	b.t.Helper()
	stored, err := j.Bind(b.t.Context(), from, to)
	require.NoError(b.t, err)
	return stored
}

func bindCompares(b *bench) {
	j := b.Journal()
	one, two := []byte{0, 255, '\'', 0x80, 0}, []byte("two")
	assert.Nil(b.t, b.bind(j, nil, nil), "a new journal has none")
	assert.Nil(b.t, b.bind(j, two, one), "there is none to replace")
	assert.Equal(b.t, one, b.bind(j, nil, one))
	assert.Equal(b.t, one, b.bind(j, nil, two), "there is one already")
	assert.Equal(b.t, one, b.bind(j, two, two))
	assert.Equal(b.t, one, b.bind(j, one, nil), "nothing is to be written")
	assert.Equal(b.t, one, b.bind(b.Journal(), nil, nil), "another journal on the store reads it")
	assert.Equal(b.t, two, b.bind(j, one, two))
	assert.Equal(b.t, two, b.bind(j, two, two))
	b.bind(j, nil, nil)[0] = 'X'
	assert.Equal(b.t, two, b.bind(b.Reopen(j), nil, nil))
	recs, err := j.Adopt(b.t.Context(), "new", hold, journal.Filter{})
	if err == nil {
		assert.Empty(b.t, recs, "a binding is no record")
	}
}

func bindConcurrent(b *bench) {
	journals := []journal.Journal{b.Journal(), b.Journal()}
	got := storetest.Concurrently(storetest.Callers, func(i int) string {
		stored, err := journals[i%2].Bind(b.t.Context(), nil, fmt.Append(nil, "binding ", i))
		assert.NoError(b.t, err)
		return string(stored)
	})
	stored := string(b.bind(journals[0], nil, nil))
	assert.NotEmpty(b.t, stored)
	for i, each := range got {
		assert.Equal(b.t, stored, each, i)
	}
}

func bindKept(b *bench) {
	kept := b.retention
	if kept == 0 {
		kept = 365 * day
	}
	j := b.Journal()
	b.bind(j, nil, []byte("one"))
	b.Pass(kept + day)
	b.Save(j, orphan("ref:1"))
	j = b.Reopen(j)
	b.Save(j, orphan("ref:2"))
	assert.Equal(b.t, "one", string(b.bind(j, nil, nil)))
}

// failedBind: a failed binding is stored as a whole or not at all. A fault may
// leave bindings alone.
func failedBind(b *bench, fault string) {
	j := b.Journal()
	b.Save(j, orphan("ref:1"))
	repair := b.Break(fault)
	stored, err := j.Bind(b.t.Context(), nil, []byte("one"))
	repair()
	after := string(b.bind(j, nil, nil))
	switch {
	case err == nil:
		assert.Equal(b.t, "one", string(stored))
		assert.Equal(b.t, "one", after)
	case errors.Is(err, journal.ErrNotCommitted):
		assert.Empty(b.t, after)
	default:
		assert.Contains(b.t, []string{"", "one"}, after)
	}
	assert.Equal(b.t, after, string(b.bind(b.Reopen(j), nil, nil)))
}
