package fakeserver

import (
	"net/http"
	"time"
)

// Call is one request in the server, as an operation sees it.
type Call struct {
	// ID is the request's id, "req_0001" for the first one.
	ID string
	// Account is the sender; "" before authentication.
	Account string

	arrived time.Time     // by the server's clock
	passed  time.Duration // on the server's clock until then
	outages int           // before it arrived
	path    string        // as it was sent
	writer  http.ResponseWriter

	line     *Line     // in the ledger; nil until its route is known
	ended    bool      // the line is finished
	rules    *KeyRules // for keys, when it arrived
	fault    effect
	asked    effect    // by the header, to be met at the take-up of the key
	result   Result    // of the request
	resource string    // id of what it touched
	refused  *Response // by authentication; nil if it passed
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

// Touched notes the id of the resource that an operation made, changed or read.
func (c *Call) Touched(id string) { c.resource = id }

// Executed notes that the operation was executed, even if its response is an
// error.
func (c *Call) Executed() { c.result = ResultExecuted }

// Rejected notes that the operation was rejected.
func (c *Call) Rejected() { c.result = ResultRejected }
