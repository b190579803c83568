package bardge

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/doctor"
	"github.com/bardge/bardge-go/internal/sdk"
)

// operations lists what is known of each operation.
func (r *checkRun) operations() []CheckedOperation {
	gathered := map[string]OperationReport{}
	for _, op := range r.drift.Operations() {
		gathered[op.Operation] = op
	}
	all := make([]CheckedOperation, 0, len(gen.Operations()))
	for _, op := range gen.Operations() {
		all = append(all, r.operation(op, gathered[string(op.ID)]))
	}
	return all
}

func (r *checkRun) operation(op gen.Operation, gathered OperationReport) CheckedOperation {
	c := CheckedOperation{Operation: string(op.ID), Method: op.Method, Path: r.client.paths.template(op)}
	c.Verdict = CheckNotTried
	if t := r.tried[op.ID]; t != nil {
		c.Calls, c.RequestID = t.calls, sdk.Printable(t.requestID)
		c.Latency.Min, c.Latency.Median, c.Latency.Max = doctor.Latency(t.times)
		c.Verdict = CheckConfirmed
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
		c.Verdict = CheckDiffers
	}
	return c
}

// differing counts the findings that differ.
func differing(all []CheckFinding) (n int) {
	for _, f := range all {
		if f.Verdict == CheckDiffers {
			n++
		}
	}
	return n
}

// whyNotTried is why an operation was not sent.
func (r *checkRun) whyNotTried(op gen.Operation) string {
	if op.Class != gen.RetryClassSafe {
		return "would change something"
	}
	for _, read := range checkReads {
		switch {
		case read.operation != op.ID:
		case r.endedEarly:
			return "the check ended early"
		default:
			return "the id of " + checkIDs[read.need] + " is needed"
		}
	}
	if op.ID == gen.OpQuoteSpaCopay {
		return "a client, a spa and services of it are needed"
	}
	return "the check does not send it"
}

// checkIDs are the ids of CheckOptions in words.
var checkIDs = map[string]string{
	"ClientID": "a client", "IssuedPassID": "an issued pass", "PassID": "a pass package",
	"ProviderID": "a gym", "ClassID": "a class", "BookingID": "a booking",
}

const correctRequest = "The error's Message has the reason (--verbose prints it). " +
	"WithoutField and WithExtraField correct a request."

// failed describes an operation without success. What passes, such as a server
// error, or depends on the account, is no difference.
func (r *checkRun) failed(op gen.Operation, e *Error) (CheckVerdict, string, string) {
	d := doctor.Explain(r.failureOf(e, r.client.core.Engine().BaseURL()))
	status := e.Response.StatusCode
	switch {
	case errors.Is(e, ErrResponseIncomplete):
		const lacks = "the response lacks an essential field, so that there is no value"
		const advice = "Response.Raw has what came; a raw call (client.Do, bardge raw) names other essential fields."
		return CheckDiffers, lacks, advice
	case isOwnSuccess(e) && e.Outcome != OutcomeDone:
		const other = "the response has another form or status than the contract's, so that there is no value"
		return CheckDiffers, other, "Response.Raw has what came, and Client.Do reads any form."
	case status == 0, status >= http.StatusInternalServerError, status == http.StatusTooManyRequests,
		status == http.StatusRequestTimeout, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return CheckNotTried, d.Problem, d.Advice
	case status == http.StatusNotFound:
		advice := fmt.Sprintf("If the id exists, the path is another: WithPath(%q, ...).", string(op.ID))
		if !strings.Contains(op.Path, "{") {
			advice = fmt.Sprintf("The path may be another: WithPath(%q, ...).", string(op.ID))
		}
		return CheckDiffers, d.Problem, advice
	case status == http.StatusBadRequest:
		return CheckDiffers, d.Problem, correctRequest
	default:
		return CheckDiffers, d.Problem, d.Advice
	}
}

// fields lists what is known of the fields of an operation's responses, and
// what else of them differs.
func (r *checkRun) fields(op gen.Operation, gathered OperationReport) []CheckFinding {
	drifted := map[string]bool{}
	for _, d := range gathered.Drift {
		drifted[d.Drift.Field] = true
	}
	var all []CheckFinding
	for _, f := range gathered.Fields {
		switch {
		case drifted[f.Field]:
		case f.Seen == 0:
			all = append(all, CheckFinding{Verdict: CheckNotTried, Subject: f.Field, Seen: "did not come"})
		default:
			all = append(all, CheckFinding{Verdict: CheckConfirmed, Subject: f.Field})
		}
	}
	at := doctor.Contract{Path: op.Path, Method: op.Method, Date: r.started.UTC().Format("2006-01-02")}
	for _, d := range gathered.Drift {
		if !r.isOfConnection(d.Drift) {
			all = append(all, driftFinding(at, d, gathered.Calls))
		}
	}
	return all
}

// isOfConnection reports whether a drift is no matter of one operation: no
// response has a request id, which is one finding of the connection.
func (r *checkRun) isOfConnection(d Drift) bool {
	return d.Kind == DriftHeader && d.Path == requestIDHeader && r.headers.WithID == 0
}

func driftFinding(at doctor.Contract, counted DriftCount, calls int) CheckFinding {
	d := counted.Drift
	owner, property, _ := strings.Cut(d.Field, ".")
	at.Schema, at.Enumeration = gen.SchemaOf(owner), gen.EnumerationOf(d.Field)
	f := CheckFinding{Verdict: CheckDiffers, Subject: cmp.Or(d.Field, d.Path, "the whole body"), YAML: at.Line(d)}
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
	if counted.Count < calls {
		f.Seen += fmt.Sprintf(" (%d of %d calls)", counted.Count, calls)
	}
	return f
}
