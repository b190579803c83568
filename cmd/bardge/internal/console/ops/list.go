package ops

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

// listView is what the list is made of.
type listView struct {
	Filter     filter
	States     []option
	Ages       []option
	Needs      []option
	Operations []option
	Whose      journalcmd.Whose
	Counts     counts
	Rows       []row
	Found      string // how many, in words
	Next       string // address of the next page; empty: there is none
	First      string // address of the first page; empty: this is it
	Cut        bool
	At         time.Time
}

// row is an operation in the list.
type row struct {
	link

	Operation, State  string
	Age               time.Duration
	Need              need
	Why               string
	Status            int
	RequestID         string
	Until             time.Time
	Protected, Stored bool
}

// link is an operation's name with its page.
type link struct {
	Name    string // the ref, or a description where it has none
	HasRef  bool
	Address string
}

func newLink(e *journalcmd.Entry) link {
	l := link{Name: e.Ref, HasRef: e.Ref != "", Address: address(onePath, e.ID)}
	switch {
	case l.HasRef:
	case e.Key != "":
		l.Name = "No ref, key " + web.ShortKey(e.Key)
	default:
		l.Name = "No ref, " + e.ID
	}
	return l
}

func (p *pages) showList(w http.ResponseWriter, r *http.Request) error {
	f, err := readFilter(r.URL.Query())
	if err != nil {
		return err
	}
	ctx := r.Context()
	whose, err := p.book.Whose(ctx)
	if err != nil {
		return shown(err)
	}
	stats, err := p.book.Stats(ctx)
	if err != nil {
		return shown(err)
	}
	from := f
	if from.After, err = p.cursor(r, f.After); err != nil {
		return err
	}
	got, err := search(ctx, p.book, from)
	if err != nil {
		return shown(err)
	}
	return p.site.Show(w, web.Page{
		Title: title, Section: listPath, Template: p.list, Data: newListView(f, whose, stats, got),
	})
}

// cursor returns the id after which a page begins. An address has no key in
// full; a cursor whose record is gone begins at its start.
func (p *pages) cursor(r *http.Request, after string) (string, error) {
	if !strings.HasPrefix(after, keyPrefix) {
		return after, nil
	}
	id, err := p.findKey(r.Context(), after)
	if err == nil {
		return id, nil
	}
	if _, gone := err.(*web.Error); gone { //nolint:errorlint // it is made here
		start, _, _ := cutLast(after, digestMark)
		return start, nil
	}
	return "", shown(err)
}

func newListView(f filter, whose journalcmd.Whose, stats journal.Stats, got found) listView {
	now := time.Now()
	v := listView{
		Filter: f, States: states, Ages: withCurrent(ages, f.OlderThan), Needs: needs, Whose: whose,
		Counts: newCounts(stats, f), Cut: got.cut, At: now,
	}
	v.Operations = []option{{"", "Any"}}
	for _, s := range stats.Pending {
		v.Operations = append(v.Operations, option{s.Operation, s.Operation})
	}
	v.Operations = withCurrent(v.Operations, f.Operation)
	for _, e := range got.entries {
		v.Rows = append(v.Rows, newRow(e, now))
	}
	v.Found = inWords(len(v.Rows), got, f)
	if got.next != "" {
		v.Next = f.query(func(f *filter) { f.After = nameOf(got.next) })
	}
	if f.After != "" {
		v.First = f.query(func(f *filter) { f.After = "" })
	}
	return v
}

// inWords announces how many operations were found.
func inWords(n int, got found, f filter) string {
	text := strconv.Itoa(n) + " operations"
	if n == 1 {
		text = "1 operation"
	}
	switch {
	case got.cut:
		return text + " among the " + web.Count(maxScan) + " that were searched; there are more to search"
	case got.next != "":
		return text + " on this page; there are more"
	case f.After != "":
		return text + " on this page, the last"
	default:
		return text
	}
}

func newRow(e *journalcmd.Entry, now time.Time) row {
	until := journalcmd.ParseStamp(e.SafeUntil)
	r := row{
		link: newLink(e), Operation: e.Operation, State: e.State,
		Age: time.Duration(e.AgeSeconds) * time.Second, Need: needOf(e), Why: why(e), Status: e.Status,
		RequestID: e.RequestID, Until: until, Protected: until.After(now) && !e.Stored, Stored: e.Stored,
	}
	return r
}

// why returns in words why an operation is as it is.
func why(e *journalcmd.Entry) string {
	switch {
	case e.Owned:
		return "A call is under way."
	case e.Sealed != "":
		return "Sealed: " + e.Sealed + "."
	case e.ByPerson && e.LastReport() != "":
		return web.Sentence(e.LastReport())
	case e.State == "reserved":
		return "Recorded in a transaction, never sent."
	case e.Reason != "":
		return web.Sentence(plain(e.Reason))
	case e.State == "open":
		return "Its call ended without a word, as in a crash."
	default:
		return ""
	}
}
