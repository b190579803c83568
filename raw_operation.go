package bardge

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// RetryClass is how a raw operation may be repeated after a lost response. The
// SDK cannot find it out: it is the caller's statement about the API.
type RetryClass uint8

// The classes of raw operations.
const (
	// NonIdempotent operations take no key, and are repeated only after nothing
	// was sent or the API rejected them. It is the zero value.
	NonIdempotent RetryClass = iota
	// Safe operations change nothing: no key, no journal, repeated freely.
	Safe
	// Keyed operations send an idempotency key that the API honours for its 90
	// seconds, and are repeated under it in that time.
	//
	// Warning: if the API ignores the key, a repetition executes again.
	Keyed
	// Idempotent operations take no key and have no further effect when they
	// are repeated, such as a cancellation: repeated freely.
	//
	// Warning: if a repetition has an effect, it happens twice.
	Idempotent
	// KeyUnverified operations send a key that the API may not honour, and are
	// repeated as NonIdempotent ones.
	KeyUnverified
)

var retryClasses = [...]idem.Class{
	NonIdempotent: idem.NonIdempotent, Safe: idem.Safe, Keyed: idem.Keyed,
	Idempotent: idem.Idempotent, KeyUnverified: idem.KeyUnverified,
}

// String returns the class in words, such as "non-idempotent".
func (c RetryClass) String() string {
	if !c.valid() {
		return "invalid"
	}
	return c.engine().String()
}

func (c RetryClass) valid() bool { return int(c) < len(retryClasses) }

// engine returns the class as the engine's; the least promising for an invalid
// one.
func (c RetryClass) engine() idem.Class {
	if !c.valid() {
		return idem.NonIdempotent
	}
	return retryClasses[c]
}

// RawOperation describes a raw operation to a client, apart from its requests.
type RawOperation struct {
	Name      string     // as in [RawCall]
	Class     RetryClass // how it may be repeated; zero: [NonIdempotent]
	Success   []int      // as in [RawCall]; nil: 200 and 201
	Essential []string   // as in [RawCall]; nil: none
}

// WithRawOperation registers the raw operation of a [RawCall], so that
// [Client.Recover] and [Client.Resolve] know it after a restart. It is needed
// for raw mutations in a journal: without it this client knows a raw operation
// only from its own calls. An operation that it does not know is reported by
// Recover with [ErrUnknownOperation], and neither sent nor lost.
//
// Registering an operation again changes nothing; two different operations with
// one name, and a name of the SDK's own operations, are refused.
//
// The class may be changed later for what is recorded under it, unless that
// adds or drops the key: such a record is never sent again.
func WithRawOperation(op RawOperation) Option {
	return newOption("WithRawOperation", func(s *settings) error {
		if err := op.check(); err != nil {
			return err
		}
		known, ok := s.raw[op.Name]
		switch {
		case ok && !known.equal(op):
			return &InvalidError{Field: "raw operation " + op.Name, Reason: "is registered twice, in two forms"}
		case s.raw == nil:
			s.raw = map[string]RawOperation{}
		}
		s.raw[op.Name] = op.clone()
		return nil
	})
}

func (op RawOperation) clone() RawOperation {
	op.Success, op.Essential = slices.Clone(op.Success), slices.Clone(op.Essential)
	return op
}

func (op RawOperation) equal(other RawOperation) bool {
	return op.Class == other.Class && slices.Equal(op.successes(), other.successes()) &&
		slices.Equal(op.Essential, other.Essential)
}

func (op RawOperation) successes() []int {
	if len(op.Success) == 0 {
		return []int{http.StatusOK, http.StatusCreated}
	}
	return op.Success
}

// noContent reports whether a success may have no body.
func (op RawOperation) noContent() bool {
	return slices.Contains(op.Success, http.StatusNoContent) || slices.Contains(op.Success, http.StatusResetContent)
}

const (
	maxRawName   = 64
	maxSuccesses = 10
	maxEssential = 32
)

// check refuses what no operation can be, with an *[InvalidError].
func (op RawOperation) check() error {
	switch {
	case !isRawName(op.Name):
		return &InvalidError{
			Field:  "operation's name",
			Reason: fmt.Sprintf(`is not a letter with up to %d letters, digits, "_" and "-"`, maxRawName-1),
		}
	case gen.OperationID(op.Name).Operation().ID != "":
		return op.bad("is an operation of the SDK's own: call its method, or use another name")
	case !op.Class.valid():
		return op.bad("has a class that does not exist")
	case len(op.Success) > maxSuccesses:
		return op.bad(fmt.Sprintf("has more than %d statuses of a success", maxSuccesses))
	case slices.ContainsFunc(op.Success, func(status int) bool { return status < 200 || status > 299 }):
		return op.bad("has a status of a success that is not between 200 and 299")
	case len(op.Essential) > maxEssential:
		return op.bad(fmt.Sprintf("has more than %d essential fields", maxEssential))
	case !allFunc(op.Essential, isFieldName):
		return op.bad(`has an essential field that is not a name of letters, digits, "_" and "-"`)
	case len(op.Essential) > 0 && op.noContent():
		return op.bad("has essential fields, and a success without a body")
	}
	return nil
}

func (op RawOperation) bad(reason string) error {
	return &InvalidError{Field: "raw operation " + op.Name, Reason: reason}
}

func allFunc[T any](all []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(all, func(one T) bool { return !holds(one) })
}

func isRawName(name string) bool { return isFieldName(name) && isLetter(name[0]) }

// isFieldName reports whether a name is one that errors can show.
func isFieldName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= maxRawName
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// row returns the operation as the engine reads it.
func (op RawOperation) row() idem.Operation {
	return idem.Operation{
		Name:      op.Name,
		Class:     op.Class.engine(),
		Success:   op.successes(),
		NoContent: op.noContent(),
		Prove:     rawProof(op.Class == Safe, op.Essential),
	}
}
