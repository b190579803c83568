package control

import (
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	defaultPage = 100   // lines
	maxPage     = 1_000 // lines
)

// ledger returns a page of lines.
func (a *API) ledger(r *http.Request) (fakeserver.Page, error) {
	read, err := readParams(r, append([]string{"limit"}, matchParams...)...)
	if err != nil {
		return fakeserver.Page{}, err
	}
	limit, err := read.number("limit", defaultPage, maxPage)
	if err != nil || limit == 0 {
		return fakeserver.Page{}, invalid("The parameter \"limit\" is a number from 1 to %d.", maxPage)
	}
	match, err := read.match(a.control)
	if err != nil {
		return fakeserver.Page{}, err
	}
	return a.control.Lines(anyResult(match), int(limit)), nil
}

// anyResult replaces "any" by the empty result, which matches all.
func anyResult(m fakeserver.Match) fakeserver.Match {
	if m.Result == fakeserver.AnyResult {
		m.Result = ""
	}
	return m
}

// counters are the exact counters.
type counters struct {
	Counts []fakeserver.Count `json:"counts"`
}

func (a *API) counters(r *http.Request) (counters, error) {
	if _, err := readParams(r); err != nil {
		return counters{}, err
	}
	return counters{a.control.Counts()}, nil
}

// counted is how many lines match.
type counted struct {
	Count   fakeserver.Count `json:"count"`
	Dropped int              `json:"dropped"`
}

func (a *API) count(_ *http.Request, match fakeserver.Match) (counted, error) {
	if err := checkMatch(a.control, match); err != nil {
		return counted{}, err
	}
	n, dropped := a.control.Count(anyResult(match))
	return counted{n, dropped}, nil
}
