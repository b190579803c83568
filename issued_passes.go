package bardge

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

// IssuedPassesService issues passes, and reads and changes those that were issued.
// An issued pass is one pass package given to one named client.
type IssuedPassesService service

// The types of issued passes.
type (
	// IssuedPass is a package that was given to a client.
	IssuedPass = gen.IssuedPass
	// IssuedPassCategory is what an issued pass covers.
	IssuedPassCategory = gen.IssuedPassCategory
	// IssuedPassStatus is the state of an issued pass.
	IssuedPassStatus = gen.IssuedPassStatus
	// IssuePassParams say which package goes to whom.
	IssuePassParams = gen.IssuePassParams
	// UpdateIssuedPassParams say what to change.
	UpdateIssuedPassParams = gen.UpdateIssuedPassParams
)

// The states of an issued pass (documented). Compare with Is: the vendor writes
// them in both letter cases.
const (
	IssuedPassActive    = gen.IssuedPassStatusActive
	IssuedPassExpired   = gen.IssuedPassStatusExpired
	IssuedPassCancelled = gen.IssuedPassStatusCancelled
)

// UpdateIssuedPassExpiryParams say when an issued pass ends.
type UpdateIssuedPassExpiryParams struct {
	// ExpiresAt is the new expiry, sent in milliseconds (unit inferred from the
	// answers). It is required.
	ExpiresAt time.Time
}

// Issue gives a pass package to a client, and charges the reseller. The body's
// fields are inferred.
//
// Operation IssuePass, class keyed (documented): sent under one key, repeated
// within its window. Errors to tell apart: [ErrPassNotFound], [ErrValidation].
func (s *IssuedPassesService) Issue(
	ctx context.Context, params IssuePassParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewIssuePassRequest(params)
	return call(ctx, s.client, req, err, gen.ParseIssuePassResponse, opts)
}

// Get returns an issued pass. The path is inferred.
//
// Operation GetIssuedPass, class safe: repeated freely. Errors to tell apart:
// [ErrPassNotFound], [ErrNotFound].
func (s *IssuedPassesService) Get(
	ctx context.Context, id string, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewGetIssuedPassRequest(id)
	return call(ctx, s.client, req, err, gen.ParseGetIssuedPassResponse, opts)
}

// Update changes an issued pass; fields left out stay as they are. The
// body's fields are inferred.
//
// Operation UpdateIssuedPass, class keyed (documented): sent under one key,
// repeated within its window. Errors to tell apart: [ErrPassNotFound],
// [ErrNotFound], [ErrValidation].
func (s *IssuedPassesService) Update(
	ctx context.Context, params UpdateIssuedPassParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	req, err := gen.NewUpdateIssuedPassRequest(params)
	return call(ctx, s.client, req, err, gen.ParseUpdateIssuedPassResponse, opts)
}

// UpdateExpiry sets when an issued pass ends. The body's field and its unit
// are inferred.
//
// Operation UpdateIssuedPassExpiry, class keyed (documented): sent under one key,
// repeated within its window. Errors to tell apart: [ErrPassNotFound],
// [ErrNotFound], [ErrValidation].
func (s *IssuedPassesService) UpdateExpiry(
	ctx context.Context, id string, params UpdateIssuedPassExpiryParams, opts ...CallOption,
) (*IssuedPass, *Response, error) {
	body := gen.UpdateIssuedPassExpiryBody{ExpiresAt: wire.Millis{Time: params.ExpiresAt}}
	req, err := gen.NewUpdateIssuedPassExpiryRequest(id, body)
	if err == nil && params.ExpiresAt.IsZero() {
		err = &InvalidError{Field: "ExpiresAt", Reason: "is not set"}
	}
	return call(ctx, s.client, req, err, gen.ParseUpdateIssuedPassExpiryResponse, opts)
}
