package fakeserver

import (
	"cmp"
	"slices"
)

// Count is how many requests an account made for an operation, and with what
// result. It is exact, whether or not the ledger still has the lines.
type Count struct {
	// Account is the sender; "" is unknown.
	Account string `json:"account"`
	// Operation is the operation, or [UnknownRoute].
	Operation string `json:"operation"`
	// Requests is the sum of all results.
	Requests int `json:"requests"`
	// Pending requests still run.
	Pending int `json:"pending"`
	// Executed requests executed the operation.
	Executed int `json:"executed"`
	// Replayed requests got the response of an earlier one.
	Replayed int `json:"replayed"`
	// Rejected requests got an error.
	Rejected int `json:"rejected"`
	// Dropped requests got no response; nothing was executed.
	Dropped int `json:"dropped"`
}

func (t *tally) count(of scope) Count {
	n := Count{
		Account: of.account, Operation: of.operation,
		Pending: t.results[ResultPending], Executed: t.results[ResultExecuted], Replayed: t.results[ResultReplayed],
		Rejected: t.results[ResultRejected], Dropped: t.results[ResultDropped],
	}
	n.Requests = n.Pending + n.Executed + n.Replayed + n.Rejected + n.Dropped
	return n
}

func (n *Count) add(more Count) {
	n.Requests += more.Requests
	n.Pending += more.Pending
	n.Executed += more.Executed
	n.Replayed += more.Replayed
	n.Rejected += more.Rejected
	n.Dropped += more.Dropped
}

// Counts returns the counters of all accounts and operations that sent a
// request, in the order of their names.
func (c *Control) Counts() []Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Count, 0, len(c.book.counts))
	for of, t := range c.book.counts {
		all = append(all, t.count(of))
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// total returns the sum of all accounts for an operation.
func (c *Control) total(op string) Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := Count{Operation: op}
	for of, t := range c.book.counts {
		if of.operation == op {
			sum.add(t.count(of))
		}
	}
	return sum
}
