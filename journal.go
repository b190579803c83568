package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// OtherAccountError is the [ErrOtherAccount] of a journal that belongs to
// another account than the client, and names both. Nothing was sent. See
// [idem.OtherAccountError] for its fields.
type OtherAccountError = idem.OtherAccountError

// Rebind gives the journal of account from, which an [OtherAccountError] names,
// to this client's account: the base URL has moved, or you renamed the account.
// Operations recorded for either are then believed. It does nothing if the
// journal is this client's already, and fails with [ErrOtherAccount] if it is a
// third one's. Stop from's clients first: they are refused within ten seconds.
//
// Warning: do not rebind a different account's journal: Recover would send its
// open operations to this one.
func (c *Client) Rebind(ctx context.Context, from idem.Account) error {
	return c.core.Rebind(ctx, from)
}
