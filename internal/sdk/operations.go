package sdk

import (
	"context"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

func (c *Client) List(ctx context.Context, f journal.Filter) ([]*idem.RecordedOperation, error) {
	found, err := c.Engine().List(ctx, f, c.Recovery)
	if err != nil {
		return nil, c.named("list operations", err)
	}
	all := make([]*idem.RecordedOperation, len(found))
	for i := range found {
		all[i] = c.show(found[i])
	}
	return all, nil
}

// Get returns the operation with a ref.
func (c *Client) Get(ctx context.Context, ref string) (*idem.RecordedOperation, error) {
	if ref == "" {
		return nil, &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return c.GetID(ctx, journal.RefID(ref))
}

// GetID returns the operation with this id in the journal.
func (c *Client) GetID(ctx context.Context, id string) (*idem.RecordedOperation, error) {
	found, err := c.Engine().Get(ctx, id, c.Recovery)
	if err != nil {
		return nil, c.named("get operation", err)
	}
	return c.show(found), nil
}

// GetMany returns the operations with these refs, by ref.
func (c *Client) GetMany(ctx context.Context, refs []string) (map[string]*idem.RecordedOperation, error) {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = journal.RefID(ref)
	}
	found, err := c.Engine().GetMany(ctx, ids, c.Recovery)
	if err != nil {
		return nil, c.named("get operations", err)
	}
	all := make(map[string]*idem.RecordedOperation, len(found))
	for i := range found {
		all[found[i].Ref] = c.show(found[i])
	}
	return all, nil
}

func (c *Client) Stats(ctx context.Context) (journal.Stats, error) {
	s, err := c.Engine().Stats(ctx)
	return s, c.named("count operations", err)
}

// Erase erases the operation with a ref.
func (c *Client) Erase(ctx context.Context, ref string) error {
	if ref == "" {
		return &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return c.EraseID(ctx, journal.RefID(ref))
}

// EraseID erases the operation with this id in the journal.
func (c *Client) EraseID(ctx context.Context, id string) error {
	return c.named("erase", c.Engine().Erase(ctx, id))
}

// show removes credentials.
func (c *Client) show(o idem.RecordedOperation) *idem.RecordedOperation {
	redact := c.Credentials.Redact
	o.Code, o.RequestID = redact(o.Code), redact(o.RequestID)
	return &o
}

// Reconcile reads what the API shows of an open operation.
func (c *Client) Reconcile(ctx context.Context, ref string) (Found, error) {
	if ref == "" {
		return Found{}, &idem.InvalidError{Field: "ref", Reason: "is empty"}
	}
	return c.ReconcileID(ctx, journal.RefID(ref))
}

// ReconcileID is Reconcile for the operation with this id in the journal.
func (c *Client) ReconcileID(ctx context.Context, id string) (Found, error) {
	r, err := c.Engine().Reconcile(ctx, id, c.Recovery)
	if err != nil {
		return Found{}, c.named("reconcile", err)
	}
	found := Found{Done: r.Done, Evidence: c.Credentials.Redact(r.Evidence)}
	if _, made, ok := strings.Cut(r.Resource, ":"); ok {
		found.ID, _, _ = strings.Cut(made, ":") // what follows is not the id
	}
	return found, nil
}

// Reseal seals the journal's records anew.
func (c *Client) Reseal(ctx context.Context, o idem.ResealOptions) (idem.ResealResult, error) {
	r, err := c.Engine().Reseal(ctx, o)
	return r, c.named("reseal", err)
}
