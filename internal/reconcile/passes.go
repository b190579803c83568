package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

type issuedPass struct {
	ClientID  string `json:"client_id"`
	PassID    string `json:"pass_id"`
	Created   int64  `json:"created"`
	ExpiresAt int64  `json:"expires_at"`
}

// passRef is a client's issued pass in short. That a client has them is
// inferred: without id, package and time, they prove nothing.
type passRef struct {
	ID        string `json:"id"`
	PassID    string `json:"pass_id"`
	PassName  string `json:"pass_name"`
	Status    string `json:"status"`
	Created   int64  `json:"created"`    // in milliseconds
	ExpiresAt int64  `json:"expires_at"` // in milliseconds
}

// isOf reports whether the pass shows that it is of a package, and when it was
// issued.
func (p passRef) isOf(pack string) bool {
	return p.ID != "" && p.Created != 0 && pack != "" && p.PassID == pack
}

// reconcileIssue finds the client's one pass of the package and time. Any other
// pass of that time, or without one, makes it ambiguous, since passes may change
// their package.
func (o Operation) reconcileIssue(ctx context.Context, in params) (any, string, error) {
	var client struct {
		Passes []passRef `json:"passes"`
	}
	switch err := o.Read(ctx, "GetClient", in.ClientID, &client); {
	case errors.Is(err, ErrNotFound):
		return o.unknown("the API does not show client %s", in.ClientID)
	case err != nil:
		return nil, "", err
	case len(client.Passes) == 0:
		return o.unknown("client %s shows no issued passes", in.ClientID)
	}
	found := slices.DeleteFunc(client.Passes, func(p passRef) bool {
		return p.Created != 0 && !o.mayHaveMade(time.UnixMilli(p.Created))
	})
	if len(found) != 1 || !found[0].isOf(in.PassID) {
		return o.unknown("client %s has %d issued passes of that time, and not one alone of package %s",
			in.ClientID, len(found), in.PassID)
	}
	made := found[0]
	return map[string]any{
		"object": "issued_pass", "id": made.ID, "status": made.Status, "client_id": in.ClientID,
		"pass_id": made.PassID, "pass_name": made.PassName, "created": made.Created, "expires_at": made.ExpiresAt,
	}, o.text("client %s has issued pass %s of package %s, made at that time", in.ClientID, made.ID, made.PassID), nil
}

// changedPass is the response to a change of a pass: what it shows of the pass.
type changedPass struct {
	Object    string `json:"object,omitempty"`
	ID        string `json:"id"`
	Status    string `json:"status,omitempty"`
	ClientID  string `json:"client_id,omitempty"`
	PassID    string `json:"pass_id,omitempty"`
	PassName  string `json:"pass_name,omitempty"`
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
	var pass changedPass
	err := errors.Join(json.Unmarshal(o.Body, &fields), json.Unmarshal(body, &pass))
	switch {
	case err != nil:
		return nil, "", err
	case len(fields) != 1:
		return o.unknown("issued pass %s does not show every requested change", o.PathID)
	case in.ExpiresAt == 0 || pass.ExpiresAt != in.ExpiresAt:
		return o.unknown("issued pass %s ends at another time than requested", o.PathID)
	}
	return pass, o.text("issued pass %s ends at the requested time", o.PathID), nil
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
