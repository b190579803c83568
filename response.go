package bardge

import (
	"log/slog"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Response is what is known of how a call went, beside its value. Every call
// returns one, also with an error. It prints by allow-list: no header, no body.
type Response struct {
	// Operation is the operation's name, as in [Error].
	Operation string
	// Outcome is what is known about it; [OutcomeDone] if there is a value.
	Outcome Outcome
	// StatusCode is the last response's HTTP status; 0 if none came.
	StatusCode int
	// Header is the last response's; nil if none came.
	Header http.Header
	// Raw is the last response's decompressed body; nil if it was not read.
	Raw []byte
	// RequestID is the vendor's id of the last response, for its support.
	RequestID string
	// Drift lists the JSON paths, such as "data[3].provider_count", of the
	// value's fields that are zero because the API sent them as another type,
	// and, ending in their index, of items left out because an id is missing or
	// an id, amount or status does not fit. At most 100 paths, then "...";
	// never values. Nil: everything fits.
	Drift []string
	// Key is the operation's idempotency key; zero where none is sent.
	Key Key
	// Replayed: the server had stored this response and executed nothing again.
	Replayed bool
	// Recovered: the response was lost, and the value was read from the API.
	Recovered bool
	// FromJournal: an earlier call with the ref or key got it; nothing was
	// sent.
	FromJournal bool
	// RecordErr is why the journal could not be read or written; nil if it
	// could, or none is used. With [OutcomeDone], a later call with the ref
	// does not know the result. errors.Is finds the causes, such as
	// [journal.CauseDiskFull].
	RecordErr error
	// Attempts lists the attempts, in order.
	Attempts []Attempt
}

// newResponse takes over what the engine knows.
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

// Timeline returns the call's history in a few aligned lines: each attempt,
// what was concluded from it, and the wait that followed.
func (r Response) Timeline() string { return sdk.Timeline(r.result()) }

// result is the response as the engine's, which is the same for each vendor.
func (r Response) result() *idem.Result {
	return &idem.Result{
		Outcome: r.Outcome, Attempts: r.Attempts,
		Recovered: r.Recovered, FromJournal: r.FromJournal, RecordErr: r.RecordErr,
	}
}

// String says how the call went, without header and body.
func (r Response) String() string {
	return sdk.ResponseText(r.Operation, r.StatusCode, r.result(), sdk.Mark{On: r.Replayed, Word: "replayed"}) +
		", request " + sdk.Printable(r.RequestID)
}

// LogValue logs what String returns, as a group.
func (r Response) LogValue() slog.Value {
	return sdk.ResponseValue(r.Operation, r.StatusCode, r.result(),
		slog.Bool("replayed", r.Replayed), slog.String("request_id", sdk.Printable(r.RequestID)))
}
