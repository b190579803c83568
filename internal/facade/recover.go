package facade

import (
	"fmt"
	"iter"

	"github.com/bardge/bardge-go/idem"
)

// Recovered turns what the engine yields into what a package does. An error of
// one record becomes its own; an error of the journal ends the loop, with the
// package's name in front.
func Recovered[T any](
	name string, found iter.Seq2[idem.RecoveryResult, error], as func(idem.RecoveryResult) *T,
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for r, err := range found {
			if err != nil && r.ID != "" { // of this record alone
				r.Result.Err, err = err, nil
			}
			if err != nil {
				yield(nil, fmt.Errorf("%s: recover: %w", name, err))
				return
			}
			if !yield(as(r), nil) {
				return
			}
		}
	}
}
