package idem

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Two accounts of one key: what either proves holds, and no account of a send
// is forgotten for another that knows of none.
func TestR4_JoinedAccountsOfAKey(t *testing.T) {
	const u, n, r, d = OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone
	outcomes := []Outcome{u, n, r, d}
	rows := map[Outcome][4]Outcome{ // joined with unknown, not sent, rejected, done
		u: {u, u, u, d},
		n: {u, n, r, d},
		r: {u, r, r, d},
		d: {d, d, d, d},
	}
	for a, want := range rows {
		for i, b := range outcomes {
			assert.Equal(t, want[i], mergeOutcomes(a, b), "%s and %s", a, b)
		}
	}
}

// Of two Keys of the same string each learns what a call with one of them
// learned.
func TestR4_EachAccountOfAKeyIsKeptUpToDate(t *testing.T) {
	now := clock.Clock{}.Now()
	for name, row := range map[string]struct {
		learn func(keyHandle)
		since clock.Timestamp
	}{
		"an attempt ends":              {func(h keyHandle) { h.begin(now); h.end(VerdictAmbiguous) }, now},
		"a byte left after the end":    {func(h keyHandle) { h.late(now) }, now},
		"a verdict without an attempt": {func(h keyHandle) { h.fold(VerdictAmbiguous) }, clock.Timestamp{}},
	} {
		t.Run(name, func(t *testing.T) {
			ring := newKeyRegistry(90 * time.Second)
			first, second := freshKey(t, "order-8812"), freshKey(t, "order-8812")
			ring.acquire(first, now)
			row.learn(ring.acquire(second, now))
			for _, k := range []Key{first, second} {
				assert.Equal(t, keySnapshot{since: row.since, outcome: OutcomeUnknown}, k.tracker.snapshot())
			}
		})
	}
}

// States that were joined in any order are one.
func TestR7_JoinedStatesOfAKeyAreOne(t *testing.T) {
	now := clock.Clock{}.Now()
	for _, pairs := range [][][2]int{
		{{0, 1}, {2, 3}, {1, 3}}, {{0, 1}, {1, 2}, {2, 3}}, {{3, 2}, {2, 1}, {1, 0}}, {{0, 3}, {1, 3}, {2, 3}, {0, 1}, {3, 0}},
	} {
		all := []*keyTracker{newKeyTracker(), newKeyTracker(), newKeyTracker(), newKeyTracker()}
		var users sync.WaitGroup
		for _, s := range all {
			s.begin(now)
			users.Go(func() {
				for range 100 {
					s.begin(now)
					s.end(VerdictNothingSent)
				}
			})
		}
		for _, p := range pairs {
			users.Go(func() { all[p[0]].join(all[p[1]]) })
		}
		users.Wait()
		for _, s := range all {
			assert.EqualValues(t, 4, s.snapshot().pending, "the attempts of all")
		}
		all[2].end(VerdictDone)
		for _, s := range all {
			assert.Equal(t, keySnapshot{since: now, outcome: OutcomeDone, pending: 3}, s.snapshot())
		}
	}
}

func TestR4_JoinedStatesBelongToOneRequest(t *testing.T) {
	for name, row := range map[string]struct {
		one, other requestHash // 0: to none yet
		ours       []requestHash
	}{
		"to none":   {0, 0, []requestHash{1}},
		"the one":   {1, 0, []requestHash{1}},
		"the other": {0, 2, []requestHash{2}},
		"both":      {1, 1, []requestHash{1}},
		"to two":    {1, 2, nil},
	} {
		one, other := newKeyTracker(), newKeyTracker()
		for s, p := range map[*keyTracker]requestHash{one: row.one, other: row.other} {
			if p != 0 {
				s.bind(p)
			}
		}
		one.join(other)
		var ours []requestHash
		for _, p := range []requestHash{1, 2} {
			if _, ok := other.bind(p); ok {
				ours = append(ours, p)
			}
		}
		assert.Equal(t, row.ours, ours, name)
	}
}

// A key has no window as long as nothing is sent under it; what is under way
// may be.
func TestR7_TheWindowOfWhatIsUnderWayIsKept(t *testing.T) {
	first, s := clock.Clock{}.Now(), newKeyTracker()
	s.begin(first)
	s.begin(clock.Timestamp{Mono: first.Mono + time.Second, Wall: first.Wall + time.Second})
	assert.Equal(t, first, s.end(VerdictNothingSent).since, "another attempt is under way")
	assert.True(t, s.end(VerdictNothingSent).since.IsZero())
}
