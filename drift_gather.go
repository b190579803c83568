package bardge

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// A report has no more than this.
const (
	maxReportOperations = 500
	maxReportDrift      = 200 // of one operation
	maxReportStatuses   = 50  // of one operation
)

// WithDriftReport gathers in r what the client's calls confirm of the contract,
// and what differs. Clients with the same base URL may share a report. Reading a response then costs
// about three times as much; without the option, only one that differs does.
func WithDriftReport(r *DriftReport) Option {
	return newOption("WithDriftReport", func(s *settings) error {
		if r == nil {
			return &InvalidError{Field: "drift report", Reason: "is nil"}
		}
		s.report = r
		return nil
	})
}

// begin notes the API that the report is about. Another one is refused: what a
// sandbox confirms would count for the vendor's server.
func (r *DriftReport) begin(baseURL string) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	baseURL = strings.TrimRight(strings.TrimSpace(baseURL), "/")
	if known := cmp.Or(r.state.baseURL, baseURL); known != baseURL {
		other := &InvalidError{Field: "drift report", Reason: "is of another base URL"}
		return sdk.OptionError("WithDriftReport", other)
	}
	r.state.baseURL = baseURL
	return nil
}

// observer gets the fields of a call's response; nil without a report.
func (r *DriftReport) observer() *wire.Seen {
	if r == nil {
		return nil
	}
	return new(wire.Seen)
}

// add takes a call that has ended, if it got a response. A path that is not the
// contract's stays: what the operation confirms may have come from there.
func (r *DriftReport) add(operation string, paths operationPaths, result *idem.Result, seen *wire.Seen) {
	if r == nil || result.FromJournal || !slices.ContainsFunc(result.Attempts, hasStatus) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.state.since.IsZero() {
		r.state.since = now
	}
	r.state.until = now
	if op := r.state.operation(operation); op != nil {
		op.Path = cmp.Or(paths.other(operation), op.Path)
		op.add(result, seen, now)
	}
}

func hasStatus(a idem.Attempt) bool { return a.Status != 0 }

// operation returns the operation's row, a new one if there is room.
func (s *reportState) operation(name string) *OperationReport {
	at, found := slices.BinarySearchFunc(s.operations, name, func(op OperationReport, name string) int {
		return compareInContract(op.Operation, name)
	})
	switch {
	case found:
	case len(s.operations) == maxReportOperations:
		return nil
	default:
		s.operations = slices.Insert(s.operations, at, OperationReport{Operation: name, Statuses: map[int]int{}})
	}
	return &s.operations[at]
}

func (op *OperationReport) add(r *idem.Result, seen *wire.Seen, now time.Time) {
	op.Calls++
	if r.Verdict == idem.VerdictDone {
		op.Confirmed++
	}
	if r.Replayed {
		op.Replayed++
	}
	for _, a := range r.Attempts {
		if _, known := op.Statuses[a.Status]; a.Status != 0 && (known || len(op.Statuses) < maxReportStatuses) {
			op.Statuses[a.Status]++
		}
	}
	if seen != nil && !r.Recovered {
		seen.Each(op.addFields)
	}
	op.addDrift(r.Drift, now)
}

// addFields adds the fields that one response has of a type.
func (op *OperationReport) addFields(of *wire.Type, seen, unfit uint64) {
	for i, f := range of.Fields {
		row := op.field(of.Name + "." + f.Name)
		if seen&(1<<i) != 0 {
			row.Seen++
			if unfit&(1<<i) == 0 {
				row.Fits++
			}
		}
	}
}

func (op *OperationReport) field(name string) *FieldReport {
	at, found := slices.BinarySearchFunc(op.Fields, name, func(f FieldReport, name string) int {
		return compareInContract(f.Field, name)
	})
	if !found {
		op.Fields = slices.Insert(op.Fields, at, FieldReport{Field: name})
	}
	return &op.Fields[at]
}

// addDrift counts each drift of one call once.
func (op *OperationReport) addDrift(drift []Drift, now time.Time) {
	counted := map[int]bool{}
	for _, d := range drift {
		d.Path = withoutIndexes(d.Path)
		at := op.drift(d, now)
		if !counted[at] {
			counted[at] = true
			op.Drift[at].Count++
			op.Drift[at].Last = now
		}
	}
}

// drift returns the index of a drift's row. Beyond the limit there is one for
// each kind.
func (op *OperationReport) drift(d Drift, now time.Time) int {
	same := func(c DriftCount) bool { return c.Drift == d }
	at := slices.IndexFunc(op.Drift, same)
	if at < 0 && len(op.Drift) >= maxReportDrift {
		d = Drift{Kind: d.Kind, Path: "..."}
		at = slices.IndexFunc(op.Drift, same)
	}
	if at < 0 {
		at = len(op.Drift)
		op.Drift = append(op.Drift, DriftCount{Drift: d, First: now})
	}
	return at
}

// withoutIndexes rewrites "data[3].status" as "data[].status".
func withoutIndexes(path string) string {
	var b strings.Builder
	inside := false
	for _, c := range path {
		if c == ']' {
			inside = false
		}
		if !inside {
			b.WriteRune(c)
		}
		if c == '[' {
			inside = true
		}
	}
	return b.String()
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
