package bardge

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// lookAtExpiry looks whether a pass ends as it was asked to. That it does is
// proof enough, if nothing else was asked for: an expiry is set to a given
// millisecond, so that the operation would change nothing more, whoever was first.
func (c *Client) lookAtExpiry(ctx context.Context, o PendingOperation) (idem.ReconcileResult, error) {
	var in UpdateIssuedPassExpiryParams
	var fields map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(o.Body, &in), json.Unmarshal(o.Body, &fields)); err != nil {
		return idem.ReconcileResult{}, err
	}
	pass, _, err := c.IssuedPasses.Get(ctx, o.PathID, exactly(o.Header))
	switch {
	case err != nil:
		return idem.ReconcileResult{}, err
	case len(fields) != 1:
		return unknown("issued pass %s does not show all that was asked for", sdk.Printable(o.PathID))
	case in.ExpiresAt.IsZero() || !pass.ExpiresAt.Equal(in.ExpiresAt):
		return unknown("issued pass %s ends at another time than asked for", sdk.Printable(o.PathID))
	}
	return proven(gen.OpUpdateIssuedPassExpiry, pass, []string{scopeOfExpiry(o.PathID, in.ExpiresAt)},
		"issued pass %s ends when asked for", sdk.Printable(o.PathID))
}

// lookAtPass looks at an issued pass that was to be changed. What it shows proves
// nothing: it may have had the same package before, and giving it again may add
// visits and charge for them.
func (c *Client) lookAtPass(ctx context.Context, o PendingOperation) (idem.ReconcileResult, error) {
	var in UpdateIssuedPassParams
	if err := json.Unmarshal(o.Body, &in); err != nil {
		return idem.ReconcileResult{}, err
	}
	pass, _, err := c.IssuedPasses.Get(ctx, in.UserPassID, exactly(o.Header))
	switch {
	case err != nil:
		return idem.ReconcileResult{}, err
	case in.PassID == "":
		return unknown("issued pass %s does not show what was to be changed", sdk.Printable(in.UserPassID))
	case pass.PassID == in.PassID:
		return unknown("issued pass %s has package %s as asked for, perhaps from before",
			sdk.Printable(in.UserPassID), sdk.Printable(in.PassID))
	}
	return unknown("issued pass %s has package %s, not %s",
		sdk.Printable(in.UserPassID), sdk.Printable(pass.PassID), sdk.Printable(in.PassID))
}
