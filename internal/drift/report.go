// Package drift gathers how responses differ from a contract over many calls,
// and what they confirm of it, and writes that as JSON and as a page.
package drift

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Report is what calls have shown. The zero value is ready. It is safe for
// concurrent use.
type Report struct {
	mu      sync.Mutex
	state   state
	atClose []string // the files that Close writes
	writing sync.Mutex
}

// state is a report as JSON; docs/drift.md describes its form.
type state struct {
	Version    int         `json:"version"`
	BaseURL    string      `json:"base_url"`
	Since      time.Time   `json:"since"`
	Until      time.Time   `json:"until"`
	Operations []Operation `json:"operations"`
}

// Operation is what a report has of one operation.
type Operation struct {
	Operation string      `json:"operation"`
	Path      string      `json:"path,omitempty"` // in place of the contract's
	Calls     int         `json:"calls"`
	Confirmed int         `json:"confirmed"`
	Replayed  int         `json:"replayed"`
	Statuses  map[int]int `json:"statuses"`
	Fields    []Field     `json:"fields"`
	Drift     []Count     `json:"drift"`
}

// Field counts in how many responses a field was found.
type Field struct {
	Field string `json:"field"`
	Seen  int    `json:"seen"`
	Fits  int    `json:"fits"`
}

// Count counts in how many calls a drift was found.
type Count struct {
	Kind  idem.DriftKind `json:"kind"`
	Path  string         `json:"path"`
	Field string         `json:"field"`
	Want  string         `json:"want"`
	Got   string         `json:"got"`
	Count int            `json:"count"`
	First time.Time      `json:"first"`
	Last  time.Time      `json:"last"`
}

// Drift is what differs.
func (c *Count) Drift() idem.Drift {
	return idem.Drift{Kind: c.Kind, Path: c.Path, Field: c.Field, Want: c.Want, Got: c.Got}
}

// Order compares the names of operations, or of fields, by their places in the
// contract.
type Order func(a, b string) int

// Operations returns what the report has, in the contract's order.
func (r *Report) Operations() []Operation { return r.snapshot().Operations }

func (r *Report) snapshot() state {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	s.Version, s.Operations = version, append([]Operation{}, s.Operations...)
	for i := range s.Operations {
		s.Operations[i].detach()
	}
	return s
}

// detach makes the operation's lists its own, the most frequent drift first.
func (op *Operation) detach() {
	op.Statuses = maps.Clone(op.Statuses)
	op.Fields, op.Drift = append([]Field{}, op.Fields...), append([]Count{}, op.Drift...)
	slices.SortStableFunc(op.Drift, func(a, b Count) int { return cmp.Compare(b.Count, a.Count) })
}

const version = 1

// MarshalJSON writes the report.
func (r *Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.snapshot()) }

// Unmarshal replaces the report with one that MarshalJSON has written.
func (r *Report) Unmarshal(text []byte, order Order) error {
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return &idem.InvalidError{Field: "drift report", Reason: "is not the JSON of one"}
	}
	if s.Version != version {
		return &idem.InvalidError{Field: "version", Reason: "is not " + strconv.Itoa(version)}
	}
	slices.SortStableFunc(s.Operations, func(a, b Operation) int { return order(a.Operation, b.Operation) })
	for i := range s.Operations {
		op := &s.Operations[i]
		slices.SortStableFunc(op.Fields, func(a, b Field) int { return order(a.Field, b.Field) })
		if op.Statuses == nil {
			op.Statuses = map[int]int{}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
	return nil
}
