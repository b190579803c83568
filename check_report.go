package bardge

import "time"

// CheckVerdict is what [Check] has found out about one thing.
type CheckVerdict string

// The verdicts.
const (
	CheckConfirmed CheckVerdict = "confirmed" // it is as documented, or as this SDK assumes
	CheckDiffers   CheckVerdict = "differs"   // it is not, or it is in the way
	CheckNotTried  CheckVerdict = "not tried" // nothing has shown it
	CheckNoted     CheckVerdict = "noted"     // a fact that nothing is assumed about
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
