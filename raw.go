package bardge

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RawCall is a request that the SDK has no method for, or whose method differs
// from the API. It prints by allow-list: no path, no query, no body.
type RawCall struct {
	// Name is the operation's in errors, events and the journal: a letter with
	// up to 63 letters, digits, "_" and "-". It must not be one of the SDK's
	// own operations, and must have one class for as long as a journal has its
	// records. Required.
	Name string
	// Method is GET, POST, PUT, PATCH or DELETE. A GET takes neither a body nor
	// a class with a key. Required.
	Method string
	// Path is the path below the base URL, escaped as in a URL ([url.PathEscape]
	// for each id), of at most 2,048 bytes. It begins with a slash, and has no
	// empty segment but the last, no dot segment, and no escaped slash. Required.
	Path string
	// Query has the parameters, of at most 8,192 bytes in all. Nil: none.
	Query url.Values
	// Body is encoded as JSON; a [json.RawMessage] or []byte is sent as it is,
	// and must be one JSON value without two fields of one name at its top. At
	// most 10 MiB. Nil: none.
	Body any
	// Class is how the operation may be repeated. Zero: [NonIdempotent], which
	// is repeated only if it certainly was not executed.
	Class RetryClass
	// Success has the statuses, of 200 to 299, that mean executed. With 204 or
	// 205 a success may have no body. Nil: 200 and 201. Any other 2xx ends the
	// call as unknown.
	Success []int
	// Essential names the fields, at the top of the response's object or of each
	// item of its array, without which a caller has nothing. A success without
	// one of them is [ErrResponseIncomplete], or, if nothing shows that it is the
	// API's own, unknown. Nil: none.
	Essential []string
}

// Do sends a raw call, with the key, retries, outcome, journal, ref, events and
// errors of a typed one, and returns the body of the success: any whole JSON
// value, null if a success has no body.
//
//	raw, resp, err := client.Do(ctx, bardge.RawCall{
//		Name: "PauseIssuedPass", Method: http.MethodPost, Path: "/issued_passes/" + url.PathEscape(id) + "/pause",
//		Class: bardge.Keyed, Essential: []string{"id"},
//	}, bardge.WithRef("order-17/pause"))
//
// A success counts only if it is the API's own: if it has the essential fields,
// or a type tag ("object"); or, with the API's request id, an "id", or the form
// of an array; for a [Safe] call, with a request id, any JSON value. Otherwise a
// gateway may have written it, and the call ends unknown, with what came in the
// error's Response.Raw: name an essential field, or another status of a success.
//
// In a response that holds NaN or infinite numbers, which are no JSON, these
// are null.
//
// The state behind an [Idempotent] raw call is not read: a 409 that reports it
// as already cancelled ends as done, with an error, and so does a success whose
// body is lost. After a restart, [Client.Recover] knows what is registered by
// [WithRawOperation]. [Client.Resolve] with [Executed] records no response.
//
// Errors: as of every call; an *[InvalidError] for a call that is refused.
func (c *Client) Do(ctx context.Context, raw RawCall, opts ...CallOption) (json.RawMessage, *Response, error) {
	req, op := c.newRawRequest(raw)
	value, resp, err := call(ctx, c, req, rawParser(op.Essential), opts)
	switch {
	case err != nil:
		return nil, resp, err
	case value == nil:
		return json.RawMessage("null"), resp, nil
	default:
		return *value, resp, nil
	}
}

// unnamed is the operation of errors about a raw call without a good name.
const unnamed = "RawCall"

// newRawRequest returns the request, which is invalid if the call is refused,
// and the operation completed from its registration.
func (c *Client) newRawRequest(raw RawCall) (*request, RawOperation) {
	op, bad := raw.operation(), raw.check(c.paths)
	if bad == nil {
		op, bad = c.known.admit(op)
	}
	r := &request{raw: true, call: idem.Call{Request: idem.Request{
		Operation: op.row(), Method: raw.Method, Path: raw.Path, Query: raw.Query,
	}}}
	if !isRawName(op.Name) {
		r.call.Request.Operation.Name = unnamed
	}
	r.call.Request.Body, r.call.Invalid = raw.body()
	if bad != nil {
		r.call.Invalid = bad
	}
	return r, op
}

func (r RawCall) operation() RawOperation {
	return RawOperation{Name: r.Name, Class: r.Class, Success: r.Success, Essential: r.Essential}
}

// String returns name, method and class.
func (r RawCall) String() string {
	return fmt.Sprintf("%s: %s, %s", sdk.Printable(r.Name), r.printedMethod(), r.Class)
}

func (r RawCall) printedMethod() string {
	if !slices.Contains(rawMethods, r.Method) {
		return "-"
	}
	return r.Method
}

// LogValue logs what String returns, as a group.
func (r RawCall) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("operation", sdk.Printable(r.Name)),
		slog.String("method", r.printedMethod()),
		slog.String("class", r.Class.String()),
	)
}
