package bardge

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// Response is how a call went, beside its value. Every call returns one, also
// with an error. It prints by allow-list: no header, no body.
type Response struct {
	Operation  string      // the operation's name, as in [Error]
	Outcome    Outcome     // what is known about it; [OutcomeDone] if there is a value
	StatusCode int         // the last response's HTTP status; 0 if none came
	Header     http.Header // the last response's; nil if none came
	Raw        []byte      // the last response's decompressed body; nil if it was not read
	RequestID  string      // the vendor's id of the last response, for its support
	// Drift lists how the responses differ from the contract, in names and
	// kinds: at most 100, then one with the Path "...". It may be shared with
	// other calls, and must not be changed. Nil: not at all.
	Drift       []Drift
	Key         Key  // the operation's idempotency key; zero if none is sent
	Replayed    bool // the server had stored this response and executed nothing again
	Recovered   bool // the response was lost, and the value was read from the API
	FromJournal bool // an earlier call with the ref or key got it; nothing was sent
	// RecordErr is why the journal failed; nil if it did not, or there is none.
	// With [OutcomeDone], a later call with the ref does not know the result.
	// errors.Is finds the causes, such as [journal.CauseDiskFull].
	RecordErr error
	Attempts  []Attempt // in order
}

func newResponse(operation string, r *idem.Result) *Response {
	resp := &Response{
		Operation: operation, Outcome: r.Outcome, Key: r.Key, Replayed: r.Replayed, Recovered: r.Recovered,
		FromJournal: r.FromJournal, RecordErr: r.RecordErr, Drift: r.Drift, Attempts: r.Attempts,
	}
	if a := r.Response; a != nil {
		resp.StatusCode, resp.Header, resp.Raw = a.Status, a.Header, a.Body
		if ids := a.Header[requestIDHeader]; len(ids) > 0 {
			resp.RequestID = ids[0]
		}
	}
	return resp
}

// Timeline returns the call's history in a few aligned lines: each attempt, its
// verdict, and the wait that followed.
func (r Response) Timeline() string { return sdk.Timeline(r.result()) }

// TimelineSVG returns what Timeline does as a picture, an SVG document for a
// ticket or a page: when each attempt left, what came back, the waits, and how
// long the server remembers the key. It has a text for those who do not see it,
// follows the reader's choice of light or dark, and holds no key and no body.
func (r Response) TimelineSVG() string {
	return sdk.TimelineSVG(r.Operation, r.RequestID, r.result(), keyWindow)
}

// result is the response as the engine's, the same for each vendor.
func (r Response) result() *idem.Result {
	return &idem.Result{
		Outcome: r.Outcome, Attempts: r.Attempts,
		Recovered: r.Recovered, FromJournal: r.FromJournal, RecordErr: r.RecordErr,
	}
}

// String returns how the call went, without header and body.
func (r Response) String() string {
	return sdk.ResponseText(r.Operation, r.StatusCode, r.result(), sdk.Mark{On: r.Replayed, Word: "replayed"}) +
		", request " + sdk.Printable(r.RequestID)
}

// LogValue logs what String returns, as a group.
func (r Response) LogValue() slog.Value {
	return sdk.ResponseValue(r.Operation, r.StatusCode, r.result(),
		slog.Bool("replayed", r.Replayed), slog.String("request_id", sdk.Printable(r.RequestID)))
}

// parser decodes the body of a success into a value, and lists how it differs
// from the contract.
type parser[T any] func(body []byte, seen *wire.Seen) (value *T, drift []wire.Drift, err error)

// observed passes the fields of what is read to seen.
func (parse parser[T]) observed(seen *wire.Seen) parser[T] {
	return func(body []byte, _ *wire.Seen) (*T, []wire.Drift, error) { return parse(body, seen) }
}

func (parse parser[T]) decode(body []byte) (any, error) {
	value, drift, err := parse(body, nil)
	if err == nil && drift == nil { // the rule
		return value, nil
	}
	return decoded(value, drift, err)
}

func decoded[T any](value *T, drift []wire.Drift, err error) (any, error) {
	var lacking *wire.IncompleteError
	switch {
	case errors.As(err, &lacking):
		return value, &incompleteError{lacking, driftError(drift)}
	case err != nil:
		return nil, err
	default:
		return value, driftError(drift)
	}
}

// exactly is decode for proofs: a value that lacks something proves nothing.
func (parse parser[T]) exactly(body []byte) (any, error) {
	value, drift, err := parse(body, nil)
	if err == nil && slices.ContainsFunc(drift, wire.Drift.Loses) {
		return nil, fmt.Errorf("%w: %w", ErrResponseIncomplete, errors.New(driftError(drift).Error()))
	}
	return decoded(value, drift, err)
}

// incompleteError is why a value is not handed out, with the drift beside it.
type incompleteError struct {
	lacking *wire.IncompleteError
	drift   idem.DriftError
}

// Error names the fields that are missing or do not fit.
func (e *incompleteError) Error() string {
	return ErrResponseIncomplete.Error() + ": " + e.lacking.Error()
}

// Unwrap returns the causes.
func (e *incompleteError) Unwrap() []error {
	return []error{ErrResponseIncomplete, e.lacking, e.drift}
}

// readWith sends another call's headers. Where exact, drift is an error.
func readWith(header http.Header, exact bool) CallOption {
	return callFunc(func(read *callSettings) { read.Header, read.Exact = header.Clone(), exact })
}

func proofs(shape *wire.Shape) func(int, http.Header, []byte) idem.Proof {
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		return operations.Proof(shape.Prove(body))
	}
}
