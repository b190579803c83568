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
func (a *API) ledger(read params) (fakeserver.Page, error) {
	limit, err := read.number("limit", defaultPage, 1, maxPage)
	if err != nil {
		return fakeserver.Page{}, err
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

func (a *API) counters(*http.Request) (counters, error) { return counters{a.control.Counts()}, nil }

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
