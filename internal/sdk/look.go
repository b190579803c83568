package sdk

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Looker shows the operations of a client's journal.
type Looker struct {
	// Name is the package's, in front of errors.
	Name string
	// Engine is the client's.
	Engine *idem.Engine
	// Class is that of an operation, by its name.
	Class func(operation string) idem.Class
	// Redact hides credentials that a server has repeated.
	Redact func(string) string
}

// List returns the operations that match a filter.
func (l Looker) List(ctx context.Context, f idem.Filter) ([]*idem.RecordedOperation, error) {
	found, err := l.Engine.List(ctx, f)
	if err != nil {
		return nil, named(l.Name, "list operations", err)
	}
	all := make([]*idem.RecordedOperation, len(found))
	for i := range found {
		all[i] = l.show(found[i])
	}
	return all, nil
}

// Get returns the operation with a ref.
func (l Looker) Get(ctx context.Context, ref string) (*idem.RecordedOperation, error) {
	if ref == "" {
		return nil, &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return l.GetID(ctx, idem.RefID(ref))
}

// GetID returns the operation with this name in the journal.
func (l Looker) GetID(ctx context.Context, id string) (*idem.RecordedOperation, error) {
	found, err := l.Engine.Get(ctx, id)
	if err != nil {
		return nil, named(l.Name, "get operation", err)
	}
	return l.show(found), nil
}

// GetMany returns the operations with these refs, by ref.
func (l Looker) GetMany(ctx context.Context, refs []string) (map[string]*idem.RecordedOperation, error) {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = idem.RefID(ref)
	}
	found, err := l.Engine.GetMany(ctx, ids)
	if err != nil {
		return nil, named(l.Name, "get operations", err)
	}
	all := make(map[string]*idem.RecordedOperation, len(found))
	for i := range found {
		all[found[i].Ref] = l.show(found[i])
	}
	return all, nil
}

// Stats counts the operations.
func (l Looker) Stats(ctx context.Context) (idem.Stats, error) {
	s, err := l.Engine.Stats(ctx)
	return s, named(l.Name, "count operations", err)
}

// Erase erases the operation with a ref.
func (l Looker) Erase(ctx context.Context, ref string) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return l.EraseID(ctx, idem.RefID(ref))
}

// EraseID erases the operation with this name in the journal.
func (l Looker) EraseID(ctx context.Context, id string) error {
	return named(l.Name, "erase", l.Engine.Erase(ctx, id))
}

// show hides credentials, and the end of a key that protects nothing.
func (l Looker) show(o idem.RecordedOperation) *idem.RecordedOperation {
	if l.Class(o.Operation) != idem.Keyed {
		o.SafeUntil = time.Time{}
	}
	o.Code, o.RequestID = l.Redact(o.Code), l.Redact(o.RequestID)
	return &o
}
