package drift

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// A report has no more than this.
const (
	maxOperations = 500
	maxDrift      = 200 // of one operation
	maxStatuses   = 50  // of one operation
)

// Begin notes the API that the report is about. Another one is refused: what a
// sandbox confirms would count for the vendor's server.
func (r *Report) Begin(baseURL string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	baseURL = strings.TrimRight(strings.TrimSpace(baseURL), "/")
	if known := cmp.Or(r.state.BaseURL, baseURL); known != baseURL {
		return &idem.InvalidError{Field: "drift report", Reason: "is of another base URL"}
	}
	r.state.BaseURL = baseURL
	return nil
}

// Call is a call that has ended.
type Call struct {
	Operation string
	// Path is the template in place of the contract's, empty: none. It stays:
	// what the operation confirms may have come from there.
	Path   string
	Result *idem.Result
	Seen   *wire.Seen // the fields of its response; nil: not known
}

// Add takes a call, if it got a response.
func (r *Report) Add(c Call, order Order) {
	hasStatus := func(a idem.Attempt) bool { return a.Status != 0 }
	if c.Result.FromJournal || !slices.ContainsFunc(c.Result.Attempts, hasStatus) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.state.Since.IsZero() {
		r.state.Since = now
	}
	r.state.Until = now
	if op := r.state.operation(c.Operation, order); op != nil {
		op.Path = cmp.Or(c.Path, op.Path)
		op.add(c.Result, now)
		if c.Seen != nil && !c.Result.Recovered {
			c.Seen.Each(func(of *wire.Type, seen, unfit uint64) { op.addFields(of, seen, unfit, order) })
		}
	}
}

// operation returns the operation's row, a new one if there is room.
func (s *state) operation(name string, order Order) *Operation {
	at, found := slices.BinarySearchFunc(s.Operations, name, func(op Operation, name string) int {
		return order(op.Operation, name)
	})
	switch {
	case found:
	case len(s.Operations) == maxOperations:
		return nil
	default:
		s.Operations = slices.Insert(s.Operations, at, Operation{Operation: name, Statuses: map[int]int{}})
	}
	return &s.Operations[at]
}

func (op *Operation) add(r *idem.Result, now time.Time) {
	op.Calls++
	if r.Verdict == idem.VerdictDone {
		op.Confirmed++
	}
	if r.Replayed {
		op.Replayed++
	}
	for _, a := range r.Attempts {
		if _, known := op.Statuses[a.Status]; a.Status != 0 && (known || len(op.Statuses) < maxStatuses) {
			op.Statuses[a.Status]++
		}
	}
	op.addDrift(r.Drift, now)
}

// addFields adds the fields that one response has of a type.
func (op *Operation) addFields(of *wire.Type, seen, unfit uint64, order Order) {
	for i, f := range of.Fields {
		row := op.field(of.Name+"."+f.Name, order)
		if seen&(1<<i) != 0 {
			row.Seen++
			if unfit&(1<<i) == 0 {
				row.Fits++
			}
		}
	}
}

func (op *Operation) field(name string, order Order) *Field {
	at, found := slices.BinarySearchFunc(op.Fields, name, func(f Field, name string) int {
		return order(f.Field, name)
	})
	if !found {
		op.Fields = slices.Insert(op.Fields, at, Field{Field: name})
	}
	return &op.Fields[at]
}

// addDrift counts each drift of one call once.
func (op *Operation) addDrift(drift []idem.Drift, now time.Time) {
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
func (op *Operation) drift(d idem.Drift, now time.Time) int {
	same := func(c Count) bool { return c.Drift() == d }
	at := slices.IndexFunc(op.Drift, same)
	if at < 0 && len(op.Drift) >= maxDrift {
		d = idem.Drift{Kind: d.Kind, Path: "..."}
		at = slices.IndexFunc(op.Drift, same)
	}
	if at < 0 {
		at = len(op.Drift)
		op.Drift = append(op.Drift, Count{
			Kind: d.Kind, Path: d.Path, Field: d.Field, Want: d.Want, Got: d.Got, First: now,
		})
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
