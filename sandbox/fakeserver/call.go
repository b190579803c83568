package fakeserver

import "net/http"

// Call is one request on its way through the server, as an operation sees it.
type Call struct {
	// ID is the request's id, "req_0001" for the first one.
	ID string
	// Account is who sent it; "" before that is known.
	Account string

	fault    effect
	outages  int    // before it arrived
	line     int    // its place in the ledger
	result   Result // what became of it
	resource string // id of what it touched
}

type callKey struct{}

// CallOf returns the call that a request belongs to.
func CallOf(r *http.Request) *Call {
	c, ok := r.Context().Value(callKey{}).(*Call)
	if !ok {
		panic("sandbox: a request came in beside the handler")
	}
	return c
}

// Touched notes the id of what an operation made, changed or read.
func (c *Call) Touched(id string) { c.resource = id }

// Executed notes that the operation was executed, whatever its answer says.
func (c *Call) Executed() { c.result = ResultExecuted }

// Rejected notes that the operation was refused.
func (c *Call) Rejected() { c.result = ResultRejected }
