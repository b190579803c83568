package sdk

import (
	"slices"
	"sync/atomic"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// reservation is the value of the option of Reserve. The option holds a
// pointer, since the caller's Reserver may not be comparable.
type reservation struct {
	reserver journal.Reserver
	used     atomic.Bool // by a call
	over     atomic.Bool // the transaction may be over
}

func (r *reservation) apply(s *CallSettings) error {
	if r.over.Load() {
		return &idem.InvalidError{Field: "reservation", Reason: "is used after Reserve has returned"}
	}
	r.used.Store(true)
	s.Reserver = r.reserver
	return nil
}

// Reserve calls f with an option, converted by as, that lets in record calls.
// It returns nil if they are recorded.
func Reserve[O any](in journal.Reserver, f func(O) error, as func(CallOption) O) error {
	switch {
	case IsNil(in):
		return &idem.InvalidError{Field: "reservation", Reason: "has no transaction"}
	case f == nil:
		return &idem.InvalidError{Field: "reservation", Reason: "has no call"}
	}
	r := &reservation{reserver: in}
	defer r.over.Store(true)
	err := f(as(CallOption{kind: optionReserve, reservation: r}))
	switch {
	case reserved(err):
		return nil
	case err == nil && !r.used.Load():
		return &idem.InvalidError{Field: "reservation", Reason: "was given to no call"}
	default:
		return err
	}
}

// reserved reports whether every error in the tree is that a call was reserved.
func reserved(err error) bool {
	switch e := err.(type) { //nolint:errorlint // one step down the tree
	case interface{ Unwrap() []error }:
		causes := e.Unwrap()
		other := func(cause error) bool { return !reserved(cause) }
		return len(causes) > 0 && !slices.ContainsFunc(causes, other)
	case interface{ Unwrap() error }:
		return reserved(e.Unwrap())
	default:
		return err == idem.ErrReserved //nolint:errorlint // the leaf
	}
}
