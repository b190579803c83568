package peers

import "context"

// Operation is a POST of any kind, for the clients that are written by hand.
type Operation struct {
	// Path is appended to the base URL.
	Path string
	// Body is sent as it is; empty is none.
	Body []byte
	// Keyed tells that the operation takes an idempotency key.
	Keyed bool
	// DoneCode is the code of the API's error that means that the state asked for holds; empty: none does.
	DoneCode string
}

// Doer is a client that can perform any operation.
type Doer interface {
	// Do makes one call.
	Do(ctx context.Context, op Operation) Result
	// Close closes the connections that the client keeps.
	Close()
}

// result reads a failure with the operation's DoneCode as success, as a careful program does.
func (o Operation) result(r Result) Result {
	if o.DoneCode != "" && r.Outcome == Failed && r.Code == o.DoneCode {
		return Result{Outcome: Done}
	}
	return r
}
