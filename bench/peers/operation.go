package peers

import "context"

// Operation is a POST of any kind, for hand-written clients.
type Operation struct {
	// Path is appended to the base URL.
	Path string
	// Body is sent as it is; empty: no body.
	Body []byte
	// Keyed reports whether the operation takes an idempotency key.
	Keyed bool
	// DoneCode is the code of the API's error for an operation that is already
	// in the requested state; empty: there is no such code.
	DoneCode string
}

// Doer is a client that can perform any operation.
type Doer interface {
	// Do makes one call.
	Do(ctx context.Context, op Operation) Result
	// Close closes the connections that the client keeps.
	Close()
}

// result treats a failure with the operation's DoneCode as success, as a
// careful program does.
func (o Operation) result(r Result) Result {
	if o.DoneCode != "" && r.Outcome == Failed && r.Code == o.DoneCode {
		return Result{Outcome: Done}
	}
	return r
}
