package fakeserver

import (
	"slices"
	"strings"
)

// matchFields is how many fields of a line a match compares.
const matchFields = 7

// Match selects lines of the ledger. Empty fields match every line.
type Match struct {
	// Account is the sender.
	Account string `json:"account,omitempty"`
	// Operation is the operation, or [UnknownRoute].
	Operation string `json:"operation,omitempty"`
	// Key is the idempotency key as the client sent it, or its name.
	Key string `json:"key,omitempty"`
	// Resource is the id of what was made, changed or read.
	Resource string `json:"resource,omitempty"`
	// Result is the result.
	Result Result `json:"result,omitempty"`
	// Status is the response's status.
	Status int `json:"status,omitempty"`
	// Fault is the fault, in full or without its argument: "unavailable".
	Fault string `json:"fault,omitempty"`
	// Since is the number of a line: those after it are in scope. 0 begins with
	// the last reset.
	Since uint64 `json:"since,omitempty"`
}

// Difference is a field in which a line does not fit a [Match].
type Difference struct {
	// Field is the name of the field in JSON.
	Field string `json:"field"`
	// Expected is the match's.
	Expected any `json:"expected"`
	// Actual is what the line has.
	Actual any `json:"actual"`
}

// covers reports whether a scope may hold lines that match.
func (m *Match) covers(s scope) bool {
	return (m.Account == "" || m.Account == s.account) && (m.Operation == "" || m.Operation == s.operation)
}

// compare reports for each field whether a line, which is in scope, matches.
func (m *Match) compare(line *Line) [matchFields]bool {
	return [...]bool{
		m.Account == "" || m.Account == line.Account,
		m.Operation == "" || m.Operation == line.Operation,
		m.Key == "" || shownKey(m.Key) == line.Key || m.Key == line.KeyName,
		m.Resource == "" || m.Resource == line.Resource,
		m.Result == "" || m.Result == line.Result,
		m.Status == 0 || m.Status == line.Status,
		m.Fault == "" || line.Fault.matches(m.Fault),
	}
}

// Matches reports whether a line matches, and comes after Since.
func (m *Match) Matches(line *Line) bool { return line.Line > m.Since && m.misses(line) == 0 }

// misses returns in how many fields a line does not match.
func (m *Match) misses(line *Line) int {
	n := 0
	for _, same := range m.compare(line) {
		if !same {
			n++
		}
	}
	return n
}

// mayMatch reports whether a line that does not match may do so once its
// request ends. Who sent it, for what and under which key is known before.
func (m *Match) mayMatch(line *Line) bool {
	if line.event != 0 || m.Result == ResultPending || m.misses(line) == 0 {
		return false
	}
	known := *m
	known.Status = 0
	if line.Result == ResultPending {
		known.Resource, known.Result, known.Fault = "", "", ""
	}
	return known.misses(line) == 0
}

// differences returns the fields in which a line does not match.
func (m *Match) differences(line *Line) []Difference {
	all := [...]Difference{
		{"account", m.Account, line.Account},
		{"operation", m.Operation, line.Operation},
		{"key", m.Key, line.Key},
		{"resource", m.Resource, line.Resource},
		{"result", m.Result, line.Result},
		{"status", m.Status, line.Status},
		{"fault", m.Fault, line.Fault},
	}
	var found []Difference
	for i, same := range m.compare(line) {
		if !same {
			found = append(found, all[i])
		}
	}
	return found
}

// fields returns how many fields the match restricts.
func (m *Match) fields() int {
	n := 0
	for _, name := range m.texts() {
		if name != "" {
			n++
		}
	}
	return n
}

// texts returns each restricted field with its value, and "" for the others.
func (m *Match) texts() [matchFields]string {
	var texts [matchFields]string
	for i, f := range [...]struct{ name, value string }{
		{"account", m.Account},
		{"operation", m.Operation},
		{"key", m.Key},
		{"resource", m.Resource},
		{"result", string(m.Result)},
		{"status", statusText(m.Status)},
		{"fault", m.Fault},
	} {
		if f.value != "" {
			texts[i] = f.name + " " + f.value
		}
	}
	return texts
}

// String describes the match: "operation IssuePass, result executed".
func (m *Match) String() string {
	all := m.texts()
	texts := slices.DeleteFunc(all[:], func(text string) bool { return text == "" })
	if len(texts) == 0 {
		return "any request"
	}
	return strings.Join(texts, ", ")
}
