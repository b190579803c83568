package bardge

import (
	"errors"
	"slices"
	"sync"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// ErrUnknownOperation is in the error of a [RecoveryResult] whose operation is
// neither one of the SDK's nor registered by [WithRawOperation]: it is not sent
// and stays in the journal.
var ErrUnknownOperation = errors.New("this client does not know the operation: register it by WithRawOperation")

// maxSeen bounds the raw operations that a client remembers from its calls: a
// program that makes up names registers none.
const maxSeen = 1000

// knownOperations are the operations that a client knows by name: from the
// contract, from registrations, and from its own raw calls.
type knownOperations struct {
	registered map[string]RawOperation // does not change

	mu   sync.Mutex
	seen map[string]RawOperation // of calls that a journal may have recorded; nil: there is no journal
}

func newKnownOperations(s *settings) *knownOperations {
	k := &knownOperations{registered: s.raw}
	if s.Journal != nil {
		k.seen = map[string]RawOperation{}
	}
	return k
}

// row returns the operation with this name, as the engine reads it.
func (k *knownOperations) row(name string) (idem.Operation, bool) {
	if op, ok := rows[gen.OperationID(name)]; ok {
		return op, true
	}
	op, ok := k.raw(name)
	if !ok {
		return idem.Operation{}, false
	}
	return op.row(), true
}

// class returns the class of an operation, the least promising for an unknown
// one.
func (k *knownOperations) class(name string) idem.Class {
	if op, ok := k.raw(name); ok {
		return op.Class.engine()
	}
	return classOf(name)
}

func (k *knownOperations) raw(name string) (RawOperation, bool) {
	if op, ok := k.registered[name]; ok {
		return op, true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	op, ok := k.seen[name]
	return op, ok
}

// matchesRaw reports whether a recorded request can be a raw call's (J14), of the
// class that its operation has now.
func (k *knownOperations) matchesRaw(r idem.Request, paths operationPaths) bool {
	return slices.Contains(rawMethods, r.Method) && rawPathFault(r.Path) == "" && rawQueryFault(r.Query) == "" &&
		paths.protected(k.class(r.Operation.Name), r.Method, r.Path) == ""
}

// admit completes the operation of a call from its registration, remembers it,
// and refuses one that contradicts what is known of the name.
func (k *knownOperations) admit(op RawOperation) (RawOperation, error) {
	known, registered := k.registered[op.Name]
	if !registered {
		return op, k.remember(op)
	}
	if op.Success == nil {
		op.Success = known.Success
	}
	if op.Essential == nil {
		op.Essential = known.Essential
	}
	if !op.equal(known) {
		return op, op.bad("is registered in another form: its class, success or essential fields differ")
	}
	return op, nil
}

// remember keeps the operation of a call that a journal may record. One name
// must not have two classes, since its records would be repeated by one.
func (k *knownOperations) remember(op RawOperation) error {
	if k.seen == nil || op.Class == Safe {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before, ok := k.seen[op.Name]
	switch {
	case ok && before.Class != op.Class:
		return op.bad("had another class in an earlier call: use another name")
	case ok || len(k.seen) < maxSeen:
		k.seen[op.Name] = op.clone()
	}
	return nil
}
