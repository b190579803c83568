package reconcile

import (
	"context"
	"encoding/json"
	"errors"
)

type issuedPass struct {
	ClientID  string `json:"client_id"`
	PassID    string `json:"pass_id"`
	Created   int64  `json:"created"`
	ExpiresAt int64  `json:"expires_at"`
}

// reconcileExpiry compares a pass's end with the request. A match proves enough
// if nothing else was requested: setting the expiry again changes nothing.
func (o Operation) reconcileExpiry(ctx context.Context, in params) (any, string, error) {
	var body json.RawMessage
	if err := o.Read(ctx, "GetIssuedPass", o.PathID, &body); err != nil {
		return nil, "", err
	}
	var fields map[string]any
	var pass issuedPass
	err := errors.Join(json.Unmarshal(o.Body, &fields), json.Unmarshal(body, &pass))
	switch {
	case err != nil:
		return nil, "", err
	case len(fields) != 1:
		return o.unknown("issued pass %s does not show every requested change", o.PathID)
	case in.ExpiresAt == 0 || pass.ExpiresAt != in.ExpiresAt:
		return o.unknown("issued pass %s ends at another time than requested", o.PathID)
	}
	return body, o.text("issued pass %s ends at the requested time", o.PathID), nil
}

// reconcilePackage reads the package of an issued pass. It proves nothing: the
// pass may have had it before; giving it again may add visits and charge.
func (o Operation) reconcilePackage(ctx context.Context, in params) (any, string, error) {
	var pass issuedPass
	err := o.Read(ctx, "GetIssuedPass", in.UserPassID, &pass)
	switch {
	case err != nil:
		return nil, "", err
	case in.PassID == "":
		return o.unknown("issued pass %s does not show what was to be changed", in.UserPassID)
	case pass.PassID == in.PassID:
		return o.unknown("issued pass %s has the requested package %s, perhaps from before", in.UserPassID, in.PassID)
	}
	return o.unknown("issued pass %s has package %s, not %s", in.UserPassID, pass.PassID, in.PassID)
}
