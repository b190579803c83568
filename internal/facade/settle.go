package facade

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/idem"
)

// Settlement is somebody's word on what became of an open operation. The zero
// value is none, and refused.
type Settlement struct {
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
func NotExecuted() Settlement { return Settlement{word: wordNotExecuted} }

// Executed says that the operation was executed, and names what it made.
func Executed(id string) Settlement { return Settlement{word: wordExecuted, id: id} }

// Settler records settlements.
type Settler struct {
	// Name is the package's, in front of errors.
	Name string
	// Engine and Journal are the client's; Journal may be nil.
	Engine  *idem.Engine
	Journal idem.Journal
	// AnswerOf stands for the lost answer of an operation that made the thing with
	// this id, and names that as a resource.
	AnswerOf func(operation, id string) (answer *idem.Answer, resource string)
}

// Ref settles the operation with a ref.
func (s Settler) Ref(ctx context.Context, ref string, word Settlement) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return s.settle(ctx, ref, "", word)
}

// Key settles an operation without a ref, which goes by its key.
func (s Settler) Key(ctx context.Context, key idem.Key, word Settlement) error {
	if key.IsZero() {
		return &idem.InvalidError{Field: "idempotency key", Reason: "is empty"}
	}
	return s.settle(ctx, "", key.String(), word)
}

func (s Settler) settle(ctx context.Context, ref, key string, said Settlement) error {
	settled := idem.Settlement{Executed: said.word == wordExecuted}
	switch {
	case s.Journal == nil:
		return &idem.InvalidError{Field: "journal", Reason: "is needed to settle in"}
	case said.word == wordNone:
		return &idem.InvalidError{Field: "settlement", Reason: "is none of Executed and NotExecuted"}
	case settled.Executed:
		operation, err := operationOf(ctx, s.Journal, ref, key)
		if err != nil {
			return fmt.Errorf("%s: settle: %w", s.Name, err)
		}
		settled.Answer, settled.Resource = s.AnswerOf(operation, said.id)
	}
	if err := s.Engine.Settle(ctx, ref, key, settled); err != nil {
		return fmt.Errorf("%s: settle: %w", s.Name, err)
	}
	return nil
}
