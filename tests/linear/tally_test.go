package linear

import (
	"maps"
	"slices"
	"testing"

	"github.com/bardge/bardge-go/idem"
)

// tally counts how the operations of a history ended.
func tally(c *counts, ops []operation) {
	last := map[string]idem.Outcome{}
	for _, op := range ops {
		switch {
		case op.in.kind == kindExecute:
			c.add("executed")
		case op.returned == 0:
			c.add(string(op.in.kind) + ": unanswered")
		default:
			c.add(string(op.in.kind) + ": " + op.out.outcome.String())
			last[op.in.ref] = op.out.outcome
		}
	}
	for _, o := range last {
		c.add("in the end: " + o.String())
	}
	c.add("histories")
}

// log prints all that was counted.
func (c *counts) log(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(c.by)) {
		t.Logf("%6d %s", c.by[what], what)
	}
}
