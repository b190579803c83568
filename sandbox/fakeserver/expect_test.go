package fakeserver_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestExpectations(t *testing.T) {
	s := newSite(t)
	for range 3 {
		s.dig("X-Key", "k")
	}
	s.dig("X-Key", "k2", "Account", "b")
	one, two, three, four := 1, 2, 3, 4
	match := fakeserver.Match{Operation: "Dig", Account: "a"}
	anyOf := match
	anyOf.Result = fakeserver.AnyResult
	for _, row := range []struct {
		name     string
		expected fakeserver.Expectation
		met      bool
		reason   string
	}{
		{"at least one by default", fakeserver.Expectation{Match: match}, true, ""},
		{"executed by default", fakeserver.Expectation{Match: match, Exactly: &one}, true, ""},
		{"any result", fakeserver.Expectation{Match: anyOf, Exactly: &three}, true, ""},
		{
			"too few",
			fakeserver.Expectation{Match: match, AtLeast: &two},
			false,
			"expected at least 2 with account a, operation Dig, result executed, found 1",
		},
		{
			"too many",
			fakeserver.Expectation{Match: anyOf, AtMost: &two},
			false,
			"expected at most 2 with account a, operation Dig, found 3",
		},
		{
			"not exactly",
			fakeserver.Expectation{Match: anyOf, Exactly: &four},
			false,
			"expected exactly 4 with account a, operation Dig, found 3",
		},
		{"in between", fakeserver.Expectation{Match: anyOf, AtLeast: &two, AtMost: &four}, true, ""},
		{"since", fakeserver.Expectation{Match: fakeserver.Match{Since: 1}, Exactly: &one}, true, ""},
	} {
		verdict, err := s.Control().Expect(row.expected)
		require.NoError(t, err)
		assert.Equal(t, row.met, verdict.Met, row.name)
		assert.Equal(t, row.reason, verdict.Reason, row.name)
		assert.Equal(t, uint64(4), verdict.Last)
	}
	for _, bad := range []fakeserver.Expectation{
		{AtLeast: &two, AtMost: &one},
		{Exactly: &two, AtMost: &one},
		{Exactly: new(int), AtLeast: &one},
		{Exactly: &two, AtLeast: &one},
		{Exactly: &two, AtMost: &two},
	} {
		_, err := s.Control().Expect(bad)
		require.Error(t, err)
	}
	minus := -1
	_, err := s.Control().Expect(fakeserver.Expectation{AtMost: &minus})
	require.Error(t, err)
}

func TestNearMissesAreTheNearest(t *testing.T) {
	s := newSite(t)
	s.send(request(http.MethodGet, "/peek", "Account", "b")) // nothing in common
	s.dig("X-Key", "other", "Account", "b")
	s.dig("X-Key", "k", "Account", "b")
	for range 3 {
		s.dig("X-Key", "other")
	}
	verdict, err := s.Control().Expect(fakeserver.Expectation{Match: fakeserver.Match{
		Account: "a", Operation: "Dig", Key: "k", Result: fakeserver.ResultReplayed,
	}})
	require.NoError(t, err)
	near := verdict.Checks[0].NearMisses
	require.Len(t, near, 3)
	assert.Equal(t, []uint64{6, 5, 4}, []uint64{near[0].Line.Line, near[1].Line.Line, near[2].Line.Line})
	assert.Equal(t, []fakeserver.Difference{{Field: "key", Expected: "k", Actual: "other"}}, near[0].Differences)
	assert.Len(t, near[2].Differences, 2)
	assert.Empty(t, verdict.Checks[0].Lines)
}

func TestASequenceIsInOrder(t *testing.T) {
	s := newSite(t)
	s.dig()
	s.send(request(http.MethodGet, "/peek"))
	s.dig()
	first, second := fakeserver.Match{Operation: "Dig"}, fakeserver.Match{Operation: "Peek"}
	for _, row := range []struct {
		steps []fakeserver.Match
		met   bool
	}{
		{[]fakeserver.Match{first, second, first}, true},
		{[]fakeserver.Match{first, first}, true},
		{[]fakeserver.Match{second, first}, true},
		{[]fakeserver.Match{second, second}, false},
		{[]fakeserver.Match{first, first, first}, false},
	} {
		assert.Equal(t, row.met, s.Control().ExpectSequence(row.steps...).Met)
	}
	verdict := s.Control().ExpectSequence(second, second, first)
	assert.Equal(t, "step 2: expected a line after 2 with operation Peek, result executed, found 0", verdict.Reason)
	assert.Len(t, verdict.Checks, 2, "what follows a missing step is not checked")
}

