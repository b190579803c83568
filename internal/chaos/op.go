package chaos

import "time"

// Class is how an operation may be repeated by the server's rules.
type Class string

// The classes of operation that the server offers.
const (
	Safe          Class = "safe"           // GET /read/{op} returns the state
	Keyed         Class = "keyed"          // POST /do/{op} honours the idempotency key
	Idempotent    Class = "idempotent"     // POST /cancel/{op} takes no key; the second time is a 409 already_cancelled
	KeyUnverified Class = "key unverified" // POST /unguarded/{op} executes each time, key or not
)

// Op is a logical operation, as it is handed to a client.
type Op struct {
	ID     string
	Class  Class
	Method string
	Path   string // relative to Simulation.URL
	Body   []byte // nil: none
	// Key is the key to use, because another call for the same operation uses
	// it too; empty: the client's choice.
	Key string
	// SentSince is set where another client, or an earlier call, may have sent
	// the key: not before this time, by the client's wall clock when the call
	// is made. It is zero while a call of the same client with the same key
	// runs: the client knows that.
	SentSince time.Time
	// Invalid requests a call that the client refuses before it sends anything,
	// because of a bad argument.
	Invalid bool
}

// NewOp returns the operation of an id, which may consist of letters, digits
// and hyphens.
func NewOp(class Class, id string) Op {
	op := Op{ID: id, Class: class, Method: "POST"}
	switch class {
	case Safe:
		op.Method, op.Path = "GET", "/read/"+id
	case Keyed:
		op.Path, op.Body = "/do/"+id, mustJSON(map[string]string{"operation": id})
	case Idempotent:
		op.Path = "/cancel/" + id
	case KeyUnverified:
		op.Path, op.Body = "/unguarded/"+id, mustJSON(map[string]string{"operation": id})
	}
	return op
}

// Claim is the outcome of an operation that a client reports when its call
// returns.
type Claim string

// The claims a client can make.
const (
	NotSent  Claim = "not sent" // no byte of it left the machine
	Rejected Claim = "rejected" // the server refused it; it was not executed
	Done     Claim = "done"     // it was executed; for idempotent: the requested state holds
	Unknown  Claim = "unknown"  // it may or may not have been executed
)
