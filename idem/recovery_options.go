package idem

import (
	"cmp"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// RecoveryOptions bound what one pass of Recover does. The zero value takes up
// all operations that are due, four at a time.
type RecoveryOptions struct {
	// Limit is how many operations are yielded at most. Zero is no limit.
	Limit int
	// OlderThan leaves out operations whose intent is not older. Zero leaves
	// out none.
	OlderThan time.Duration
	// Operation leaves out all other operations. Empty leaves out none.
	Operation string
	// Concurrency is how many operations are worked on at the same time. Zero
	// is 4; more than 256 is refused.
	Concurrency int
	// DryRun lists the operations that would be taken up, and what would be
	// done with each ([RecoveryResult].Action), in the order of their ids. It
	// sends nothing, takes no lease and changes no record (J17). It needs a
	// [journal.Reader].
	DryRun bool
}

const (
	defaultRecoveryConcurrency = 4
	maxRecoveryConcurrency     = 256
)

func recoveryOptions(given []RecoveryOptions) (o RecoveryOptions, err error) {
	if len(given) == 1 {
		o = given[0]
	}
	o.Concurrency = cmp.Or(o.Concurrency, defaultRecoveryConcurrency)
	tooMany := o.Concurrency < 0 || o.Concurrency > maxRecoveryConcurrency
	return o, cmp.Or(
		invalidIf(len(given) > 1, "RecoveryOptions", "are given more than once"),
		invalidIf(o.Limit < 0, "Limit", "is negative"),
		invalidIf(o.OlderThan < 0, "OlderThan", "is negative"),
		invalidIf(!storable(o.Operation), "Operation", notStorable),
		invalidIf(tooMany, "Concurrency", "is negative, or more than 256"),
	)
}

func (o RecoveryOptions) filter(limit int) journal.Filter {
	return journal.Filter{Operation: o.Operation, OlderThan: o.OlderThan, Limit: limit}
}
