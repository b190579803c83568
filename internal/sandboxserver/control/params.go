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

// readParams reads query parameters and refuses those that are not named.
func readParams(r *http.Request, named ...string) (params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(r.URL.RawQuery) {
		return nil, invalid("The query cannot be read.")
	}
	read := params{}
	for name, all := range values {
		if !slices.Contains(named, name) {
			return nil, invalid("There is no parameter %q; there are %s.", name, strings.Join(named, ", "))
		}
		if len(all) > 1 {
			return nil, invalid("The parameter %q is there twice.", name)
		}
		read[name] = all[0]
	}
	return read, nil
}

// number reads a parameter from 0 to most; without it, it is missing.
func (p params) number(name string, missing, most uint64) (uint64, error) {
	text, ok := p[name]
	if !ok {
		return missing, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > most {
		return 0, invalid("The parameter %q is a number from 0 to %d.", name, most)
	}
	return n, nil
}

// matchParams are the parameters that select lines.
var matchParams = []string{"account", "operation", "key", "resource", "result", "status", "fault", "since"}

// match reads the parameters that select lines.
func (p params) match(control *fakeserver.Control) (fakeserver.Match, error) {
	since, err := p.number("since", 0, maxNumber)
	if err != nil {
		return fakeserver.Match{}, err
	}
	status, err := p.number("status", 0, 999)
	if err != nil {
		return fakeserver.Match{}, err
	}
	match := fakeserver.Match{
		Account: p["account"], Operation: p["operation"], Key: p["key"], Resource: p["resource"],
		Result: fakeserver.Result(p["result"]), Status: int(status), Fault: p["fault"], Since: since,
	}
	return match, checkMatch(control, match)
}

const maxNumber = 1<<53 - 1 // exact in every language's numbers

// checkMatch refuses a match that no line can ever fit: an expectation of 0
// would hold for a name that is misspelt.
func checkMatch(control *fakeserver.Control, m fakeserver.Match) error {
	operations := append(control.Operations(), fakeserver.UnknownRoute, "")
	if !slices.Contains(operations, m.Operation) {
		return invalid("There is no operation %q.", m.Operation)
	}
	if m.Account != "" && !control.HasAccount(m.Account) {
		return invalid("There is no account %q.", m.Account)
	}
	results := []fakeserver.Result{
		"", fakeserver.AnyResult, fakeserver.ResultPending, fakeserver.ResultExecuted, fakeserver.ResultReplayed,
		fakeserver.ResultRejected, fakeserver.ResultDropped,
	}
	if !slices.Contains(results, m.Result) {
		return invalid("There is no result %q.", string(m.Result))
	}
	return nil
}
