package facade

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/idem"
)

// Resolution is somebody's word on what became of an open operation. The zero
// value is none, and refused.
type Resolution struct {
	word word
	id   string
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

// Resolver records settlements.
type Resolver struct {
	// Name is the package's, in front of errors.
	Name string
	// Engine is the client's.
	Engine *idem.Engine
	// AnswerOf stands for the lost answer of an operation that made the thing with
	// this id, and names that as a resource.
	AnswerOf func(operation, id string) (answer *idem.Answer, resource string)
	// Class is that of an operation, by its name.
	Class func(operation string) idem.Class
}

// Ref settles the operation with a ref.
func (s Resolver) Ref(ctx context.Context, ref string, word Resolution) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return s.ID(ctx, idem.RefID(ref), word)
}

// ID settles the operation with this name in the journal.
func (s Resolver) ID(ctx context.Context, id string, said Resolution) error {
	if said.word == wordNone {
		return &idem.InvalidError{Field: "settlement", Reason: "is none of Executed and NotExecuted"}
	}
	err := s.Engine.Resolve(ctx, id, idem.Resolution{
		Executed: said.word == wordExecuted,
		AnswerOf: func(operation string) (*idem.Answer, string) { return s.AnswerOf(operation, said.id) },
		Class:    s.Class,
	})
	if err == nil || errors.As(err, new(*idem.InvalidError)) {
		return err
	}
	return fmt.Errorf("%s: settle: %w", s.Name, err)
}
