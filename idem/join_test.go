package idem

import (
	"testing"

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
