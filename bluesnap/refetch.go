package bluesnap

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// An operation of class idempotent is for a state. Where its response is lost,
// or shows another state, the thing that it is about is read: the transaction
// that was to be captured or reversed, the subscription to be cancelled. A
// shopper is deleted within days (documented), so reading shows nothing.

// withRefetch adds reading to a call's options, without writing to their array.
// As the last option it gets the call's headers.
func (c *Client) withRefetch(opts []CallOption, op operation, id ID) []CallOption {
	return append(slices.Clip(opts), callFunc(func(call *callSettings) {
		header := call.Header
		call.Refetch = func(ctx context.Context) (*idem.Response, idem.State) {
			return c.refetch(ctx, op, id, header)
		}
		call.Confirms = func(a *idem.Response) bool { return op.confirms(id, a) }
	}))
}

func withHeaders(header http.Header) CallOption {
	return callFunc(func(read *callSettings) { read.Header = header.Clone() })
}

// target is the id of what an idempotent operation's request is about: in its
// body, or at the end of its path.
func (o operation) target(q idem.Request) ID {
	if o.kind != "" {
		return o.idIn(q.Body)
	}
	id, err := url.PathUnescape(q.Path[strings.LastIndexByte(q.Path, '/')+1:])
	if err != nil {
		return ""
	}
	return ID(id)
}

// confirms reports whether a response shows the requested state, or none.
func (o operation) confirms(id ID, a *idem.Response) bool {
	switch {
	case o.kind != "":
		t, shown := shownIn[CardTransaction](a)
		return !shown || (t.TransactionID == "" || t.TransactionID == id) && (t.Type == "" || t.Type == o.kind)
	case o.name == "CancelSubscription":
		s, shown := shownIn[Subscription](a)
		return !shown || (s.SubscriptionID == "" || s.SubscriptionID == id) && (s.Status == "" || s.Status.isOver())
	default:
		return true
	}
}

// shownIn reads the value of a response; it reports false if it shows none.
func shownIn[T any](a *idem.Response) (*T, bool) {
	if value, ok := a.Value.(*T); ok {
		return value, true
	}
	value := new(T)
	return value, json.Unmarshal(a.Body, value) == nil
}

// isOver reports whether a subscription never charges again.
func (s SubscriptionStatus) isOver() bool {
	return s == SubscriptionCanceled || s == SubscriptionDeleted
}

// refetch returns an idempotent operation's response, as read or, if the state
// is missing, as it is certain to be, and what reading shows.
func (c *Client) refetch(ctx context.Context, op operation, id ID, header http.Header) (*idem.Response, idem.State) {
	resp, state, _ := c.readState(ctx, op, id, header)
	switch {
	case state == idem.StateDiffers, op.id == "":
		return nil, state
	case resp == nil:
		body, _ := wire.Encode(map[string]ID{op.id: id}) // an id always encodes
		return &idem.Response{Status: http.StatusOK, Body: body}, state
	default:
		return resp, state
	}
}

// readState reads what an idempotent operation is about, and whether it has the
// state that was asked for. The response is nil if it shows another state, or
// none of this thing's.
func (c *Client) readState(
	ctx context.Context, op operation, id ID, header http.Header,
) (*idem.Response, idem.State, error) {
	switch {
	case op.kind != "":
		found, resp, err := c.Transactions.Get(ctx, id, withHeaders(header))
		switch {
		case err != nil || found.TransactionID != "" && found.TransactionID != id:
			return nil, idem.StateUnread, err
		case found.Type == op.kind:
			return asRead(resp), idem.StateHolds, nil
		case found.Type == "", found.Type == AuthCapture && op.kind == Capture:
			return asRead(resp), idem.StateUnread, nil
		}
	case op.name == "CancelSubscription":
		found, resp, err := c.Subscriptions.Get(ctx, id, withHeaders(header))
		switch {
		case err != nil || found.SubscriptionID != id:
			return nil, idem.StateUnread, err
		case found.Status.isOver():
			return asRead(resp), idem.StateHolds, nil
		case found.Status == "":
			return asRead(resp), idem.StateUnread, nil
		}
	default:
		return nil, idem.StateUnread, nil
	}
	return nil, idem.StateDiffers, nil
}

// asRead is a read's response in place of the operation's own.
func asRead(resp *Response) *idem.Response {
	return &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}
}
