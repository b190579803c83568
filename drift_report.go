package bardge

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// DriftReport gathers how the API differs from the contract, and what was
// confirmed, over the calls of clients with [WithDriftReport]. The zero value
// is ready. It is safe for concurrent use, and must not be copied.
type DriftReport struct {
	mu      sync.Mutex
	state   reportState
	atClose []string // the files that Client.Close writes
	writing sync.Mutex
}

type reportState struct {
	baseURL      string
	since, until time.Time
	operations   []OperationReport
}

// OperationReport is what a [DriftReport] has of one operation.
type OperationReport struct {
	Operation string        // its name, as in "IssuePass"
	Path      string        // the template of [WithPath]; empty: the contract's
	Calls     int           // calls that got a response
	Confirmed int           // of these, calls with a success of the API's own
	Replayed  int           // of these, calls with the replay mark
	Statuses  map[int]int   // HTTP statuses, of all attempts
	Fields    []FieldReport // of success responses, in the contract's order
	Drift     []DriftCount  // by kind and field, most frequent first
}

// FieldReport counts in how many responses a field was found.
type FieldReport struct {
	Field string // type and JSON name, such as "Booking.status"
	Seen  int    // it came
	Fits  int    // it came as the contract describes it
}

// DriftCount counts in how many calls a drift was found. The paths have no
// indexes: "data[].status".
type DriftCount struct {
	Drift       Drift     // what differs
	Count       int       // calls with it
	First, Last time.Time // when the first and the last of them ended
}

// Operations returns what the report has, in the contract's order.
func (r *DriftReport) Operations() []OperationReport { return r.snapshot().operations }

func (r *DriftReport) snapshot() reportState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return cloneReport(r.state)
}

type reportJSON struct {
	Version    int             `json:"version"`
	BaseURL    string          `json:"base_url"`
	Since      time.Time       `json:"since"`
	Until      time.Time       `json:"until"`
	Operations []operationJSON `json:"operations"`
}

type operationJSON struct {
	Operation string         `json:"operation"`
	Path      string         `json:"path,omitempty"`
	Calls     int            `json:"calls"`
	Confirmed int            `json:"confirmed"`
	Replayed  int            `json:"replayed"`
	Statuses  map[string]int `json:"statuses"`
	Fields    []fieldJSON    `json:"fields"`
	Drift     []driftJSON    `json:"drift"`
}

type fieldJSON struct {
	Field string `json:"field"`
	Seen  int    `json:"seen"`
	Fits  int    `json:"fits"`
}

type driftJSON struct {
	Kind  DriftKind `json:"kind"`
	Path  string    `json:"path"`
	Field string    `json:"field"`
	Want  string    `json:"want"`
	Got   string    `json:"got"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

const reportVersion = 1

// MarshalJSON writes the report; docs/drift.md describes its form.
func (r *DriftReport) MarshalJSON() ([]byte, error) {
	s := r.snapshot()
	out := reportJSON{
		Version: reportVersion, BaseURL: s.baseURL, Since: s.since, Until: s.until, Operations: []operationJSON{},
	}
	for _, op := range s.operations {
		out.Operations = append(out.Operations, newOperationJSON(op))
	}
	return json.Marshal(out)
}

func newOperationJSON(op OperationReport) operationJSON {
	out := operationJSON{
		Operation: op.Operation, Path: op.Path, Calls: op.Calls, Confirmed: op.Confirmed, Replayed: op.Replayed,
		Statuses: map[string]int{}, Fields: []fieldJSON{}, Drift: []driftJSON{},
	}
	for status, n := range op.Statuses {
		out.Statuses[strconv.Itoa(status)] = n
	}
	for _, f := range op.Fields {
		out.Fields = append(out.Fields, fieldJSON(f))
	}
	for _, c := range op.Drift {
		d := c.Drift
		out.Drift = append(out.Drift, driftJSON{
			d.Kind, d.Path, d.Field, d.Want, d.Got, c.Count, c.First, c.Last,
		})
	}
	return out
}

// UnmarshalJSON replaces the report with one that MarshalJSON has written.
func (r *DriftReport) UnmarshalJSON(text []byte) error {
	var in reportJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return &InvalidError{Field: "drift report", Reason: "is not the JSON of one"}
	}
	if in.Version != reportVersion {
		return &InvalidError{Field: "version", Reason: "is not " + strconv.Itoa(reportVersion)}
	}
	s := reportState{baseURL: in.BaseURL, since: in.Since, until: in.Until}
	for _, op := range in.Operations {
		read, err := op.report()
		if err != nil {
			return err
		}
		s.operations = append(s.operations, read)
	}
	slices.SortStableFunc(s.operations, func(a, b OperationReport) int {
		return compareInContract(a.Operation, b.Operation)
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
	return nil
}

func (in operationJSON) report() (OperationReport, error) {
	op := OperationReport{
		Operation: in.Operation, Path: in.Path, Calls: in.Calls, Confirmed: in.Confirmed, Replayed: in.Replayed,
		Statuses: map[int]int{},
	}
	for text, n := range in.Statuses {
		status, err := strconv.Atoi(text)
		if err != nil {
			return op, &InvalidError{Field: "statuses", Reason: "has a name that is no number"}
		}
		op.Statuses[status] = n
	}
	for _, f := range in.Fields {
		op.Fields = append(op.Fields, FieldReport(f))
	}
	slices.SortStableFunc(op.Fields, func(a, b FieldReport) int { return compareInContract(a.Field, b.Field) })
	for _, d := range in.Drift {
		op.Drift = append(op.Drift, DriftCount{
			Drift{Kind: d.Kind, Path: d.Path, Field: d.Field, Want: d.Want, Got: d.Got}, d.Count, d.First, d.Last,
		})
	}
	return op, nil
}

func cloneReport(s reportState) reportState {
	all := s.operations
	s.operations = make([]OperationReport, len(all))
	for i, op := range all {
		s.operations[i] = cloneOperation(op)
	}
	return s
}

func cloneOperation(op OperationReport) OperationReport {
	op.Statuses = maps.Clone(op.Statuses)
	op.Fields, op.Drift = slices.Clone(op.Fields), slices.Clone(op.Drift)
	slices.SortStableFunc(op.Drift, func(a, b DriftCount) int { return cmp.Compare(b.Count, a.Count) })
	return op
}
