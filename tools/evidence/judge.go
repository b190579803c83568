package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

// A finding is a line about the contract.
type finding struct {
	kind findingKind
	line int // in the contract; 0 if it has no place there
	text string
}

type findingKind string

const (
	isObserved  findingKind = "observed"    // confirmed; its mark changes
	differs     findingKind = "differs"     // its mark stays
	contradicts findingKind = "contradicts" // observed before, and differs now
	noSuccess   findingKind = "no success"  // called, and not confirmed
	isUnknown   findingKind = "unknown"     // of another version of the contract, or a raw call
)

// A tally is what reports show of one statement of the contract.
type tally struct {
	mark     mark
	confirms string      // date of the last confirmation; empty if there is none
	unclear  bool        // some response does not fit
	drifts   []datedText // what differs
}

type datedText struct{ date, text string }

type statement struct {
	node *yaml.Node
	keys markKeys
}

// judge holds reports against the contract.
type judge struct {
	book
	date     string // of observations; empty for the report's own
	tallies  map[statement]*tally
	findings []finding
}

func newJudge(c openapi.Contract, date string) *judge {
	return &judge{book: newBook(c), date: date, tallies: map[statement]*tally{}}
}

func (j *judge) notef(kind findingKind, line int, format string, args ...any) {
	j.findings = append(j.findings, finding{kind, line, fmt.Sprintf(format, args...)})
}

func (j *judge) tally(m mark) *tally {
	at := statement{m.node, m.keys}
	if j.tallies[at] == nil {
		j.tallies[at] = &tally{mark: m}
	}
	return j.tallies[at]
}

// add takes a report's operations into account.
func (j *judge) add(r report) {
	date := cmp.Or(j.date, day(r.Until))
	for _, seen := range r.Operations {
		op, known := j.operations[seen.Operation]
		if !known {
			j.notef(isUnknown, 0, "%s: an operation that the contract does not have", seen.Operation)
			continue
		}
		j.addOperation(op, seen, date)
		j.addFields(op, seen, date)
		for _, d := range seen.Drift {
			j.addDrift(op, d, day(latest(d.Last, r.Until)))
		}
	}
}

func (j *judge) addOperation(op openapi.Operation, seen operation, date string) {
	path := newMark(op.ID+": method and path", op.Node, plainKeys)
	switch {
	case seen.Path != "" && seen.Path != op.Path:
		calls := times(seen.Confirmed, "success")
		j.notef(differs, path.line(), "%s: called at %s, with %s", op.ID, seen.Path, calls)
	case seen.Confirmed > 0:
		j.confirm(path, date)
		j.confirmPathParameters(op, date)
	case seen.Calls > 0 && path.evidence != "documented":
		calls := times(seen.Calls, "call")
		j.notef(noSuccess, path.line(), "%s: %s, none a success (%s)", op.ID, calls, statuses(seen.Statuses))
	}
	if seen.Replayed > 0 {
		j.addReplay(op, date)
	}
}

// confirmPathParameters confirms the parameters that are parts of the path.
func (j *judge) confirmPathParameters(op openapi.Operation, date string) {
	for _, item := range openapi.Items(openapi.Child(op.Node, "parameters")) {
		if p := j.contract.Resolve(item); openapi.Value(p, "in") == "path" {
			j.confirm(newMark(op.ID+": parameter "+openapi.Value(p, "name"), p, plainKeys), date)
		}
	}
}

// addReplay uses a replay mark: it proves that the server honours the key. An
// operation of another class could then be keyed.
func (j *judge) addReplay(op openapi.Operation, date string) {
	class := newMark(op.ID+": class", op.Node, classKeys)
	switch name := openapi.Value(op.Node, "x-retry-class"); name {
	case "keyed":
		j.confirm(class, date) // without a mark it is documented
	default:
		j.notef(differs, class.line(), "%s: a replay mark came, though its class is %s", op.ID, name)
	}
}

func (j *judge) addFields(op openapi.Operation, seen operation, date string) {
	complete := !slices.ContainsFunc(seen.Drift, func(d drift) bool { return d.Path == "..." })
	if !complete {
		j.notef(differs, op.Node.Line, "%s: more differs than its report lists; its fields are left as they are", op.ID)
	}
	for _, f := range seen.Fields {
		m, known := j.field(f.Field)
		switch {
		case !known:
			j.notef(isUnknown, op.Node.Line, "%s: a field that the contract does not have (%s)", f.Field, op.ID)
		case f.Seen > f.Fits || !complete:
			j.tally(m).unclear = true
		case f.Seen > 0:
			j.confirm(m, date)
		}
	}
}

func (j *judge) confirm(m mark, date string) {
	t := j.tally(m)
	t.confirms = max(t.confirms, date)
}

func (j *judge) addDrift(op openapi.Operation, d drift, date string) {
	text := fmt.Sprintf("%s in %s (%s)", describe(d), op.ID, times(d.Count, "time"))
	if m, known := j.field(d.Field); known {
		if !settled(m, d) {
			t := j.tally(m)
			t.drifts = append(t.drifts, datedText{date, text})
		}
		return
	}
	typeName, _, _ := strings.Cut(d.Field, ".")
	line := op.Node.Line
	if schema, known := j.schemas[typeName]; known {
		line = schema.Key.Line
	}
	j.notef(differs, line, "%s: %s", cmp.Or(d.Field, d.Path, op.ID), text)
}

// settled reports whether the contract has learnt of a difference since.
func settled(m mark, d drift) bool {
	return d.Kind == "unknown field" ||
		d.Kind == "missing field" && openapi.Value(m.node, "x-optional") == "true"
}

// describe returns a drift in words.
func describe(d drift) string {
	text := d.Kind
	if d.Want != "" {
		text += ", want " + d.Want
	}
	if d.Got != "" {
		text += ", got " + d.Got
	}
	return text
}

// verdict returns the marks to change, with their new dates, and all findings
// in the order of the contract's lines.
func (j *judge) verdict() ([]change, []finding) {
	var changes []change
	for _, t := range j.tallies {
		j.noteDrifts(t)
		if date := t.newDate(); date != "" {
			changes = append(changes, change{t.mark, date})
			j.notef(isObserved, t.mark.line(), "%s", t.mark.name)
		}
	}
	slices.SortFunc(j.findings, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.kind, b.kind), cmp.Compare(a.text, b.text))
	})
	return changes, slices.Compact(j.findings)
}

// newDate returns the date on which a statement was observed, if its mark has
// to change.
func (t *tally) newDate() string {
	switch {
	case t.confirms == "" || t.unclear || len(t.drifts) > 0:
		return ""
	case t.mark.evidence == inferred, t.mark.evidence == observed && t.confirms > t.mark.date:
		return t.confirms
	default:
		return ""
	}
}

// noteDrifts lists how responses differ from a statement. What differed before the
// statement was observed is settled.
func (j *judge) noteDrifts(t *tally) {
	for _, d := range t.drifts {
		switch {
		case t.mark.evidence != observed:
			j.notef(differs, t.mark.line(), "%s: %s", t.mark.name, d.text)
		case d.date >= t.mark.date:
			j.notef(contradicts, t.mark.line(), "%s: observed on %s, differs now: %s", t.mark.name, t.mark.date, d.text)
		}
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func latest(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

func times(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "s") {
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func statuses(counts map[string]int) string {
	parts := make([]string, 0, len(counts))
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s: %d", status, counts[status]))
	}
	return cmp.Or(strings.Join(parts, ", "), "no status")
}
