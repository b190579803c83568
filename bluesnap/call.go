package bluesnap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// asked is what a method of a service asks for.
type asked struct {
	op    operation
	path  []string // what stands in the path
	query url.Values
	body  any    // params, written as JSON; nil: none
	xml   []byte // a document, sent as it is
	bad   error  // why it is not to be sent; nil: it is
	// decode reads the body of a success.
	decode func([]byte) (any, error)
}

// call is the one path of all typed calls: options, engine, and the answer as a
// value or as an error.
func call[T any](ctx context.Context, c *Client, in asked, opts []CallOption) (*T, *Response, error) {
	in.decode = read[T]
	r, tag := c.do(ctx, in, opts)
	if r.Err == nil {
		value, err := decode[T](c.base, in.op, r.Response)
		if err == nil {
			resp := newResponse(in.op, r)
			resp.MerchantTransactionID = tag
			return value, resp, nil
		}
		r.Err = fmt.Errorf("%w: %w", ErrResponseLost, err)
	}
	e := c.newError(in.op, r)
	e.Response.MerchantTransactionID = tag
	return nil, e.Response, e
}

// do sends what is asked for.
func (c *Client) do(ctx context.Context, in asked, opts []CallOption) (r idem.Result, tag string) {
	made, tag := c.prepare(in, opts)
	if !in.op.xml {
		made.Decode = in.decode
	}
	return c.core.Engine().Do(ctx, made), tag
}

// prepare turns a row of the table, the params and the options into the engine's
// call, which refuses it where something is bad.
func (c *Client) prepare(in asked, opts []CallOption) (call idem.Call, tag string) {
	s, bad := sdk.CollectOver(c.core.Defaults, opts, CallOption.applyCall)
	path, unfit := wire.Path(in.op.path, in.path...)
	minted := in.op.tagged && s.Key.IsZero() && s.Ref == ""
	if minted {
		s.Key = idem.NewKey() // before the body, which names it
	}
	body, err := c.body(in, s)
	if in.op.tagged && err == nil {
		tag = tagIn(body)
	}
	s.SetHeader("Accept", in.op.mediaType())
	call = s.Call()
	call.Invalid, call.SingleUseKey = sdk.FirstInvalid(in.bad, bad, unfit, err), minted
	call.Request = idem.Request{
		Operation:   in.op.row(c.base),
		Method:      in.op.method,
		Path:        path,
		Query:       in.query,
		Header:      s.Header,
		Body:        body,
		ContentType: in.op.mediaType(),
	}
	return call, tag
}

func (o operation) mediaType() string {
	if o.xml {
		return "application/xml"
	}
	return "application/json"
}

// body is written once, before the first attempt.
func (c *Client) body(in asked, s callSettings) ([]byte, error) {
	if in.op.xml || in.op.method == http.MethodGet {
		if len(s.Extra) > 0 {
			return nil, &InvalidError{Field: "extra field " + s.Extra[0].Name, Reason: "fits no JSON body of this call"}
		}
		return in.xml, nil
	}
	written, err := encodeRequest(in.body)
	if err != nil {
		return nil, err
	}
	written, err = sdk.AddFields(written, s.Extra...)
	if err != nil || !in.op.tagged {
		return written, err
	}
	return c.withTag(in.op, written, s)
}

// decode reads the value out of an answer, and its id out of Location where the
// body has none. Without either, nothing says what was made.
func decode[T any](base string, op operation, a *idem.Response) (*T, error) {
	value, ok := a.Value.(*T)
	if !ok {
		value = new(T)
	}
	id := ID(locationID(base, a.Header.Get("Location")))
	if len(a.Body) == 0 && id == "" {
		return nil, errUnnamed
	}
	if d, isDocument := any(value).(*Document); isDocument {
		d.ID, d.Body = id, a.Body
		return value, nil
	}
	if op.header && id != "" && op.idIn(a.Body) == "" {
		named, _ := wire.Encode(map[string]ID{op.id: id}) // an id always encodes
		if err := json.Unmarshal(named, value); err != nil {
			return nil, errUnreadable
		}
	}
	return value, nil
}

// What could not be read may be personal, and is not repeated.
var (
	errUnreadable = errors.New("the answer does not fit its type")
	errUnnamed    = errors.New("the answer's Location cannot be read")
)

// idIn reads the id of what an operation made in the body of its answer; empty if
// it tells none.
func (o operation) idIn(body []byte) ID {
	var fields map[string]json.RawMessage
	var id ID
	if json.Unmarshal(body, &fields) != nil || json.Unmarshal(fields[o.id], &id) != nil {
		return ""
	}
	return id
}
