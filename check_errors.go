package bardge

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdk"
)

// noSuchID is an id that cannot exist.
const noSuchID = "doctor_does_not_exist"

// checkErrors lists reads by id. With noSuchID they show the form of an error;
// the first has a documented path.
var checkErrors = []checkRead{
	{gen.OpListPassProviders, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Providers.ListForPass(ctx, noSuchID, ListPassProvidersParams{}, c.opts...))
	}},
	{gen.OpGetClientCredits, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Clients.Credits(ctx, noSuchID, c.opts...))
	}},
	{gen.OpGetIssuedPass, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.IssuedPasses.Get(ctx, noSuchID, c.opts...))
	}},
}

// errorResponse reads what cannot exist, until an error comes.
func (r *checkRun) errorResponse(ctx context.Context) error {
	for _, read := range checkErrors {
		resp, err := read.call(r.path.Trace(ctx), checkCall{r.client, &r.opts, r.callOptions()})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.noteResponse(resp)
		if e := asError(err); e != nil && e.Response.StatusCode >= http.StatusBadRequest {
			r.errorFrom, r.errorSeen = read.operation, e
			return nil
		}
	}
	return nil
}

// errorFinding is what the form of an error is.
func (r *checkRun) errorFinding() CheckFinding {
	const none = "no error came for an id that cannot exist"
	f := CheckFinding{Verdict: CheckNotTried, Subject: "error response", Seen: none}
	e := r.errorSeen
	if e == nil {
		return f
	}
	at := fmt.Sprintf("%s of an id that cannot exist: status %d", r.errorFrom, e.Response.StatusCode)
	f.Verdict = CheckDiffers
	switch id := vendorError(e.Response.Raw).RequestID; {
	case !isOfAPI(e):
		f.Seen = at + ", not in the API's error format"
		f.Advice = "Outcomes stay safe, but errors have no code. If a proxy responds, have it pass errors on."
	case e.Response.StatusCode != http.StatusNotFound:
		f.Seen = at + " in place of 404"
	case id != "" && e.Response.RequestID != "" && id != e.Response.RequestID:
		f.Seen = at + "; error.request_id is not the header " + requestIDHeader
	default:
		f.Verdict = CheckConfirmed
		f.Seen = fmt.Sprintf("%s, type %s, code %s", at, sdk.Printable(e.Type), sdk.Printable(e.Code))
	}
	return f
}

// isOfAPI reports whether a response is an error of the API's own.
func isOfAPI(e *Error) bool { return cmp.Or(e.Code, e.Type) != "" }

// isOwnSuccess reports whether a response is a success of the API's own that
// brings no value: it shows an execution, or is JSON with the API's request id.
func isOwnSuccess(e *Error) bool {
	resp := e.Response
	return resp.StatusCode >= 200 && resp.StatusCode < 300 &&
		(e.Outcome == OutcomeDone || resp.RequestID != "" && jsonKind(resp.Raw) != "")
}
