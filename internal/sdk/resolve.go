package sdk

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/idem"
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

// Resolver records resolutions.
type Resolver struct {
	// Name is the package's, in front of errors.
	Name string
	// Engine is the client's.
	Engine *idem.Engine
	// ResponseOf replaces the lost response of an operation that made the thing with
	// this id, and names that as a resource.
	ResponseOf func(operation, id string) (answer *idem.Response, resource string)
	// Class is that of an operation, by its name.
	Class func(operation string) idem.Class
	// Verify reports by reading whether an operation made the thing with this id; false
	// without an error where the API shows nothing. Nil believes each.
	Verify func(ctx context.Context, o idem.PendingOperation, id string) (bool, error)
}

// Ref resolves the operation with a ref.
func (s Resolver) Ref(ctx context.Context, ref string, r Resolution) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return s.ID(ctx, idem.RefID(ref), r)
}

// ID resolves the operation with this name in the journal.
func (s Resolver) ID(ctx context.Context, id string, r Resolution) error {
	if r.word == wordNone {
		return &idem.InvalidError{Field: "resolution", Reason: "is neither Executed nor NotExecuted"}
	}
	return named(s.Name, "resolve", s.Engine.Resolve(ctx, id, s.resolution(r)))
}

func (s Resolver) resolution(r Resolution) idem.Resolution {
	out := idem.Resolution{
		Executed: r.word == wordExecuted,
		ID:       r.id, By: r.by, Note: r.note, Generation: r.generation,
		ResponseOf: func(operation string) (*idem.Response, string) { return s.ResponseOf(operation, r.id) },
		Class:      s.Class,
	}
	if s.Verify != nil && !r.unverified && r.id != "" {
		out.Verify = func(ctx context.Context, o idem.PendingOperation) (bool, error) { return s.Verify(ctx, o, r.id) }
	}
	return out
}

// named puts the package's name and what was asked for in front of an error, but of one
// that names the argument itself.
func named(pkg, what string, err error) error {
	if err == nil || errors.As(err, new(*idem.InvalidError)) && !errors.As(err, new(*idem.RecordError)) {
		return err
	}
	return fmt.Errorf("%s: %s: %w", pkg, what, err)
}
