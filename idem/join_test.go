package idem

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Two accounts of one key: what either proves holds, and no account of a send is
// forgotten for another that knows of none.
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
			assert.Equal(t, want[i], join(a, b), "%s and %s", a, b)
		}
	}
}

// Of two Keys of the same string each learns what a call with one of them learned.
func TestR4_EachAccountOfAKeyIsKeptUpToDate(t *testing.T) {
	now := clock{}.now()
	for name, row := range map[string]struct {
		learn func(heldKey)
		since stamp
	}{
		"an attempt ends":              {func(h heldKey) { h.begin(now); h.end(VerdictAmbiguous) }, now},
		"a byte left after the end":    {func(h heldKey) { h.late(now) }, now},
		"a verdict without an attempt": {func(h heldKey) { h.fold(VerdictAmbiguous) }, stamp{}},
	} {
		t.Run(name, func(t *testing.T) {
			ring := newKeyring(90 * time.Second)
			first, second := freshKey(t, "order-8812"), freshKey(t, "order-8812")
			ring.hold(first, now)
			row.learn(ring.hold(second, now))
			for _, k := range []Key{first, second} {
				assert.Equal(t, knowledge{since: row.since, outcome: OutcomeUnknown}, k.state.look())
			}
		})
	}
}

// A key has no window as long as nothing is sent under it; what is under way may be.
func TestR7_TheWindowOfWhatIsUnderWayIsKept(t *testing.T) {
	first, s := clock{}.now(), newKeyState()
	s.begin(first)
	s.begin(stamp{mono: first.mono.add(time.Second), wall: first.wall.add(time.Second)})
	assert.Equal(t, first, s.end(VerdictNothingSent).since, "another attempt is under way")
	assert.True(t, s.end(VerdictNothingSent).since.isZero())
}
