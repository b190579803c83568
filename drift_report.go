package bardge

import (
	"cmp"
	"sync"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/drift"
	"github.com/bardge/bardge-go/internal/operations"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// DriftReport gathers how the API differs from the contract, and what was
// confirmed, over the calls of clients with [WithDriftReport]. The zero value
// is ready. It is safe for concurrent use, and must not be copied.
type DriftReport struct{ gathered drift.Report }

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

// WithDriftReport gathers in r what the client's calls confirm of the contract,
// and what differs. Clients with the same base URL may share a report. Reading a
// response then costs about three times as much; without the option, only one
// that differs does.
func WithDriftReport(r *DriftReport) Option {
	return newOption("WithDriftReport", func(s *settings) error {
		if r == nil {
			return &InvalidError{Field: "drift report", Reason: "is nil"}
		}
		s.report = r
		return nil
	})
}

// Operations returns what the report has, in the contract's order.
func (r *DriftReport) Operations() []OperationReport {
	return each(r.gathered.Operations(), newOperationReport)
}

func newOperationReport(op drift.Operation) OperationReport {
	return OperationReport{
		Operation: op.Operation, Path: op.Path, Calls: op.Calls, Confirmed: op.Confirmed, Replayed: op.Replayed,
		Statuses: op.Statuses,
		Fields:   each(op.Fields, func(f drift.Field) FieldReport { return FieldReport(f) }),
		Drift: each(op.Drift, func(c drift.Count) DriftCount {
			return DriftCount{c.Drift(), c.Count, c.First, c.Last}
		}),
	}
}

// Markdown returns the report for a person: for each operation what is
// confirmed, and what differs.
func (r *DriftReport) Markdown() string { return r.gathered.Markdown() }

// MarshalJSON writes the report; docs/drift.md describes its form.
func (r *DriftReport) MarshalJSON() ([]byte, error) { return r.gathered.MarshalJSON() }

// UnmarshalJSON replaces the report with one that MarshalJSON has written.
func (r *DriftReport) UnmarshalJSON(text []byte) error {
	return r.gathered.Unmarshal(text, compareInContract)
}

// WriteFile writes the report to a file: as JSON if its name ends in ".json",
// as Markdown if it ends in ".md". The file is written whole or not at all, and
// readable for its owner alone. Calls at the same time write one after another,
// so that the last file has all that was gathered before.
func (r *DriftReport) WriteFile(name string) error { return r.gathered.WriteFile(name) }

// WriteAtClose has [Client.Close] write the report as WriteFile does, each time
// that it is called, and returns r. Several names are several files.
func (r *DriftReport) WriteAtClose(name string) *DriftReport {
	r.gathered.WriteAtClose(name)
	return r
}

func (r *DriftReport) begin(baseURL string) error {
	if r == nil {
		return nil
	}
	return sdk.OptionError("WithDriftReport", r.gathered.Begin(baseURL))
}

func (r *DriftReport) add(operation string, paths operations.Paths, result *idem.Result, seen *wire.Seen) {
	call := drift.Call{Operation: operation, Path: paths.Other(operation), Result: result, Seen: seen}
	r.gathered.Add(call, compareInContract)
}

func (r *DriftReport) writeAtClose() error {
	if r == nil {
		return nil
	}
	return r.gathered.Close()
}

// contractOrder are the places of operations and fields in the contract.
var contractOrder = sync.OnceValue(func() map[string]int {
	order := map[string]int{}
	for _, op := range gen.Operations() {
		order[string(op.ID)] = len(order)
	}
	for _, of := range contractTypes {
		for _, f := range of.Fields {
			order[of.Name+"."+f.Name] = len(order)
		}
	}
	return order
})

// compareInContract puts what the contract does not have last.
func compareInContract(a, b string) int {
	place := func(name string) int {
		if at, ok := contractOrder()[name]; ok {
			return at
		}
		return len(contractOrder())
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}
