package bardge

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// ErrResponseIncomplete: the operation was executed ([OutcomeDone]), but its
// response lacks a field that a caller cannot do without, such as the id of
// what was made, an access code or a lookup token, or has it in a form that
// does not fit. There is no value, so that no empty id is ever taken for one;
// Response.Raw has what came. errors.Is finds [ErrResponseLost] too. Of a list
// it says that the page has no list in it, or does not show whether it goes on;
// an All iterator ends with it where items without an id were left out.
var ErrResponseIncomplete = idem.ErrResponseIncomplete

// parser reads the response of an operation.
type parser[T any] func(body []byte) (value *T, drift []string, err error)

// decode reads a response for the engine.
func (parse parser[T]) decode(body []byte) (any, error) {
	value, drift, err := parse(body)
	if err == nil && drift == nil { // the rule
		return value, nil
	}
	var lacking *wire.IncompleteError
	switch {
	case errors.As(err, &lacking):
		return value, fmt.Errorf("%w: %w", ErrResponseIncomplete, lacking)
	case err != nil:
		return nil, err
	default:
		return value, idem.DriftError(drift)
	}
}

// exactly is decode for a reading that is to prove something: what does not
// fit, or was left out, proves nothing.
func (parse parser[T]) exactly(body []byte) (any, error) {
	value, err := parse.decode(body)
	if drift, ok := errors.AsType[idem.DriftError](err); ok {
		return nil, fmt.Errorf("%w: %w", ErrResponseIncomplete, errors.New(drift.Error()))
	}
	return value, err
}

// readWith sends the headers that another call was given. Where exact, it
// refuses a response with drift.
func readWith(header http.Header, exact bool) CallOption {
	return callFunc(func(read *callSettings) { read.Header, read.Exact = header.Clone(), exact })
}

// proofs is how the engine recognises the responses of an operation.
func proofs(shape *wire.Shape) func(int, http.Header, []byte) idem.Proof {
	kinds := map[wire.Proof]idem.ProofKind{
		wire.ProvesNothing:   idem.ProvesNothing,
		wire.ProvesField:     idem.ProvesField,
		wire.ProvesExecution: idem.ProvesExecution,
		wire.ProvesOther:     idem.ProvesOther,
	}
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		kind, complete := shape.Prove(body)
		return idem.Proof{Kind: kinds[kind], Complete: complete}
	}
}
