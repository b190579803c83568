package operations

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Raw describes a raw operation, apart from its requests.
type Raw struct {
	Name      string
	Class     idem.Class
	Success   []int         // nil: 200 and 201
	Essential []string      // the fields without which a success has nothing
	ResendFor time.Duration // as [idem.Operation.ResendFor]
}

// Clone returns a copy whose lists are its own.
func (op Raw) Clone() Raw {
	op.Success, op.Essential = slices.Clone(op.Success), slices.Clone(op.Essential)
	return op
}

// Equal reports whether two descriptions are the same.
func (op Raw) Equal(other Raw) bool {
	return op.Class == other.Class && slices.Equal(op.successes(), other.successes()) &&
		slices.Equal(op.Essential, other.Essential) && op.ResendFor == other.ResendFor
}

func (op Raw) successes() []int {
	if len(op.Success) == 0 {
		return []int{http.StatusOK, http.StatusCreated}
	}
	return op.Success
}

// noContent reports whether a success may have no body.
func (op Raw) noContent() bool {
	return slices.Contains(op.Success, http.StatusNoContent) || slices.Contains(op.Success, http.StatusResetContent)
}

const (
	maxName      = 64
	maxSuccesses = 10
	maxEssential = 32
)

// Check refuses what no operation can be, with an *[idem.InvalidError].
func (op Raw) Check() error {
	switch {
	case !IsName(op.Name):
		return &idem.InvalidError{
			Field:  "operation's name",
			Reason: fmt.Sprintf(`is not a letter with up to %d letters, digits, "_" and "-"`, maxName-1),
		}
	case gen.OperationID(op.Name).Operation().ID != "":
		return op.Fault("is an operation of the SDK's own: call its method, or use another name")
	case len(op.Success) > maxSuccesses:
		return op.Fault(fmt.Sprintf("has more than %d statuses of a success", maxSuccesses))
	case slices.ContainsFunc(op.Success, func(status int) bool { return status < 200 || status > 299 }):
		return op.Fault("has a status of a success that is not between 200 and 299")
	case len(op.Essential) > maxEssential:
		return op.Fault(fmt.Sprintf("has more than %d essential fields", maxEssential))
	case !allFunc(op.Essential, isFieldName):
		return op.Fault(`has an essential field that is not a name of letters, digits, "_" and "-"`)
	case len(op.Essential) > 0 && op.noContent():
		return op.Fault("has essential fields, and a success without a body")
	case op.ResendFor < 0:
		return op.Fault("has a ResendFor that is negative")
	case op.ResendFor > 0 && op.Class != idem.Idempotent:
		return op.Fault("has a ResendFor, which is for idempotent operations")
	}
	return nil
}

// Fault is the error of an operation that is refused.
func (op Raw) Fault(reason string) error {
	return &idem.InvalidError{Field: "raw operation " + op.Name, Reason: reason}
}

func allFunc[T any](all []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(all, func(one T) bool { return !holds(one) })
}

// IsName reports whether a raw operation may have this name.
func IsName(name string) bool { return isFieldName(name) && isLetter(name[0]) }

// isFieldName reports whether a name is one that errors can show.
func isFieldName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// Row returns the operation as the engine reads it.
func (op Raw) Row() idem.Operation {
	return idem.Operation{
		Name:      op.Name,
		Class:     op.Class,
		Success:   op.successes(),
		NoContent: op.noContent(),
		ResendFor: op.ResendFor,
		Prove: func(_ int, _ http.Header, body []byte) idem.Proof {
			return op.prove(body)
		},
	}
}

// prove finds what the success of a raw operation proves. One that only reads
// takes any JSON value with the API's request id.
func (op Raw) prove(body []byte) idem.Proof {
	kind, complete := wire.ProveRaw(body, op.Essential)
	if op.Class == idem.Safe && kind == wire.ProvesNothing && len(op.Essential) == 0 && complete {
		kind = wire.ProvesField
	}
	return Proof(kind, complete)
}

var proofKinds = map[wire.Proof]idem.ProofKind{
	wire.ProvesNothing:   idem.ProvesNothing,
	wire.ProvesField:     idem.ProvesField,
	wire.ProvesExecution: idem.ProvesExecution,
	wire.ProvesOther:     idem.ProvesOther,
}

// Proof returns what a body proves, as the engine reads it.
func Proof(kind wire.Proof, complete bool) idem.Proof {
	return idem.Proof{Kind: proofKinds[kind], Complete: complete}
}
