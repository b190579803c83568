package bardge

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/wire"
)

// ErrResponseIncomplete: the operation was executed ([OutcomeDone]), but its
// response lacks a field that a caller cannot do without (an id, an access
// code, a lookup token), or has it in a wrong form. There is no value, so that
// no empty id is ever taken for one; Response.Raw has what came. errors.Is
// finds [ErrResponseLost] too. A list lacks its items, or does not show whether
// it goes on; an All iterator ends with it if it left out items without an id.
var ErrResponseIncomplete = idem.ErrResponseIncomplete

type parser[T any] func(body []byte, seen *wire.Seen) (value *T, drift []wire.Drift, err error)

// observed passes the fields of what is read to seen.
func (parse parser[T]) observed(seen *wire.Seen) parser[T] {
	return func(body []byte, _ *wire.Seen) (*T, []wire.Drift, error) { return parse(body, seen) }
}

func (parse parser[T]) decode(body []byte) (any, error) {
	value, drift, err := parse(body, nil)
	if err == nil && drift == nil { // the rule
		return value, nil
	}
	return decoded(value, drift, err)
}

func decoded[T any](value *T, drift []wire.Drift, err error) (any, error) {
	var lacking *wire.IncompleteError
	switch {
	case errors.As(err, &lacking):
		return value, &incompleteError{lacking, driftError(drift)}
	case err != nil:
		return nil, err
	default:
		return value, driftError(drift)
	}
}

// exactly is decode for proofs: a value that lacks something proves nothing.
func (parse parser[T]) exactly(body []byte) (any, error) {
	value, drift, err := parse(body, nil)
	if err == nil && slices.ContainsFunc(drift, wire.Drift.Loses) {
		return nil, fmt.Errorf("%w: %w", ErrResponseIncomplete, errors.New(driftError(drift).Error()))
	}
	return decoded(value, drift, err)
}

// incompleteError is why a value is not handed out, with the drift beside it.
type incompleteError struct {
	lacking *wire.IncompleteError
	drift   idem.DriftError
}

// Error names the fields that are missing or do not fit.
func (e *incompleteError) Error() string {
	return ErrResponseIncomplete.Error() + ": " + e.lacking.Error()
}

// Unwrap returns the causes.
func (e *incompleteError) Unwrap() []error {
	return []error{ErrResponseIncomplete, e.lacking, e.drift}
}

// readWith sends another call's headers. Where exact, drift is an error.
func readWith(header http.Header, exact bool) CallOption {
	return callFunc(func(read *callSettings) { read.Header, read.Exact = header.Clone(), exact })
}

func proofs(shape *wire.Shape) func(int, http.Header, []byte) idem.Proof {
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		return operations.Proof(shape.Prove(body))
	}
}
