package bardge

import (
	"iter"
	"math"
)

// Collect returns all items of a sequence, such as [ClassesService.All] or
// [Client.Recover]. At the first error it stops, with what came before.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	return First(seq, math.MaxInt)
}

// First returns the first n items of a sequence, or all if it has fewer, and
// requests no page that is not needed. At the first error it stops, and returns
// what came before it. A negative n is an *[InvalidError].
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
