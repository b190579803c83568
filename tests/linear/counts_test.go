package linear

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
)

// counts adds up events, so that a test can show that they occurred.
type counts struct {
	mu sync.Mutex
	by map[string]int
}

func newCounts() *counts { return &counts{by: map[string]int{}} }

func (c *counts) add(what string) { c.addN(what, 1) }

func (c *counts) addN(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[what] += n
}

func (c *counts) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := c.by
	c.by = map[string]int{}
	return by
}

// countOutcomes counts how the operations of a history ended.
func countOutcomes(c *counts, ops []operation) {
	last := map[string]idem.Outcome{}
	for _, op := range ops {
		switch {
		case op.in.kind == kindExecute:
			c.add("executed")
		case op.returned == 0:
			c.add(string(op.in.kind) + ": unanswered")
		default:
			c.add(string(op.in.kind) + ": " + op.out.outcome.String())
			if op.in.kind == kindCall {
				last[op.in.ref] = op.out.outcome
			}
			if op.out.outcome == idem.OutcomeDone && strings.HasPrefix(op.note, idem.ActionSend.String()+":") {
				c.add("recover: reserved, and done")
			}
		}
	}
	for _, o := range last {
		c.add("in the end: " + o.String())
	}
	c.add("histories")
}

func (c *counts) log(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(c.by)) {
		t.Logf("%6d %s", c.by[what], what)
	}
}

func metServer(f faultKind) string     { return "server: " + string(f) }
func metJournal(f journalFault) string { return "journal: " + string(f) }

// requireMet requires that every possible event occurred: a fault that no
// history meets proves nothing.
func (c *counts) requireMet(t *testing.T) {
	t.Helper()
	wanted := []string{
		"executed", "killed", "stopped", "clock stepped", "journal: away",
		"call: done", "call: not sent", "call: rejected", "call: unknown", "call: unanswered",
		"recover: done", "recover: unknown", "recover: reserved, and done", "reserve: committed",
		"resolve: done", "resolve: rejected", "resolve: unknown", "erase: done", "erase: unknown",
	}
	for _, f := range serverFaults {
		wanted = append(wanted, metServer(f))
	}
	for _, f := range journalFaults {
		wanted = append(wanted, metJournal(f))
	}
	for _, what := range wanted {
		assert.Positive(t, c.by[what], what)
	}
}
