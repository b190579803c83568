package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/internal/sdk"
)

// noSuchID is an id that cannot exist.
const noSuchID = "doctor_does_not_exist"

// errorResponse reads what cannot exist, until an error comes.
func (r *run) errorResponse(ctx context.Context) error {
	for _, op := range r.NoSuch {
		at := slices.IndexFunc(r.Reads, func(read Read) bool { return read.Operation == op })
		c := r.Reads[at].Send(r.path.Trace(ctx), noSuchID)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.noteResponse(&c)
		if c.Err != nil && c.Status >= http.StatusBadRequest {
			c.Operation, r.noSuch = op, &c
			return nil
		}
	}
	return nil
}

// errorFact is what the form of an error is.
func (r *run) errorFact() Fact {
	const none = "no error came for an id that cannot exist"
	f := Fact{Verdict: NotTried, Subject: "error response", Seen: none}
	c := r.noSuch
	if c == nil {
		return f
	}
	at := fmt.Sprintf("%s of an id that cannot exist: status %d", c.Operation, c.Status)
	f.Verdict = Differs
	switch id := c.ErrorRequestID; {
	case !c.isOfAPI():
		f.Seen = at + ", not in the API's error format"
		f.Advice = "Outcomes stay safe, but errors have no code. If a proxy responds, have it pass errors on."
	case c.Status != http.StatusNotFound:
		f.Seen = at + " in place of 404"
	case id != "" && c.RequestID != "" && id != c.RequestID:
		f.Seen = at + "; error.request_id is not the header " + r.RequestIDHeader
	default:
		f.Verdict = Confirmed
		f.Seen = fmt.Sprintf("%s, type %s, code %s", at, sdk.Printable(c.Type), sdk.Printable(c.Code))
	}
	return f
}
