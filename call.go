package bardge

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// call is the one path of all calls, from options to value or error.
func call[T any](
	ctx context.Context, c *Client, req request, parse parser[T], opts []CallOption,
) (*T, *Response, error) {
	r := c.core.Engine().Do(ctx, prepare(c.core.Defaults, req, parse, opts))
	if r.Err != nil {
		e := c.newError(req.operation, &r)
		return nil, e.Response, e
	}
	value, _ := r.Response.Value.(*T)
	resp := newResponse(string(req.operation.ID), &r)
	resp.RequestID = c.core.Credentials.Redact(resp.RequestID)
	return value, resp, nil
}

// prepare makes the engine's call, which fails if something is invalid.
func prepare[T any](
	defaults sdk.CallDefaults, req request, parse parser[T], opts []CallOption,
) idem.Call {
	s, badOption := sdk.CollectOver(defaults, opts, CallOption.applyCall)
	query, badQuery := req.query.Values()
	body, badField := addFields(req, s.Extra)
	decode := parse.decode
	if s.Exact {
		decode = parse.exactly
	}
	call := s.Call()
	if bad := cmp.Or(req.invalid, badQuery, badOption, badField); bad != nil {
		call.Invalid = sdk.Invalid(bad)
	}
	call.Decode, call.DecodeProves = decode, true
	call.Request = idem.Request{
		Operation: rows[req.operation.ID],
		Method:    req.operation.Method,
		Path:      req.path,
		Query:     query,
		Header:    s.Header,
		Body:      body,
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

// addFields appends the extra fields; then no required field may be missing.
func addFields(req request, extra []sdk.Field) ([]byte, error) {
	for _, field := range req.missing {
		if !sdk.HasField(extra, field.name) {
			return nil, &InvalidError{Field: field.param, Reason: "is not set"}
		}
	}
	switch {
	case len(extra) == 0:
		return req.body, nil
	case req.operation.Method == http.MethodGet:
		return nil, &InvalidError{Field: "extra field " + extra[0].Name, Reason: "does not fit a GET"}
	default:
		return sdk.AddFields(req.body, extra...)
	}
}

// newError makes a client's error. A server may repeat the API key that it was
// sent: all but Raw and Header show it redacted.
func (c *Client) newError(op gen.Operation, r *idem.Result) *Error {
	e, redact := newError(op, r), c.core.Credentials.Redact
	e.verbose = c.core.Verbose
	e.Err = sdk.RedactError(e.Err, redact)
	for _, text := range []*string{&e.Type, &e.Code, &e.Message, &e.Response.RequestID} {
		*text = redact(*text)
	}
	return e
}

func newError(op gen.Operation, r *idem.Result) *Error {
	e := &Error{
		Operation: string(op.ID), Outcome: r.Outcome, Ref: r.Ref, Key: r.Key, SafeUntil: r.SafeUntil,
		RetryAfter: r.RetryAfter, RetryHelps: r.RetryHelps, Response: newResponse(string(op.ID), r), Err: r.Err,
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
	already := classOf(e.Operation) == idem.Idempotent && found.Code.Is(errorCodeAlreadyCancelled)
	if found.Code == "" || already && e.Outcome != OutcomeDone { // reading has shown that it is not so (R14)
		return
	}
	e.Type, e.Code, e.Message = string(found.Type), string(found.Code), found.Message
}
