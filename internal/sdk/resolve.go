package sdk

import (
	"context"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Resolution is a person's word, or another system's, on what became of an operation.
// The zero value is none, and refused. It is comparable.
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

// NotExecuted says that the operation was not executed.
func NotExecuted() Resolution { return Resolution{word: wordNotExecuted} }

// Executed says that the operation was executed, and names what it made.
func Executed(id string) Resolution { return Resolution{word: wordExecuted, id: id} }

// By adds who says so: a person's name, or a system's. At most 200 bytes. It is kept
// sealed, and never printed.
func (r Resolution) By(who string) Resolution {
	r.by = who
	return r
}

// Note adds what the word rests on, such as a ticket. At most 2,000 bytes. It is kept
// sealed, and never printed.
func (r Resolution) Note(text string) Resolution {
	r.note = text
	return r
}

// Generation adds which generation of the ref the word is about, as the journal's
// RecordedOperation shows it. It is needed where that is not the first: the ref was used
// again after an operation that ended unexecuted.
func (r Resolution) Generation(n int) Resolution {
	r.generation = n
	return r
}

// Unverified has the id believed as it is, and not read from the API first. Without it a
// word is refused where the API does not confirm the id, or cannot be reached.
func (r Resolution) Unverified() Resolution {
	r.unverified = true
	return r
}

// String returns the word and the id.
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

// ResolveID resolves the operation with this name in the journal.
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

// Found is what a caller's reconciler found: whether an operation was executed, the id of
// what it made, and the evidence.
type Found struct {
	Done         bool
	ID, Evidence string
}

// Reconciled returns the result of a caller's reconciler.
func (c *Client) Reconciled(operation string, f Found, err error) (idem.ReconcileResult, error) {
	r := idem.ReconcileResult{Done: f.Done && err == nil, Evidence: f.Evidence}
	if r.Done {
		r.Response, r.Resource = c.ResponseOf(operation, f.ID)
	}
	return r, err
}
