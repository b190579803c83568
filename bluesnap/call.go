package bluesnap

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

type callSpec struct {
	op      operation
	path    []string // the values in the path
	query   url.Values
	body    any    // params, encoded as JSON; nil: none
	xml     []byte // a document, sent as it is
	invalid error  // why it must not be sent; nil: it may
}

// about is a call whose path names one thing. A nil body is none.
func about(name string, id ID, body any) callSpec {
	return callSpec{op: operations[name], path: []string{string(id)}, body: body}
}

// call is the one path of all typed calls, from options to value or error.
func call[T any](ctx context.Context, c *Client, in callSpec, opts []CallOption) (value *T, _ *Response, _ error) {
	in.op = c.echo.of(in.op)
	made, transactionID := c.prepare(in, opts)
	if !in.op.xml {
		made.Decode = read[T]
	}
	r := c.core.Engine().Do(ctx, made)
	if r.Err == nil {
		var err error
		if value, err = decode[T](c.base, in.op, r.Response); err != nil {
			r.Err = fmt.Errorf("%w: %w", ErrResponseLost, err)
		}
	}
	if r.Err != nil {
		e := c.newError(in.op, r)
		e.Response.MerchantTransactionID = transactionID
		return nil, e.Response, e
	}
	resp := newResponse(in.op, r)
	resp.MerchantTransactionID = transactionID
	return value, resp, nil
}

// prepare makes the engine's call, which fails if something is invalid.
func (c *Client) prepare(in callSpec, opts []CallOption) (call idem.Call, transactionID string) {
	s, bad := sdk.CollectOver(c.core.Defaults, opts, CallOption.applyCall)
	path, unfit := wire.Path(in.op.path, in.path...)
	minted := in.op.hasTransactionID && s.Key.IsZero() && s.Ref == ""
	if minted {
		s.Key = idem.NewKey() // before the body, which names it
	}
	body, err := c.body(in, s)
	if in.op.hasTransactionID && err == nil {
		transactionID = transactionIDIn(body)
	}
	s.SetHeader("Accept", in.op.mediaType())
	s.Complete(&call)
	if bad := cmp.Or(in.invalid, bad, unfit, err); bad != nil {
		call.Invalid = sdk.Invalid(bad)
	}
	call.SingleUseKey = minted
	call.Request = idem.Request{
		Operation:   in.op.engineOperation(c.base),
		Method:      in.op.method,
		Path:        path,
		Query:       in.query,
		Header:      s.Header,
		Body:        body,
		ContentType: in.op.mediaType(),
	}
	return call, transactionID
}

func (o operation) mediaType() string {
	if o.xml {
		return "application/xml"
	}
	return "application/json"
}

// body encodes the request's body once, before the first attempt.
func (c *Client) body(in callSpec, s callSettings) ([]byte, error) {
	if in.body == nil {
		if len(s.Extra) > 0 {
			return nil, &InvalidError{Field: "extra field " + s.Extra[0].Name, Reason: "fits no JSON body of this call"}
		}
		return in.xml, nil
	}
	body, err := encodeRequest(in.body)
	if err == nil {
		body, err = sdk.AddFields(body, s.Extra...)
	}
	if err != nil || !in.op.hasTransactionID {
		return body, err
	}
	return c.withTransactionID(in.op, body, s)
}

// decode reads the value of a response, and its id from Location if the body
// has none. A response with neither does not show what was made.
func decode[T any](base string, op operation, resp *idem.Response) (*T, error) {
	value, ok := resp.Value.(*T)
	if !ok {
		value = new(T)
	}
	id := ID(locationID(base, resp.Header.Get("Location")))
	if len(resp.Body) == 0 && id == "" {
		return nil, errUnnamed
	}
	if d, isDocument := any(value).(*Document); isDocument {
		d.ID, d.Body = id, resp.Body
		return value, nil
	}
	if op.header && id != "" && op.idIn(resp.Body) == "" {
		named, _ := wire.Encode(map[string]ID{op.id: id}) // an id always encodes
		if err := json.Unmarshal(named, value); err != nil {
			return nil, errUnreadable
		}
	}
	return value, nil
}

// What could not be read may be personal, and is not repeated.
var (
	errUnreadable = errors.New("the response does not fit its type")
	errUnnamed    = errors.New("the response's Location cannot be read")
)

// idIn reads the id of what was made from a response's body; empty if none.
func (o operation) idIn(body []byte) ID {
	var fields map[string]json.RawMessage
	var id ID
	if json.Unmarshal(body, &fields) != nil || json.Unmarshal(fields[o.id], &id) != nil {
		return ""
	}
	return id
}
