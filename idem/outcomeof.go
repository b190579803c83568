package idem

import (
	"slices"
	"time"
)

// OutcomeOf returns the outcome that err carries: [OutcomeDone] for nil, that
// of its [Failure] through any wrapping, [OutcomeNotSent] for an [InvalidError]
// that no call returned, such as a refused option's, and [OutcomeUnknown] for
// any other error. Where err joins several failures, it is the outcome that all
// of them share, else [OutcomeUnknown]; joined errors that carry no outcome do
// not count.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeDone
	}
	return shared(err, func(f *Failure) Outcome { return f.Outcome })
}

// KeyOf returns the idempotency key of the [Failure] in err, with which the
// operation is resumed. It is the zero Key where there is no failure or no key,
// and where err joins failures with different keys.
func KeyOf(err error) Key { return shared(err, func(f *Failure) Key { return f.Key }) }

// shared is what all failures in err have in common; zero where they differ.
func shared[T comparable](err error, of func(*Failure) T) (common T) {
	for i, f := range failuresIn(err, nil) {
		if i > 0 && of(f) != common {
			var none T
			return none
		}
		common = of(f)
	}
	return common
}

// CanRepeat reports whether repeating the very call that returned err is safe
// now: with its ref if it had one, else under [KeyOf] if the operation takes a
// key, else as it was. With a ref it is true at any time, without one until
// SafeUntil, or if the operation was certainly not executed. It is false for a
// ref or key that belongs to another request. It does not predict whether the
// repetition succeeds, which [RetryHelps] does: it is true of a rejection, and
// of an [InvalidError].
//
// It is false for nil and for an error without a [Failure]. Where err joins
// several failures, it is true if it is so of each.
func CanRepeat(err error) bool {
	now := time.Now()
	return holdsForEach(err, func(f *Failure) bool { return f.canRepeat(now) })
}

// RetryHelps reports whether repeating the very call that returned err can lead
// to another result: not where the server has stored a failure under the key,
// the response is incomplete, the key has expired, or the request itself is
// wrong, as with an [InvalidError]. Whether repeating is safe, [CanRepeat]
// reports. A loop that resumes calls both.
//
// It is false for nil and for an error without a [Failure]. Where err joins
// several failures, it is true if it is so of each.
func RetryHelps(err error) bool {
	return holdsForEach(err, func(f *Failure) bool { return f.RetryHelps })
}

func holdsForEach(err error, holds func(*Failure) bool) bool {
	found := failuresIn(err, nil)
	return len(found) > 0 && !slices.ContainsFunc(found, func(f *Failure) bool { return !holds(f) })
}

// failuresIn appends the failures in the tree of err to found. It does not look
// beneath one, where the failure of a read may be that was to find out, nor
// into a [RecordError], which is about a record.
func failuresIn(err error, found []*Failure) []*Failure {
	switch e := err.(type) { //nolint:errorlint // one step down the tree
	case *Failure:
		if e != nil {
			found = append(found, e)
		}
		return found
	case *InvalidError:
		if e != nil {
			found = append(found, &Failure{Outcome: OutcomeNotSent, Err: e})
		}
		return found
	case *RecordError:
		return found
	case interface{ WrappedErrors() []error }: // of go-multierror, whose Unwrap hides what is joined
		return failuresInAll(e.WrappedErrors(), found)
	}
	if e, ok := err.(interface{ As(target any) bool }); ok { // which may find the first of several
		var f *Failure
		var i *InvalidError
		switch {
		case e.As(&f) && f != nil:
			found = append(found, f)
		case e.As(&i):
			found = failuresIn(i, found)
		}
	}
	switch e := err.(type) { //nolint:errorlint // likewise
	case interface{ Unwrap() error }:
		return failuresIn(e.Unwrap(), found)
	case interface{ Unwrap() []error }:
		return failuresInAll(e.Unwrap(), found)
	}
	return found
}

func failuresInAll(errs []error, found []*Failure) []*Failure {
	for _, err := range errs {
		found = failuresIn(err, found)
	}
	return found
}
