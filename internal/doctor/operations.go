package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/drift"
	"github.com/bardge/bardge-go/internal/sdk"
)

// operations lists what is known of each operation.
func (r *run) operations() []Operation {
	gathered := map[string]drift.Operation{}
	for _, op := range r.Drift.Operations() {
		gathered[op.Operation] = op
	}
	all := make([]Operation, 0, len(gen.Operations()))
	for _, op := range gen.Operations() {
		all = append(all, r.operation(op, gathered[string(op.ID)]))
	}
	return all
}

func (r *run) operation(op gen.Operation, gathered drift.Operation) Operation {
	c := Operation{Operation: string(op.ID), Method: op.Method, Path: r.Path(op)}
	c.Verdict = NotTried
	if t := r.tried[op.ID]; t != nil {
		c.Calls, c.RequestID = t.calls, sdk.Printable(t.requestID)
		c.Latency = LatencyOf(t.times)
		c.Verdict = Confirmed
		if t.failure != nil {
			c.Verdict, c.Seen, c.Advice = r.failed(op, t.failure)
		}
	} else {
		c.Seen = r.whyNotTried(op)
	}
	if c.Calls == 0 && gathered.Calls > 0 {
		c.Seen = "only read with an id that cannot exist; " + c.Seen
	}
	c.Fields = r.fields(op, gathered)
	if differing(c.Fields) > 0 {
		c.Verdict = Differs
	}
	return c
}

// whyNotTried is why an operation was not sent.
func (r *run) whyNotTried(op gen.Operation) string {
	if op.Class != gen.RetryClassSafe {
		return "would change something"
	}
	for _, read := range r.Reads {
		switch {
		case read.Operation != op.ID:
		case r.endedEarly:
			return "the check ended early"
		default:
			return "the id of " + idWords[read.Need] + " is needed"
		}
	}
	if op.ID == gen.OpQuoteSpaCopay {
		return "a client, a spa and services of it are needed"
	}
	return "the check does not send it"
}

// idWords are the ids that reads need, in words.
var idWords = map[string]string{
	"ClientID": "a client", "IssuedPassID": "an issued pass", "PassID": "a pass package",
	"ProviderID": "a gym", "ClassID": "a class", "BookingID": "a booking",
}

const correctRequest = "The error's Message has the reason (--verbose prints it). " +
	"WithoutField and WithExtraField correct a request."

// failed describes an operation without success. What passes, such as a server
// error, or depends on the account, is no difference.
func (r *run) failed(op gen.Operation, c *Call) (Verdict, string, string) {
	d, status := r.explain(c), c.Status
	switch {
	case errors.Is(c.Err, idem.ErrResponseIncomplete):
		const lacks = "the response lacks an essential field, so that there is no value"
		const advice = "Response.Raw has what came; a raw call (client.Do, bardge raw) names other essential fields."
		return Differs, lacks, advice
	case c.isOwnSuccess() && c.Outcome != idem.OutcomeDone:
		const other = "the response has another form or status than the contract's, so that there is no value"
		return Differs, other, "Response.Raw has what came, and Client.Do reads any form."
	case status == 0, status >= http.StatusInternalServerError, status == http.StatusTooManyRequests,
		status == http.StatusRequestTimeout, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return NotTried, d.Problem, d.Advice
	case status == http.StatusNotFound:
		advice := fmt.Sprintf("If the id exists, the path is another: WithPath(%q, ...).", string(op.ID))
		if !strings.Contains(op.Path, "{") {
			advice = fmt.Sprintf("The path may be another: WithPath(%q, ...).", string(op.ID))
		}
		return Differs, d.Problem, advice
	case status == http.StatusBadRequest:
		return Differs, d.Problem, correctRequest
	default:
		return Differs, d.Problem, d.Advice
	}
}

// fields lists what is known of the fields of an operation's responses, and
// what else of them differs.
func (r *run) fields(op gen.Operation, gathered drift.Operation) []Fact {
	drifted := map[string]bool{}
	for _, d := range gathered.Drift {
		drifted[d.Field] = true
	}
	var all []Fact
	for _, f := range gathered.Fields {
		switch {
		case drifted[f.Field]:
		case f.Seen == 0:
			all = append(all, Fact{Verdict: NotTried, Subject: f.Field, Seen: "did not come"})
		default:
			all = append(all, Fact{Verdict: Confirmed, Subject: f.Field})
		}
	}
	at := Contract{Path: op.Path, Method: op.Method, Date: r.started.UTC().Format("2006-01-02")}
	for _, d := range gathered.Drift {
		if !r.isOfConnection(d) {
			all = append(all, driftFact(at, d, gathered.Calls))
		}
	}
	return all
}

// isOfConnection reports whether a drift is no matter of one operation: no
// response has a request id, which is one finding of the connection.
func (r *run) isOfConnection(d drift.Count) bool {
	return d.Kind == idem.DriftHeader && d.Path == r.RequestIDHeader && r.headers.WithID == 0
}

func driftFact(at Contract, d drift.Count, calls int) Fact {
	owner, property, _ := strings.Cut(d.Field, ".")
	at.Schema, at.Enumeration = gen.SchemaOf(owner), gen.EnumerationOf(d.Field)
	f := Fact{Verdict: Differs, Subject: cmp.Or(d.Field, d.Path, "the whole body"), YAML: at.Line(d.Drift())}
	f.Seen = string(d.Kind)
	if d.Path != "" && d.Path != f.Subject && d.Path != property {
		f.Seen += " at " + d.Path
	}
	if d.Want != "" {
		f.Seen += ", wanted " + d.Want
	}
	if d.Got != "" {
		f.Seen += ", got " + d.Got
	}
	if d.Count < calls {
		f.Seen += fmt.Sprintf(" (%d of %d calls)", d.Count, calls)
	}
	return f
}
