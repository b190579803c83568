package sdk

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Resolution is the statement of a person or another system about an
// operation's result. The zero value is refused. It is comparable.
type Resolution struct {
	word       word
	id         string
	by, note   string
	generation int
	unverified bool
}

type word uint8

const (
	wordNone word = iota
	wordExecuted
	wordNotExecuted
)

func NotExecuted() Resolution { return Resolution{word: wordNotExecuted} }

// Executed states that the operation was executed, and the id of what it made.
func Executed(id string) Resolution { return Resolution{word: wordExecuted, id: id} }

// By adds the author, in at most 200 bytes: stored sealed, never printed.
func (r Resolution) By(who string) Resolution {
	r.by = who
	return r
}

// Note adds the reason, in at most 2,000 bytes: stored sealed, never printed.
func (r Resolution) Note(text string) Resolution {
	r.note = text
	return r
}

// Generation names the ref's generation, required unless it is the first: the
// ref was used again after an operation that ended unexecuted.
func (r Resolution) Generation(n int) Resolution {
	r.generation = n
	return r
}

// Unverified accepts the id without reading it from the API first.
func (r Resolution) Unverified() Resolution {
	r.unverified = true
	return r
}

func (r Resolution) String() string {
	switch r.word {
	case wordExecuted:
		return "executed " + Printable(r.id)
	case wordNotExecuted:
		return "not executed"
	default:
		return "none"
	}
}

// Resolve resolves the operation with a ref.
func (c *Client) Resolve(ctx context.Context, ref string, r Resolution) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return c.ResolveID(ctx, journal.RefID(ref), r)
}

// ResolveID resolves the operation with this id in the journal.
func (c *Client) ResolveID(ctx context.Context, id string, r Resolution) error {
	if r.word == wordNone {
		return &idem.InvalidError{Field: "resolution", Reason: "is neither Executed nor NotExecuted"}
	}
	return c.named("resolve", c.Engine().Resolve(ctx, id, c.resolution(r)))
}

func (c *Client) resolution(r Resolution) idem.Resolution {
	out := idem.Resolution{
		Executed: r.word == wordExecuted,
		ID:       r.id, By: r.by, Note: r.note, Generation: r.generation,
		ResponseOf: func(operation string) (*idem.Response, string) { return c.ResponseOf(operation, r.id) },
		Class:      c.Class,
	}
	if c.Verify != nil && !r.unverified && r.id != "" {
		out.Verify = func(ctx context.Context, o idem.PendingOperation) (bool, error) { return c.Verify(ctx, o, r.id) }
	}
	return out
}

// Found is the result of a caller's reconciler.
type Found struct {
	Done         bool
	ID, Evidence string
}

func (c *Client) Reconciled(operation string, f Found, err error) (idem.ReconcileResult, error) {
	r := idem.ReconcileResult{Done: f.Done && err == nil, Evidence: f.Evidence}
	if r.Done {
		r.Response, r.Resource = c.ResponseOf(operation, f.ID)
	}
	return r, err
}
