package idem

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/journal"
)

// settleProven settles a done operation. Its answer proves what it made, even if
// another record claims to have made it, and it overrules what a person has said, or an
// owner has left open, while the response was awaited (J17).
func (c *claim) settleProven(ctx context.Context, a *Response, resource string) error {
	err := c.settle(ctx, OutcomeDone, a, resource)
	if errors.Is(err, errTaken) && c.retake(context.WithoutCancel(ctx)) {
		err = c.settle(ctx, OutcomeDone, a, resource)
	}
	if errors.Is(err, journal.ErrResourceTaken) {
		return c.settle(ctx, OutcomeDone, a, "")
	}
	return err
}

// retake makes the record this claim's again if it is still of the same operation, no owner
// works on it, and the API has not settled it. The next write is conditional on that.
func (c *claim) retake(ctx context.Context) bool {
	if err := c.begin(ctx); err != nil {
		return false
	}
	defer c.finish()
	rec, ok, err := c.ledger.load(ctx, c.rec.ID)
	switch {
	case err != nil, !ok, rec.Generation != c.rec.Generation:
		return false
	case rec.Said != saidOutcome && (!rec.open() || rec.owned()):
		return false
	}
	rec.Said = 0
	c.rec, c.doubt, c.late = rec, false, false
	return true
}
