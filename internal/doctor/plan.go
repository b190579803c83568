package doctor

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/drift"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Plan is what a check sends.
type Plan struct {
	BaseURL         string
	RequestIDHeader string
	Samples         int               // of each read
	Timeout         time.Duration     // of the reads together
	IDs             map[string]string // by [Read].Need; those that lists show are added
	Reads           []Read            // in order: those that show an id for others come first
	// NoSuch names reads by id which, with an id that cannot exist, show the form
	// of an error; the first one's path is documented.
	NoSuch []gen.OperationID
	Issue  *Issue // nil: nothing is changed
	// Path returns the path template in use.
	Path  func(gen.Operation) string
	Drift *drift.Report // gathers the calls
}

// Read is an operation that changes nothing.
type Read struct {
	Operation gen.OperationID
	Need      string // the id that it takes; empty: none
	Shows     string // the id for other reads that its value has; empty: none
	Send      func(ctx context.Context, id string) Call
}

// Issue issues a pass.
type Issue struct {
	Key      idem.Key // of the first request
	ClientID string   // whose pass it is
	Send     func(ctx context.Context, key idem.Key) Call
}

// Call is how a call went.
type Call struct {
	Operation   gen.OperationID
	ID          string // of a resource that its value has; empty: none
	Outcome     idem.Outcome
	Key         idem.Key
	Replayed    bool
	FromJournal bool
	Status      int // of the last response; 0: none came
	Header      http.Header
	RequestID   string
	Attempts    []idem.Attempt
	IsJSON      bool // the response's body begins as JSON
	// Err is the call's error; nil: there is a value. The rest is about it.
	Err            error
	Why            error     // what it wraps, in fixed words
	Type, Code     string    // of the API's error object
	ErrorRequestID string    // in that object
	SafeUntil      time.Time // as of the client's errors
}

// isOfAPI reports whether the response is an error of the API's own.
func (c *Call) isOfAPI() bool { return cmp.Or(c.Code, c.Type) != "" }

// isOwnSuccess reports whether the response is a success of the API's own that
// brings no value: it shows an execution, or is JSON with the API's request id.
func (c *Call) isOwnSuccess() bool {
	return c.Err != nil && c.Status >= 200 && c.Status < 300 &&
		(c.Outcome == idem.OutcomeDone || c.RequestID != "" && c.IsJSON)
}

// callError is the error of a call, as a reason to end the check.
type callError struct{ *Call }

// Error returns the text of the call's error.
func (e callError) Error() string { return e.Err.Error() }

// explain returns what the call's error means.
func (r *run) explain(c *Call) Diagnosis {
	f := Failure{
		Reason: c.Why.Error(), Status: c.Status, IsAPI: c.isOfAPI(), Code: sdk.Printable(c.Code), Header: c.Header,
		Host: HostPort(r.BaseURL), Rejected: r.path.Path().Rejected,
		TimedOut: isTimeout(c.Err), Executed: c.Outcome == idem.OutcomeDone,
	}
	if n := len(c.Attempts); n > 0 {
		f.Reason = c.Attempts[n-1].Reason
	}
	return Explain(f)
}
