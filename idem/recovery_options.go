package idem

import (
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

// recoveryOptions returns the one that is given, with its defaults.
func recoveryOptions(given []RecoveryOptions) (o RecoveryOptions, err error) {
	if len(given) == 1 {
		o = given[0]
	}
	switch {
	case len(given) > 1:
		return o, &InvalidError{Field: "RecoveryOptions", Reason: "are given more than once"}
	case o.Limit < 0:
		return o, &InvalidError{Field: "Limit", Reason: "is negative"}
	case o.OlderThan < 0:
		return o, &InvalidError{Field: "OlderThan", Reason: "is negative"}
	case o.Concurrency < 0 || o.Concurrency > maxRecoveryConcurrency:
		return o, &InvalidError{Field: "Concurrency", Reason: "is negative, or more than 256"}
	case o.Concurrency == 0:
		o.Concurrency = defaultRecoveryConcurrency
	}
	return o, nil
}

func (o RecoveryOptions) filter(limit int) journal.Filter {
	return journal.Filter{Operation: o.Operation, OlderThan: o.OlderThan, Limit: limit}
}
