package bardge

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
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

// rawParser returns a body as it is.
func rawParser(essential []string) parser[json.RawMessage] {
	return func(body []byte, _ *wire.Seen) (*json.RawMessage, []wire.Drift, error) {
		value, err := wire.ReadRaw(body, essential)
		return &value, nil, err
	}
}

// unnamed is the operation of errors about a raw call without a good name.
const unnamed = "RawCall"

// newRawRequest returns the request, which is invalid if the call is refused,
// and the operation completed from its registration.
func (c *Client) newRawRequest(raw RawCall) (*request, operations.Raw) {
	req := operations.Request{Method: raw.Method, Path: raw.Path, Query: raw.Query, Body: raw.Body}
	op, bad := RawOperation{
		Name: raw.Name, Class: raw.Class, Success: raw.Success, Essential: raw.Essential,
	}.checked()
	if bad == nil {
		bad = req.Check(op, c.paths)
	}
	if bad == nil {
		op, bad = c.known.Admit(op)
	}
	r := &request{call: idem.Call{Request: idem.Request{
		Operation: op.Row(), Method: raw.Method, Path: raw.Path, Query: raw.Query,
	}}}
	if !operations.IsName(op.Name) {
		r.call.Request.Operation.Name = unnamed
	}
	r.call.Request.Body, r.call.Invalid = req.Bytes()
	if bad != nil {
		r.call.Invalid = bad
	}
	return r, op
}

// String returns name, method and class.
func (r RawCall) String() string {
	return fmt.Sprintf("%s: %s, %s", sdk.Printable(r.Name), r.printedMethod(), r.Class)
}

func (r RawCall) printedMethod() string {
	if !operations.IsMethod(r.Method) {
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

// RetryClass is how a raw operation may be repeated after a lost response. The
// SDK cannot find it out: it is the caller's statement about the API.
type RetryClass uint8

// The classes of raw operations.
const (
	// NonIdempotent operations take no key, and are repeated only after nothing
	// was sent or the API rejected them. It is the zero value.
	NonIdempotent RetryClass = iota
	// Safe operations change nothing: no key, no journal, repeated freely.
	Safe
	// Keyed operations send an idempotency key that the API honours for its 90
	// seconds, and are repeated under it in that time.
	//
	// Warning: if the API ignores the key, a repetition executes again.
	Keyed
	// Idempotent operations take no key and have no further effect when they
	// are repeated, such as a cancellation: repeated freely.
	//
	// Warning: if a repetition has an effect, it happens twice.
	Idempotent
	// KeyUnverified operations send a key that the API may not honour, and are
	// repeated as NonIdempotent ones.
	KeyUnverified
)

var retryClasses = [...]idem.Class{
	NonIdempotent: idem.NonIdempotent, Safe: idem.Safe, Keyed: idem.Keyed,
	Idempotent: idem.Idempotent, KeyUnverified: idem.KeyUnverified,
}

// String returns the class in words, such as "non-idempotent".
func (c RetryClass) String() string {
	if !c.valid() {
		return "invalid"
	}
	return c.engine().String()
}

func (c RetryClass) valid() bool { return int(c) < len(retryClasses) }

// engine returns the class as the engine's; the least promising for an invalid
// one.
func (c RetryClass) engine() idem.Class {
	if !c.valid() {
		return idem.NonIdempotent
	}
	return retryClasses[c]
}

// RawOperation describes a raw operation to a client, apart from its requests.
type RawOperation struct {
	Name      string     // as in [RawCall]
	Class     RetryClass // how it may be repeated; zero: [NonIdempotent]
	Success   []int      // as in [RawCall]; nil: 200 and 201
	Essential []string   // as in [RawCall]; nil: none
	// ResendFor is how long after its intent [Client.Recover] may send an
	// [Idempotent] operation again, less 5 s for clocks that differ and 2 s for
	// an attempt. Set it where a late repetition may undo a newer change, as a
	// pause of what was resumed; after that the operation is yielded as unknown,
	// for [Client.Resolve]. Zero: at any time.
	ResendFor time.Duration
}

// WithRawOperation registers the raw operation of a [RawCall], so that
// [Client.Recover] and [Client.Resolve] know it after a restart. It is needed
// for raw mutations in a journal: without it this client knows a raw operation
// only from its own calls. An operation that it does not know is reported by
// Recover with [ErrUnknownOperation], and neither sent nor lost.
//
// Registering an operation again changes nothing; two different operations with
// one name, and a name of the SDK's own operations, are refused.
//
// The class may be changed later for what is recorded under it, unless that
// adds or drops the key: such a record is never sent again.
func WithRawOperation(op RawOperation) Option {
	return newOption("WithRawOperation", func(s *settings) error {
		raw, err := op.checked()
		if err != nil {
			return err
		}
		known, ok := s.raw[op.Name]
		switch {
		case ok && !known.Equal(raw):
			return raw.Fault("is registered twice, in two forms")
		case s.raw == nil:
			s.raw = map[string]operations.Raw{}
		}
		s.raw[op.Name] = raw.Clone()
		return nil
	})
}

// checked is the operation as the engine's, if it can be one.
func (op RawOperation) checked() (operations.Raw, error) {
	raw := operations.Raw{
		Name: op.Name, Class: op.Class.engine(), Success: op.Success, Essential: op.Essential, ResendFor: op.ResendFor,
	}
	if err := raw.Check(); err != nil {
		return raw, err
	}
	if !op.Class.valid() {
		return raw, raw.Fault("has a class that does not exist")
	}
	return raw, nil
}