func TestNothingIsProvenOfLinesThatWereDropped(t *testing.T) {
	s := newSite(t, fakeserver.WithLedgerLimit(2))
	s.send(request(http.MethodGet, "/peek", "Account", "b"))
	for range 3 {
		s.dig()
	}
	none, two := 0, 2
	for name, row := range map[string]struct {
		expected fakeserver.Expectation
		met      bool
	}{
		"dropped":             {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}, Exactly: &two}, false},
		"dropped, key":        {fakeserver.Expectation{Match: fakeserver.Match{Key: "k"}, Exactly: &none}, false},
		"after the drop":      {fakeserver.Expectation{Match: fakeserver.Match{Since: 2}, Exactly: &two}, true},
		"another account":     {fakeserver.Expectation{Match: fakeserver.Match{Account: "c"}, Exactly: &none}, true},
		"another's operation": {fakeserver.Expectation{Match: fakeserver.Match{Account: "a", Operation: "Peek"}, Exactly: &none}, true},
	} {
		verdict, err := s.Control().Expect(row.expected)
		require.NoError(t, err)
		assert.Equal(t, row.met, verdict.Met, name)
		assert.Equal(t, row.met, verdict.Dropped == 0, name)
		if !row.met {
			assert.Contains(t, verdict.Reason, "dropped", name)
		}
	}
	assert.False(t, s.Control().ExpectSequence(fakeserver.Match{Operation: "Dig"}).Met)
	assert.True(t, s.Control().ExpectSequence(fakeserver.Match{Operation: "Dig", Since: 2}).Met)
}

func TestNothingIsProvenOfRequestsThatArePending(t *testing.T) {
	s := newSite(t)
	s.dig()
	s.Next(dig, fakeserver.DelayBefore(time.Hour))
	done := make(chan int)
	go func() { done <- s.dig("X-Key", "k") }()
	require.Eventually(t, func() bool { return len(s.lines()) == 2 }, 10*time.Second, time.Millisecond)
	rows := map[string]struct {
		expected   fakeserver.Expectation
		met, later bool
	}{
		"one too many":    {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}, Exactly: new(1)}, false, false},
		"under the key":   {fakeserver.Expectation{Match: fakeserver.Match{Key: "k"}, Exactly: new(0)}, false, false},
		"its resource":    {fakeserver.Expectation{Match: fakeserver.Match{Resource: "hole"}, AtMost: new(1)}, false, false},
		"its status":      {fakeserver.Expectation{Match: fakeserver.Match{Status: 500}, Exactly: new(0)}, false, true},
		"too few so far":  {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}, Exactly: new(2)}, false, true},
		"room for it":     {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}, AtMost: new(2)}, true, true},
		"enough without":  {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}}, true, true},
		"another's":       {fakeserver.Expectation{Match: fakeserver.Match{Account: "b"}, Exactly: new(0)}, true, true},
		"another key":     {fakeserver.Expectation{Match: fakeserver.Match{Key: "k2"}, Exactly: new(0)}, true, true},
		"pending, itself": {fakeserver.Expectation{Match: fakeserver.Match{Result: fakeserver.ResultPending}, Exactly: new(1)}, true, false},
	}
	for name, row := range rows {
		verdict, err := s.Control().Expect(row.expected)
		require.NoError(t, err)
		assert.Equal(t, row.met, verdict.Met, name)
		if !row.met {
			assert.Equal(t, 1, verdict.Pending, name)
			assert.Contains(t, verdict.Reason, "1 pending", name)
		}
	}
	require.NoError(t, s.Control().Clock.Advance(time.Hour))
	assert.Equal(t, http.StatusOK, <-done)
	for name, row := range rows {
		verdict, err := s.Control().Expect(row.expected)
		require.NoError(t, err)
		assert.Equal(t, row.later, verdict.Met, name)
		assert.Zero(t, verdict.Pending, name)
	}
}

func TestNothingIsProvenOfLinesBeforeAReset(t *testing.T) {
	s := newSite(t)
	s.send(request(http.MethodGet, "/peek", "Account", "b"))
	s.dig()
	require.NoError(t, s.Control().Reset(fakeserver.PartLedger))
	s.dig()
	for name, row := range map[string]struct {
		expected fakeserver.Expectation
		met      bool
	}{
		"from the reset":  {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig"}, Exactly: new(1)}, true},
		"from before it":  {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig", Since: 1}, Exactly: new(1)}, false},
		"after what went": {fakeserver.Expectation{Match: fakeserver.Match{Operation: "Dig", Since: 2}, Exactly: new(1)}, true},
		"another's":       {fakeserver.Expectation{Match: fakeserver.Match{Account: "b", Since: 1}, Exactly: new(0)}, true},
	} {
		verdict, err := s.Control().Expect(row.expected)
		require.NoError(t, err)
		assert.Equal(t, row.met, verdict.Met, name)
		assert.Equal(t, row.met, verdict.Dropped == 0, name)
	}
	assert.Equal(t, 1, s.Control().Removed(fakeserver.Match{Operation: "Dig"}))
	require.NoError(t, s.Control().Reset())
	assert.Equal(t, 3, s.Control().Removed(fakeserver.Match{}))
	assert.Zero(t, s.Control().Removed(fakeserver.Match{Account: "c"}))
}
