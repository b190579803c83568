package bardge

import (
	"time"

	"github.com/bardge/bardge-go/internal/doctor"
)

// CheckVerdict is what [Check] has found out about one thing.
type CheckVerdict string

// The verdicts.
const (
	CheckConfirmed = CheckVerdict(doctor.Confirmed) // it is as documented, or as this SDK assumes
	CheckDiffers   = CheckVerdict(doctor.Differs)   // it is not, or it is in the way
	CheckNotTried  = CheckVerdict(doctor.NotTried)  // nothing has shown it
	CheckNoted     = CheckVerdict(doctor.Noted)     // a fact that nothing is assumed about
)

// CheckReport is what [Check] has found out. It holds names, kinds, counts and
// times: no API key, no id of a request's path, and no value of a response but
// request ids, and the id and key of a pass that was issued on demand.
type CheckReport struct {
	Version int       `json:"version"`  // of the JSON form: 1
	BaseURL string    `json:"base_url"` // the client's
	Started time.Time `json:"started"`  // by this machine's clock
	// Duration is how long the check took, in nanoseconds.
	Duration time.Duration `json:"duration_ns"`
	// Problem is in a sentence what prevented the check or ended it early, such
	// as a refused API key, and Advice what to do about it. Both are empty if
	// it went through.
	Problem string `json:"problem,omitempty"`
	Advice  string `json:"advice,omitempty"`
	// Connection lists what the network, clocks and headers have shown.
	Connection []CheckFinding `json:"connection"`
	// Operations lists all operations of the API, in the contract's order.
	Operations []CheckedOperation `json:"operations"`
	// Write is the operation that CheckOptions.AllowWrites names; nil: none.
	Write *CheckedWrite `json:"write,omitempty"`
	// Drift is what the responses have shown of the contract, as the clients of
	// [WithDriftReport] gather it; never nil.
	Drift *DriftReport `json:"drift"`
}

// CheckFinding is what is known of one thing.
type CheckFinding struct {
	Verdict CheckVerdict `json:"verdict"`          // whether it is as documented
	Subject string       `json:"subject"`          // such as "TLS" or "IssuedPass.tx_ref"
	Seen    string       `json:"seen"`             // in words; empty: it fits
	Advice  string       `json:"advice,omitempty"` // what to do about it; empty: nothing
	// YAML is the line that would make the contract, gen/openapi.yaml, true;
	// empty unless the contract differs.
	YAML string `json:"yaml,omitempty"`
}

// CheckedOperation is what is known of one operation of the API.
type CheckedOperation struct {
	Operation string       `json:"operation"`        // such as "ListPasses"
	Method    string       `json:"method"`           // of HTTP
	Path      string       `json:"path"`             // the template below the base URL, [WithPath] included
	Verdict   CheckVerdict `json:"verdict"`          // differs also if one of Fields does
	Seen      string       `json:"seen"`             // in words, why it is not confirmed; empty: it is
	Advice    string       `json:"advice,omitempty"` // what to do about it; empty: nothing
	Calls     int          `json:"calls"`            // that were made
	Latency   CheckLatency `json:"latency"`          // of its responses
	// RequestID is the vendor's id of the last response, for its support.
	RequestID string         `json:"request_id,omitempty"`
	Fields    []CheckFinding `json:"fields,omitempty"` // of its responses, in the contract's order
}

// CheckLatency is the time from an attempt's start to its response's last byte,
// connecting included, in nanoseconds. All are zero if no response came.
type CheckLatency struct {
	Min    time.Duration `json:"min_ns"`    // the shortest
	Median time.Duration `json:"median_ns"` // the middle one
	Max    time.Duration `json:"max_ns"`    // the longest
}

// CheckedWrite is an operation that changed something, sent twice under one
// key.
type CheckedWrite struct {
	Operation string  `json:"operation"`           // "IssuePass"
	Outcome   Outcome `json:"outcome"`             // of the first request
	ID        string  `json:"id,omitempty"`        // of what it made; empty if it is not known
	Key       string  `json:"key"`                 // resumes the operation, by [SentKey]
	Repeated  bool    `json:"repeated"`            // the second request got a response
	Replayed  bool    `json:"replayed"`            // that response had the replay mark
	SameID    bool    `json:"same_id"`             // both responses name the same resource
	SecondID  string  `json:"second_id,omitempty"` // of another resource that the repetition made; empty: none
	Error     string  `json:"error,omitempty"`     // of the last request, in fixed words
	// SafeUntil is the last moment to resume an unknown outcome under Key.
	SafeUntil time.Time `json:"safe_until,omitzero"`
}

// Differs counts what differs, in the connection, the operations, their fields,
// and the write.
func (r *CheckReport) Differs() int { return r.found().Differing() }

// Text returns the report for a terminal, in aligned columns. What is wrong
// comes first.
func (r *CheckReport) Text() string { return r.found().Document().Text() }

// Markdown returns the report as a page.
func (r *CheckReport) Markdown() string { return r.found().Document().Markdown() }

const checkReportVersion = 1

func newCheckReport(found *doctor.Report, drift *DriftReport) *CheckReport {
	return &CheckReport{
		Version: checkReportVersion, BaseURL: found.BaseURL, Started: found.Started, Duration: found.Duration,
		Problem: found.Problem, Advice: found.Advice, Drift: drift, Write: (*CheckedWrite)(found.Write),
		Connection: each(found.Connection, newCheckFinding),
		Operations: each(found.Operations, func(op doctor.Operation) CheckedOperation {
			return CheckedOperation{
				Operation: op.Operation, Method: op.Method, Path: op.Path, Verdict: CheckVerdict(op.Verdict),
				Seen: op.Seen, Advice: op.Advice, Calls: op.Calls, Latency: CheckLatency(op.Latency),
				RequestID: op.RequestID, Fields: each(op.Fields, newCheckFinding),
			}
		}),
	}
}

func newCheckFinding(f doctor.Fact) CheckFinding {
	return CheckFinding{CheckVerdict(f.Verdict), f.Subject, f.Seen, f.Advice, f.YAML}
}

// found is the report as the check has made it.
func (r *CheckReport) found() *doctor.Report {
	return &doctor.Report{
		BaseURL: r.BaseURL, Started: r.Started, Duration: r.Duration, Problem: r.Problem, Advice: r.Advice,
		Write: (*doctor.Write)(r.Write), Connection: each(r.Connection, CheckFinding.found),
		Operations: each(r.Operations, func(op CheckedOperation) doctor.Operation {
			return doctor.Operation{
				Operation: op.Operation, Method: op.Method, Path: op.Path, Verdict: doctor.Verdict(op.Verdict),
				Seen: op.Seen, Advice: op.Advice, Calls: op.Calls, Latency: doctor.Latency(op.Latency),
				RequestID: op.RequestID, Fields: each(op.Fields, CheckFinding.found),
			}
		}),
	}
}

func (f CheckFinding) found() doctor.Fact {
	return doctor.Fact{
		Verdict: doctor.Verdict(f.Verdict), Subject: f.Subject, Seen: f.Seen, Advice: f.Advice, YAML: f.YAML,
	}
}

// each converts all items; without any it returns nil.
func each[From, To any](all []From, convert func(From) To) []To {
	if len(all) == 0 {
		return nil
	}
	converted := make([]To, len(all))
	for i, one := range all {
		converted[i] = convert(one)
	}
	return converted
}
