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
	var resp *Response
	state := idem.StateUnread
	switch {
	case op.kind != "":
		resp, state = c.readPayment(ctx, op, id, header)
	case op.name == "CancelSubscription":
		resp, state = c.readSubscription(ctx, id, header)
	default:
		return nil, state
	}
	switch {
	case state == idem.StateDiffers:
		return nil, state
	case resp == nil:
		body, _ := wire.Encode(map[string]ID{op.id: id}) // an id always encodes
		return &idem.Response{Status: http.StatusOK, Body: body}, state
	default:
		return &idem.Response{Status: resp.StatusCode, Header: resp.Header, Body: resp.Raw}, state
	}
}

// readPayment reads the transaction that was to be captured or reversed. The
// response is nil if it shows none.
func (c *Client) readPayment(ctx context.Context, op operation, id ID, header http.Header) (*Response, idem.State) {
	found, resp, err := c.Transactions.Get(ctx, id, withHeaders(header))
	switch {
	case err != nil || found.TransactionID != "" && found.TransactionID != id:
		return nil, idem.StateUnread
	case found.Type == op.kind:
		return resp, idem.StateHolds
	case found.Type == "", found.Type == AuthCapture && op.kind == Capture:
		return resp, idem.StateUnread
	default:
		return nil, idem.StateDiffers
	}
}

// readSubscription reads the subscription that was to be cancelled.
func (c *Client) readSubscription(ctx context.Context, id ID, header http.Header) (*Response, idem.State) {
	found, resp, err := c.Subscriptions.Get(ctx, id, withHeaders(header))
	switch {
	case err != nil || found.SubscriptionID != id:
		return nil, idem.StateUnread
	case found.Status.isOver():
		return resp, idem.StateHolds
	case found.Status == "":
		return resp, idem.StateUnread
	default:
		return nil, idem.StateDiffers
	}
}
