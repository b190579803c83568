package bardge

import (
	"iter"
	"math"
)

// Collect returns the items of a sequence, such as [ClassesService.All] or
// [Client.Recover], in order. At the first error it stops, and returns what
// came before it, too: the list is then not whole. An endless sequence is for
// [First].
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	return First(seq, math.MaxInt)
}

// First returns the first n items of a sequence, or all if it has fewer. Pages
// that are not needed are not requested; for n = 0 that is every page. At the
// first error it stops, and returns what came before it, too. A negative n is
// an *[InvalidError].
func First[T any](seq iter.Seq2[T, error], n int) ([]T, error) {
	if n < 0 {
		return nil, &InvalidError{Field: "n", Reason: "is negative"}
	}
	if n == 0 {
		return nil, nil
	}
	var some []T
	for item, err := range seq {
		if err != nil {
			return some, err
		}
		if some = append(some, item); len(some) == n {
			break
		}
	}
	return some, nil
}
