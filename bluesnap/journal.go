package bluesnap

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// OtherAccountError reports that the journal belongs to another account than
// the client, and names both. It is [ErrOtherAccount], and nothing was sent.
// See [idem.OtherAccountError] for its fields.
type OtherAccountError = idem.OtherAccountError

// Rebind gives the journal of account from, which the [OtherAccountError] of a
// call or Recover names, to this client's account: the base URL has moved, or
// you renamed the account. Operations recorded for either are then believed. It
// fails with [ErrOtherAccount] if the journal belongs to a third account, and
// does nothing if it is this client's already. Stop the clients of account from
// before: those that still run notice within ten seconds, and are then refused.
//
// Warning: do not rebind the journal of a different account: Recover would send
// its open operations to this one.
func (c *Client) Rebind(ctx context.Context, from idem.Account) error {
	return c.core.Rebind(ctx, from)
}
