package control

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// params are a request's query parameters, each at most once.
type params map[string]string

// readParams reads query parameters. It refuses those that are not named, and
// empty ones: an unset variable of a script would select everything.
func readParams(r *http.Request, named ...string) (params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	text, escaped := url.QueryUnescape(r.URL.RawQuery)
	if err != nil || escaped != nil || !utf8.ValidString(text) {
		return nil, invalid("The query cannot be read.")
	}
	read := params{}
	for name, all := range values {
		switch {
		case len(named) == 0:
			return nil, invalid("This request takes no parameter, such as %q.", name)
		case !slices.Contains(named, name):
			return nil, invalid("There is no parameter %q; there are %s.", name, strings.Join(named, ", "))
		case len(all) > 1:
			return nil, invalid("The parameter %q is there twice.", name)
		case all[0] == "":
			return nil, invalid("The parameter %q is empty; leave it out to select everything.", name)
		}
		read[name] = all[0]
	}
	return read, nil
}

// number reads a parameter in a range; without it, it is missing.
func (p params) number(name string, missing, least, most uint64) (uint64, error) {
	text, ok := p[name]
	if !ok {
		return missing, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, invalid("The parameter %q is a number from %d to %d.", name, least, most)
	}
	return n, nil
}

// checkNoBody refuses a body where none is read: it would have no effect.
func checkNoBody(r *http.Request) error {
	if r.ContentLength != 0 {
		return invalid("This request takes no body.")
	}
	return nil
}

// checkPlain refuses parameters and a body.
func checkPlain(r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	return checkNoBody(r)
}

// matchParams are the parameters that select lines.
var matchParams = []string{"account", "operation", "key", "resource", "result", "status", "fault", "since"}

// match reads the parameters that select lines.
func (p params) match(control *fakeserver.Control) (fakeserver.Match, error) {
	since, err := p.number("since", 0, 0, maxNumber)
	if err != nil {
		return fakeserver.Match{}, err
	}
	status, err := p.number("status", 0, minStatus, maxStatus)
	if err != nil {
		return fakeserver.Match{}, err
	}
	match := fakeserver.Match{
		Account: p["account"], Operation: p["operation"], Key: p["key"], Resource: p["resource"],
		Result: fakeserver.Result(p["result"]), Status: int(status), Fault: p["fault"], Since: since,
	}
	return match, checkMatch(control, match)
}

const (
	maxNumber = 1<<53 - 1 // exact in every language's numbers

	minStatus, maxStatus = 100, 599
)

// checkMatch refuses a match that no line can ever fit: an expectation of 0
// would hold for a name that is misspelt, or for a line's number that comes
// from another sandbox.
func checkMatch(control *fakeserver.Control, m fakeserver.Match) error {
	operations := append(control.Operations(), fakeserver.UnknownRoute, "")
	if !slices.Contains(operations, m.Operation) {
		return invalid("There is no operation %q.", m.Operation)
	}
	if err := checkAccount(control, m.Account); err != nil {
		return err
	}
	results := []fakeserver.Result{
		"", fakeserver.AnyResult, fakeserver.ResultPending, fakeserver.ResultExecuted, fakeserver.ResultReplayed,
		fakeserver.ResultRejected, fakeserver.ResultDropped,
	}
	if !slices.Contains(results, m.Result) {
		return invalid("There is no result %q.", string(m.Result))
	}
	if m.Status != 0 && (m.Status < minStatus || m.Status > maxStatus) {
		return invalid("A status is %d to %d, not %d.", minStatus, maxStatus, m.Status)
	}
	if m.Fault != "" && !fakeserver.Fault(m.Fault).Known() {
		return invalid("There is no fault %q.", m.Fault)
	}
	if last := control.LastLine(); m.Since > last {
		return invalid("The newest line is %d: %d is not a line of this sandbox.", last, m.Since)
	}
	return nil
}

// checkAccount refuses the name of an account that does not exist; "" is all of
// them.
func checkAccount(control *fakeserver.Control, name string) error {
	if name != "" && !control.HasAccount(name) {
		return invalid("There is no account %q.", name)
	}
	return nil
}
