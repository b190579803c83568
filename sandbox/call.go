package sandbox

import "net/http"

// call is one request on its way through the server.
type call struct {
	id       string // request id
	reseller string // who sent it
	token    string // lookup token, if any
	fault    effect
	outages  int    // outages before it arrived
	entry    *Entry // its line in the ledger, which the book guards
	result   Result // what became of it
	resource string // id of what it touched
}

type callKey struct{}

// callOf returns the call that a request belongs to.
func callOf(r *http.Request) *call {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		panic("sandbox: a request came in beside the handler")
	}
	return c
}

// touched notes the id of what an operation made, changed or read.
func (c *call) touched(id string) { c.resource = id }

// refuse makes an error the answer.
func (c *call) refuse(err *apiError) *answer {
	c.result = ResultRefused
	return errorAnswer(err, c.id)
}
