package peers

import "context"

// Operation is a POST of any kind, for hand-written clients.
type Operation struct {
	Path  string // appended to the base URL
	Body  []byte // sent as it is; empty: no body
	Keyed bool   // takes an idempotency key
	// DoneCode is the API's code for "already in that state", or empty.
	DoneCode string
}

// Doer is a client that can perform any operation.
type Doer interface {
	Do(ctx context.Context, op Operation) Result
	Close() // closes the connections that the client keeps
}

// result treats a failure with DoneCode as success, as a careful program does.
func (o Operation) result(r Result) Result {
	if o.DoneCode != "" && r.Outcome == Failed && r.Code == o.DoneCode {
		return Result{Outcome: Done}
	}
	return r
}
