package live

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// What a page shows at most. Older requests are in the ledger.
const (
	maxLines = 400 // requests, of all accounts
	maxLanes = 40  // of an account
	maxMarks = 20  // of a lane
)

// account is the requests of one account.
type account struct {
	Name  string // "" is unknown
	Lanes []*lane
	// Reads are lanes of reading, apart: they would push the others down.
	Reads []*lane
	// Earlier is how many lanes of either kind are left out.
	Earlier, EarlierReads int
	// Sum counts all of its requests since the last reset of the ledger.
	Sum fakeserver.Count
}

// lane is the requests under one idempotency key or, without one, those for one
// path.
type lane struct {
	KeyName    string // "key_0001"; "" without a key
	Key        string // its beginning
	Method     string // without a key
	Path       string // without a key
	Operations []string
	Marks      []mark
	// Earlier is how many marks are left out.
	Earlier int
	// State is what became of the operation, Class how it is meant.
	State, Class string
	Resource     string

	first time.Time
	reads bool
	lines []*fakeserver.Line
}

// mark is one request.
type mark struct {
	*fakeserver.Line

	// Gap is the time since the request before it; "" for the first.
	Gap string
	// Short is what the client got of an executed operation's response, where it
	// is not all of it and the status does not show it.
	Short string
}

// accounts sorts lines into lanes. Lanes begin with the newest; base is what all
// paths begin with.
func accounts(lines []fakeserver.Line, counts []fakeserver.Count, base string) []*account {
	type place struct{ account, lane string }
	byName, byPlace := map[string]*account{}, map[place]*lane{}
	var all []*account
	of := func(name string) *account {
		a := byName[name]
		if a == nil {
			a = &account{Name: name}
			byName[name], all = a, append(all, a)
		}
		return a
	}
	for _, n := range counts {
		of(n.Account).Sum = sum(of(n.Account).Sum, n)
	}
	for i := range lines {
		line := &lines[i]
		at := place{line.Account, "key " + line.Key}
		if line.Key == "" {
			at.lane = line.Method + " " + line.Path
		}
		l := byPlace[at]
		if l == nil {
			l = newLane(line, base)
			byPlace[at] = l
			of(line.Account).take(l)
		}
		l.add(line)
	}
	slices.SortFunc(all, func(a, b *account) int { return cmp.Compare(a.Name, b.Name) })
	for _, a := range all {
		a.finish()
	}
	return all
}

func (a *account) take(l *lane) {
	if l.reads {
		a.Reads = append(a.Reads, l)
	} else {
		a.Lanes = append(a.Lanes, l)
	}
}

func (a *account) finish() {
	a.Lanes, a.Earlier = newestLanes(a.Lanes)
	a.Reads, a.EarlierReads = newestLanes(a.Reads)
}

// newestLanes returns the lanes to be shown, the newest first, and how many are
// left out.
func newestLanes(all []*lane) (shown []*lane, earlier int) {
	earlier = max(0, len(all)-maxLanes)
	shown = all[earlier:]
	slices.Reverse(shown)
	for _, l := range shown {
		l.finish()
	}
	return shown, earlier
}

func sum(a, b fakeserver.Count) fakeserver.Count {
	return fakeserver.Count{
		Requests: a.Requests + b.Requests, Pending: a.Pending + b.Pending, Executed: a.Executed + b.Executed,
		Replayed: a.Replayed + b.Replayed, Rejected: a.Rejected + b.Rejected, Dropped: a.Dropped + b.Dropped,
	}
}

func newLane(line *fakeserver.Line, base string) *lane {
	l := &lane{KeyName: line.KeyName, Key: web.ShortKey(line.Key), first: line.Time}
	if line.Key == "" {
		l.Method, l.Path = line.Method, strings.TrimPrefix(line.Path, base)
		l.reads = line.Method == http.MethodGet || line.Method == http.MethodHead
	}
	return l
}

func (l *lane) add(line *fakeserver.Line) {
	if !slices.Contains(l.Operations, line.Operation) {
		l.Operations = append(l.Operations, line.Operation)
	}
	if line.Resource != "" {
		l.Resource = line.Resource
	}
	l.lines = append(l.lines, line)
}

// finish makes the marks, and finds out what became of the operation.
func (l *lane) finish() {
	l.State, l.Class = stateOf(l.lines)
	for i, line := range l.lines {
		m := mark{Line: line, Short: shortfall(line)}
		if i > 0 {
			m.Gap = gap(line.Time.Sub(l.lines[i-1].Time))
		}
		l.Marks = append(l.Marks, m)
	}
	l.Earlier = max(0, len(l.Marks)-maxMarks)
	l.Marks = l.Marks[l.Earlier:]
}

// stateOf returns what became of an operation, and how that is meant: "good",
// "warn", "bad" or "".
func stateOf(lines []*fakeserver.Line) (state, class string) {
	executed, done, pending := 0, false, false
	var other *fakeserver.Line // the last response that was not the operation's own
	for _, line := range lines {
		switch line.Result {
		case fakeserver.ResultExecuted:
			executed++
		case fakeserver.ResultReplayed:
		case fakeserver.ResultPending:
			pending = true
			continue
		default:
			continue
		}
		switch delivered(line) {
		case ownResponse:
			done = true
		case otherResponse:
			other = line
		}
	}
	last := lines[len(lines)-1]
	switch {
	case pending:
		return "running", "other"
	case executed > 1 && lines[0].Key != "":
		return "executed more than once", "bad"
	case done:
		return "done", "good"
	case executed > 0 && other != nil:
		return "executed, client got " + got(other), "bad"
	case executed > 0:
		return "executed, response lost", "bad"
	case last.Result == fakeserver.ResultReplayed && last.Status >= 300:
		return "failed, stored", "bad"
	case last.Result == fakeserver.ResultDropped, last.Status >= 500, last.Status == 429, last.Status == 408:
		return "not executed yet", ""
	default:
		return "rejected", "warn"
	}
}

// gap returns a length of time, roughly.
func gap(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	default:
		return web.Age(d)
	}
}
