package operations

import (
	"slices"
	"sync"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// maxSeen bounds the raw operations that a client remembers from its calls: a
// program that makes up names registers none.
const maxSeen = 1000

// Known are the operations that a client knows by name: from the contract, from
// registrations, and from its own raw calls.
type Known struct {
	modelled   map[gen.OperationID]idem.Operation
	registered map[string]Raw // does not change

	mu   sync.Mutex
	seen map[string]Raw // of calls that a journal may have recorded; nil: there is no journal
}

// NewKnown makes it of the contract's operations and the registered ones. With
// remember it knows raw operations from calls, too.
func NewKnown(modelled map[gen.OperationID]idem.Operation, registered map[string]Raw, remember bool) *Known {
	k := &Known{modelled: modelled, registered: registered}
	if remember {
		k.seen = map[string]Raw{}
	}
	return k
}

// Row returns the operation with this name, as the engine reads it.
func (k *Known) Row(name string) (idem.Operation, bool) {
	if op, ok := k.modelled[gen.OperationID(name)]; ok {
		return op, true
	}
	op, ok := k.raw(name)
	if !ok {
		return idem.Operation{}, false
	}
	return op.Row(), true
}

// Class returns the class of an operation, the least promising for an unknown
// one.
func (k *Known) Class(name string) idem.Class {
	op, _ := k.Row(name)
	return op.Class
}

func (k *Known) raw(name string) (Raw, bool) {
	if op, ok := k.registered[name]; ok {
		return op, true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	op, ok := k.seen[name]
	return op, ok
}

// Matches reports whether a recorded request is its operation's (J14), or can be
// a raw call's of the class that the operation has now.
func (k *Known) Matches(r idem.Request, paths Paths) bool {
	if k.IsModelled(r.Operation.Name) {
		return paths.Matches(r)
	}
	return slices.Contains(methods, r.Method) && pathFault(r.Path) == "" && queryFault(r.Query) == "" &&
		paths.Protected(k.Class(r.Operation.Name), r.Method, r.Path) == ""
}

// IsModelled reports whether an operation is the contract's.
func (k *Known) IsModelled(name string) bool { return k.modelled[gen.OperationID(name)].Name != "" }

// Admit completes the operation of a call from its registration, remembers it,
// and refuses one that contradicts what is known of the name.
func (k *Known) Admit(op Raw) (Raw, error) {
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
	op.ResendFor = known.ResendFor
	if !op.Equal(known) {
		return op, op.Fault("is registered in another form: its class, success or essential fields differ")
	}
	return op, nil
}

// remember keeps the operation of a call that a journal may record. One name
// must not have two classes, since its records would be repeated by one.
func (k *Known) remember(op Raw) error {
	if k.seen == nil || op.Class == idem.Safe {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before, ok := k.seen[op.Name]
	switch {
	case ok && before.Class != op.Class:
		return op.Fault("had another class in an earlier call: use another name")
	case ok || len(k.seen) < maxSeen:
		k.seen[op.Name] = op.Clone()
	}
	return nil
}
