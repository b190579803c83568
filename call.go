package bardge

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// call is the one path of all calls, from options to value or error.
func call[T any](
	ctx context.Context, c *Client, req *request, parse parser[T], opts []CallOption,
) (*T, *Response, error) {
	op, class := req.call.Request.Operation.Name, req.call.Request.Operation.Class
	var seen *wire.Seen
	if c.report != nil {
		seen = new(wire.Seen)
		parse = parse.observed(seen)
	}
	r := c.core.Engine().Do(ctx, *prepare(c, req, parse, opts)) // a copy: req is garbage from here on
	if c.report != nil {
		ended := r // or r would be on the heap without a report, too
		c.report.add(op, c.paths, &ended, seen)
	}
	if r.Err != nil {
		e := c.newError(op, class, &r)
		return nil, e.Response, e
	}
	value, _ := r.Response.Value.(*T)
	resp := newResponse(op, &r)
	resp.RequestID = c.core.Credentials.Redact(resp.RequestID)
	return value, resp, nil
}

// prepare completes the engine's call, which fails if something is invalid.
func prepare[T any](c *Client, req *request, parse parser[T], opts []CallOption) *idem.Call {
	s, badOption := sdk.CollectOver(c.core.Defaults, opts, CallOption.applyCall)
	query, badQuery := req.query.Values()
	badField := req.editFields(&s)
	call := &req.call
	if bad := cmp.Or(call.Invalid, badQuery, badOption, badField); bad != nil {
		call.Invalid = sdk.Invalid(bad)
	}
	s.Complete(call)
	if query != nil {
		call.Request.Query = query
	}
	if c.paths != nil {
		c.paths.Apply(&call.Request)
	}
	call.Decode = parse.decode
	if s.Exact {
		call.Decode = parse.exactly
	}
	return call
}

// rows are the generated table's operations, as the engine reads them.
var rows = engineRows()

func engineRows() map[gen.OperationID]idem.Operation {
	classes := map[gen.RetryClass]idem.Class{
		gen.RetryClassSafe:          idem.Safe,
		gen.RetryClassKeyed:         idem.Keyed,
		gen.RetryClassIdempotent:    idem.Idempotent,
		gen.RetryClassKeyUnverified: idem.KeyUnverified,
	}
	made := map[gen.OperationID]idem.Operation{}
	for _, op := range gen.Operations() {
		made[op.ID] = idem.Operation{
			Name:    string(op.ID),
			Class:   classes[op.Class],
			Success: op.SuccessStatuses[:],
			Prove:   proofs(shapeOf(op.ID)),
		}
	}
	return made
}

type request struct {
	call    idem.Call // invalid if path or body cannot be built
	query   wire.Query
	missing []missingField // required fields that the body lacks
}

// editFields leaves out and appends the fields of the call's options; then no
// required field may be missing.
func (r *request) editFields(s *sdk.CallSettings) (err error) {
	for _, field := range r.missing {
		if !sdk.HasField(s.Extra, field.name) && !slices.Contains(s.Without, field.name) {
			return &InvalidError{Field: field.param, Reason: "is not set"}
		}
	}
	switch edit := s.Edits(); {
	case edit == "":
	case r.call.Request.Method == http.MethodGet:
		return &InvalidError{Field: edit, Reason: "does not fit a GET"}
	default:
		r.call.Request.Body, err = s.EditFields(r.call.Request.Body, r.lacks)
	}
	return err
}

// newError makes a client's error.
func (c *Client) newError(op string, class idem.Class, r *idem.Result) *Error {
	e := newError(op, class, r).redacted(c.core.Credentials.Redact)
	e.verbose = c.core.Verbose
	return e
}

// redacted hides the API key, which a server may repeat, in all but Raw and
// Header.
func (e *Error) redacted(redact func(string) string) *Error {
	e.Err = sdk.RedactError(e.Err, redact)
	for _, text := range []*string{&e.Type, &e.Code, &e.Message, &e.Response.RequestID} {
		*text = redact(*text)
	}
	return e
}

func newError(op string, class idem.Class, r *idem.Result) *Error {
	e := &Error{
		Operation: op, Outcome: r.Outcome, Ref: r.Ref, Key: r.Key, SafeUntil: r.SafeUntil,
		RetryAfter: r.RetryAfter, RetryHelps: r.RetryHelps, Response: newResponse(op, r), Err: r.Err,
	}
	if _, ok := rows[gen.OperationID(op)]; !ok {
		e.rawClass = class
	}
	e.readCode()
	return e
}

// readCode takes over the vendor's error object. A key that is refused before
// sending gets the codes that the server would have given.
func (e *Error) readCode() {
	if errors.Is(e.Err, idem.ErrKeyReused) {
		e.Type, e.Code = string(errorTypeIdempotencyError), string(errorCodeIdempotencyKeyReused)
	}
	if e.Response.StatusCode < 300 {
		return
	}
	found := vendorError(e.Response.Raw)
	already := e.class() == idem.Idempotent && found.Code.Is(errorCodeAlreadyCancelled)
	if found.Code == "" || already && e.Outcome != OutcomeDone { // reading has shown that it is not so (R14)
		return
	}
	e.Type, e.Code, e.Message = string(found.Type), string(found.Code), found.Message
}

// lacks reports whether a required field of this name is not set.
func (r *request) lacks(name string) bool {
	return slices.ContainsFunc(r.missing, func(f missingField) bool { return f.name == name })
}

// missingField is a required field of a request's body that is not set.
type missingField struct {
	name  string // in the API
	param string // in Go, such as "IssuePassParams.ClientID"
}

func buildRequest(id gen.OperationID, pathValues ...string) *request {
	op, r := id.Operation(), new(request)
	r.call.Request.Operation, r.call.Request.Method = rows[id], op.Method
	r.call.DecodeProves = true
	r.call.Request.Path, r.call.Invalid = wire.Path(op.Path, pathValues...)
	return r
}

func (r *request) setBody(params any, missing []missingField) {
	body, err := wire.Encode(params)
	r.call.Request.Body, r.missing, r.call.Invalid = body, missing, cmp.Or(r.call.Invalid, err)
}
