package ops

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

// option is a choice of a filter.
type option struct{ Value, Text string }

var (
	states = []option{
		{"open", "Open"},
		{"reserved", "Reserved, not sent"},
		{"free", "Not executed"},
		{"done", "Done"},
		{"any", "Any"},
	}
	ages = []option{
		{"", "Any age"},
		{"2m", "2 min"},
		{"15m", "15 min"},
		{"1h", "1 h"},
		{"24h", "1 d"},
	}
	needs = []option{
		{"", "Any"},
		{string(needPerson), needPerson.Text()},
		{string(needSend), needSend.Text()},
		{string(needCall), needCall.Text()},
	}
)

// filter is which operations are listed: the query of the list's address.
type filter struct {
	State, Operation, OlderThan, Need, Text string
	// After is the last operation of the page before.
	After string
}

func readFilter(q url.Values) (filter, error) {
	f := filter{
		State: q.Get("state"), Operation: q.Get("operation"), OlderThan: q.Get("older"), Need: q.Get("need"),
		Text: strings.TrimSpace(q.Get("q")), After: q.Get("after"),
	}
	if f.State == "" {
		f.State = "open"
	}
	age, err := time.ParseDuration(f.OlderThan)
	switch {
	case !has(states, f.State):
		return f, invalid("There is no such state: choose open, reserved, free, done or any.")
	case f.OlderThan != "" && (err != nil || age <= 0):
		return f, invalid("The age is not a duration such as 15m or 2h.")
	case !has(needs, f.Need):
		return f, invalid("There is no such next step.")
	}
	return f, nil
}

func invalid(text string) error {
	err := web.Invalid(text)
	err.Back, err.BackText = listPath, "All open operations"
	return err
}

func has(all []option, value string) bool {
	return slices.ContainsFunc(all, func(o option) bool { return o.Value == value })
}

// withCurrent returns the choices, and the current one if it is another, as an
// address may have it.
func withCurrent(all []option, value string) []option {
	if has(all, value) {
		return all
	}
	return append(slices.Clip(all), option{value, value})
}

// query returns the address of the list with another value in a field.
func (f filter) query(change func(*filter)) string {
	change(&f)
	q := url.Values{}
	for name, value := range map[string]string{
		"state": f.State, "operation": f.Operation, "older": f.OlderThan, "need": f.Need, "q": f.Text,
		"after": f.After,
	} {
		if value != "" && (name != "state" || value != "open") {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return listPath
	}
	return listPath + "?" + q.Encode()
}

// Here returns the address of this page of the list.
func (f filter) Here() string { return f.query(func(*filter) {}) }

// IsSet reports whether something is filtered beyond what is open.
func (f filter) IsSet() bool {
	f.After = ""
	return f != filter{State: "open"}
}

// journal returns the part of the filter that the journal applies.
func (f filter) journal() journal.Filter {
	age, _ := time.ParseDuration(f.OlderThan) // it was checked
	return journal.Filter{State: journalcmd.States[f.State], Operation: f.Operation, OlderThan: age, After: f.After}
}

// inJournal reports whether the journal applies all of it.
func (f filter) inJournal() bool { return f.Need == "" && f.Text == "" }

// matches applies the rest.
func (f filter) matches(e *journalcmd.Entry) bool {
	if f.Need != "" && needOf(e) != need(f.Need) {
		return false
	}
	if f.Text == "" {
		return true
	}
	text := strings.ToLower(f.Text)
	if key := strings.TrimSuffix(text, "…"); key != "" && strings.HasPrefix(strings.ToLower(e.Key), key) {
		return true // as pages show it
	}
	for _, field := range []string{e.ID, e.RequestID, e.Resource} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	return false
}
