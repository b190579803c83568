package fakeserver_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestTheLedgerIsBoundedAndCountersStayExact(t *testing.T) {
	s := newSite(t, fakeserver.WithLedgerLimit(10))
	for i := range 100 {
		s.dig("X-Key", fmt.Sprint("key ", i/2))
		s.send(request(http.MethodGet, "/peek", "Account", "b"))
	}
	control := s.Control()
	page := control.Lines(fakeserver.Match{}, 0)
	assert.Len(t, page.Lines, 10)
	assert.Equal(t, uint64(191), page.Lines[0].Line)
	assert.Equal(t, uint64(200), page.Last)
	assert.Equal(t, 190, page.Dropped)
	assert.Equal(t, []fakeserver.Count{
		{Account: "a", Operation: "Dig", Requests: 100, Executed: 50, Replayed: 50},
		{Account: "b", Operation: "Peek", Requests: 100, Executed: 100},
	}, control.Counts())
	assert.Equal(t, 50, s.Executed(dig))

	assert.Equal(t, 95, control.Lines(fakeserver.Match{Account: "a"}, 0).Dropped)
	assert.Zero(t, control.Lines(fakeserver.Match{Account: "c"}, 0).Dropped, "no line of theirs was dropped")
	assert.Zero(t, control.Lines(fakeserver.Match{Since: 190}, 0).Dropped, "none after this one was dropped")
	assert.NotZero(t, control.Lines(fakeserver.Match{Since: 189}, 0).Dropped)
}

func TestTheLedgerInPages(t *testing.T) {
	s := newSite(t)
	for range 5 {
		s.dig()
		s.send(request(http.MethodGet, "/peek"))
	}
	control, match := s.Control(), fakeserver.Match{Operation: "Dig"}
	var numbers []uint64
	for more := true; more; {
		page := control.Lines(match, 2)
		for _, line := range page.Lines {
			numbers = append(numbers, line.Line)
		}
		match.Since, more = page.Next, page.More
	}
	assert.Equal(t, []uint64{1, 3, 5, 7, 9}, numbers)
	assert.Equal(t, uint64(10), match.Since)
	page := control.Lines(fakeserver.Match{Since: 99}, 2)
	assert.Equal(t, uint64(99), page.Next, "a cursor never goes back")
	assert.Empty(t, page.Lines)
}

func TestMatches(t *testing.T) {
	s := newSite(t)
	s.Next(dig, fakeserver.Unavailable(time.Second))
	s.dig("X-Key", "k1")
	s.dig("X-Key", "k1")
	s.dig("X-Key", "k2", "Account", "b")
	for _, row := range []struct {
		match fakeserver.Match
		lines int
	}{
		{fakeserver.Match{}, 3},
		{fakeserver.Match{Account: "b"}, 1},
		{fakeserver.Match{Operation: "Dig"}, 3},
		{fakeserver.Match{Operation: "Peek"}, 0},
		{fakeserver.Match{Key: "k1"}, 2},
		{fakeserver.Match{Key: "key_0001"}, 3},
		{fakeserver.Match{Resource: "hole"}, 2},
		{fakeserver.Match{Result: fakeserver.ResultRejected}, 1},
		{fakeserver.Match{Status: 200}, 2},
		{fakeserver.Match{Fault: "unavailable"}, 1},
		{fakeserver.Match{Fault: "unavailable=1s"}, 1},
		{fakeserver.Match{Fault: "unavailable=2s"}, 0},
		{fakeserver.Match{Since: 1, Key: "k1"}, 1},
	} {
		assert.Len(t, s.Control().Lines(row.match, 0).Lines, row.lines, row.match.String())
		n, _ := s.Control().Count(row.match)
		assert.Equal(t, row.lines, n.Requests, row.match.String())
	}
}

func TestAWatchDeliversLinesAsTheirRequestsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		s.Next(dig, fakeserver.DelayAfter(time.Minute))
		go s.dig()
		synctest.Wait()
		watch := s.Control().Watch(s.Control().LastEvent())
		s.dig()
		assert.Equal(t, uint64(2), (<-watch.Lines).Line)
		slow := <-watch.Lines
		assert.Equal(t, uint64(1), slow.Line)
		assert.Equal(t, uint64(2), slow.Event(), "it ended second")
		watch.Close()
		watch.Close()
		_, open := <-watch.Lines
		assert.False(t, open)

		again := s.Control().Watch(1)
		assert.Equal(t, uint64(1), (<-again.Lines).Line, "what ended after the event comes again")
		assert.False(t, again.Missed)
		s.Close()
		_, open = <-again.Lines
		assert.False(t, open, "the server's end is the watch's")
		_, open = <-s.Control().Watch(99).Lines
		assert.False(t, open)
	})
}

func TestAWatchThatFallsBehindEnds(t *testing.T) {
	s := newSite(t, fakeserver.WithLedgerLimit(10))
	watch := s.Control().Watch(0)
	for range 300 {
		s.dig()
	}
	n := 0
	for range watch.Lines {
		n++
	}
	assert.Equal(t, 256, n)
	resumed := s.Control().Watch(uint64(n))
	defer resumed.Close()
	assert.True(t, resumed.Missed)
	assert.Equal(t, uint64(291), (<-resumed.Lines).Line)
	assert.False(t, func() bool { w := s.Control().Watch(290); defer w.Close(); return w.Missed }())
}

func TestALineThatIsDroppedWhileItsRequestRunsIsMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, fakeserver.WithLedgerLimit(1))
		s.Next(dig, fakeserver.DelayAfter(time.Minute))
		done := make(chan int)
		go func() { done <- s.dig("X-Key", "k") }()
		synctest.Wait()
		s.dig()
		require.Equal(t, http.StatusOK, <-done)
		assert.Equal(t, fakeserver.Count{Operation: "Dig", Account: "a", Requests: 2, Executed: 2}, s.Control().Counts()[0])
		watch := s.Control().Watch(1)
		defer watch.Close()
		assert.True(t, watch.Missed)
	})
}
