package safety

import (
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Kind is the kind of an operation of the second table, each with a client.
type Kind string

const (
	Booking      Kind = "class booking"
	Credits      Kind = "credit purchase"
	Cancellation Kind = "cancellation"
)

var Kinds = []Kind{Booking, Credits, Cancellation}

// kindOf relies on the load, which repeats the kinds' classes in this order.
func kindOf(op chaos.Op) Kind { return Kinds[(number(op)-1)%len(Kinds)] }

// orders is the second table's load, with the first's callers and outages.
func orders(operations int) chaos.Load {
	work := load(operations)
	work.Classes = []chaos.Class{chaos.Keyed, chaos.Keyed, chaos.Idempotent}
	return work
}

// rows are the kinds' operations. The model returns an issued pass to each key.
var rows = map[Kind]idem.Operation{
	Booking:      keyed(gen.OpBookClass),
	Credits:      keyed(gen.OpPurchaseCredits),
	Cancellation: row(gen.OpCancelBooking, idem.Idempotent, gen.OpCancelBooking),
}

func keyed(id gen.OperationID) idem.Operation { return row(id, idem.Keyed, gen.OpIssuePass) }

func row(id gen.OperationID, class idem.Class, answer gen.OperationID) idem.Operation {
	return idem.Operation{Name: string(id), Class: class, Success: []int{200, 201}, Prove: proves(answer)}
}

func requestOf(op chaos.Op) idem.Request {
	return idem.Request{Operation: rows[kindOf(op)], Method: op.Method, Path: op.Path, Body: op.Body}
}
