package ops

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/internal/timeline"
)

// oneView is what the page of one operation is made of.
type oneView struct {
	*journalcmd.Entry
	link

	// Id names the operation in addresses.
	Id        string //nolint:revive,staticcheck // Entry has an ID, which may be a key
	Age       time.Duration
	Need      need
	Why       string
	Began     time.Time
	Until     time.Time
	Recovery  time.Time
	Protected bool
	// Resends: recovery sends it again at its time, and does not read alone.
	Resends bool
	// Picture shows what happened, Rows the same as text.
	Picture  template.HTML
	Rows     []timeline.Row
	Reports  []report
	Commands []string
	// NoAPI is why the API is not read; empty: it can be.
	NoAPI string
	// AllowWrites: the console may change the journal.
	AllowWrites bool
	// MayAsk: the API can show something of it.
	MayAsk bool
	// Done is what was done just now; DoneWell: it settled the operation.
	Done     string
	DoneWell bool
	At       time.Time
}

// report is what a person has reported.
type report struct {
	At         time.Time
	Generation int
	What       string
	Verified   bool
	By, Note   string
}

// doneWords are what a page that changes something leads to.
var doneWords = map[string]string{
	"recorded": "The resolution was recorded.",
	"done":     "It was sent, and its result was recorded.",
	"rejected": "It was sent, and the API rejected it: it was not executed.",
	"unknown":  "It was taken up, and no response settled it: its outcome is still unknown.",
}

func (p *pages) showOne(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	v.Done = doneWords[r.URL.Query().Get("done")]
	v.DoneWell = v.State != "open"
	return p.show(w, p.one, v.Name, v)
}

// show writes a page of the section.
func (p *pages) show(w http.ResponseWriter, t *template.Template, name string, data any) error {
	return p.site.Show(w, web.Page{Title: name, Section: listPath, Template: t, Data: data})
}

// view returns the operation that a request names.
func (p *pages) view(r *http.Request) (oneView, error) {
	e, err := p.find(r.Context(), r.FormValue("id"))
	if err != nil {
		return oneView{}, err
	}
	whose, err := p.book.Whose(r.Context())
	if err != nil {
		return oneView{}, shown(err)
	}
	v := newOneView(e, whose, time.Now())
	v.AllowWrites = p.site.AllowsWrites()
	return v, nil
}

func newOneView(e *journalcmd.Entry, whose journalcmd.Whose, now time.Time) oneView {
	v := oneView{
		Entry: e, link: newLink(e), Id: nameOf(e.ID), Age: time.Duration(e.AgeSeconds) * time.Second,
		Need: needOf(e), Why: why(e), Began: journalcmd.ParseStamp(e.Since), Until: journalcmd.ParseStamp(e.SafeUntil),
		Recovery: journalcmd.ParseStamp(e.NextRecovery), MayAsk: e.State == "open" && e.Sealed == "", At: now,
	}
	v.Protected = v.Until.After(now) && !e.Stored
	v.Resends = e.MaySend && (v.Until.IsZero() || v.Recovery.Before(v.Until))
	line := e.Picture()
	v.Picture = template.HTML(line.Inline("timeline")) //nolint:gosec // an SVG of ours, with its texts escaped
	v.Rows = line.Rows()
	for _, said := range e.Resolutions {
		what := "Not executed"
		if said.Executed {
			what = "Executed"
		}
		if said.ID != "" {
			what += ", id " + said.ID
		}
		v.Reports = append(v.Reports, report{
			journalcmd.ParseStamp(said.At), said.Generation, what, said.Verified, said.By, said.Note,
		})
	}
	if e.Ref != "" { // a command for another one has its key
		v.Commands = e.Next.Commands
	}
	if whose.NoAPI != nil {
		v.NoAPI = whose.NoAPI.Error()
	}
	return v
}

// Advice returns what to do next.
func (v oneView) Advice() string {
	if v.Owned {
		return "Look again in a few seconds."
	}
	if v.NextRecovery == "" {
		return v.Next.Text
	}
	return strings.ReplaceAll(v.Next.Text, v.NextRecovery, web.Clock(v.Recovery))
}

// NeedsKey reports whether a person looks the operation up by its key, of which
// pages show the beginning alone.
func (v oneView) NeedsKey() bool { return v.Need == needPerson && v.RequestID == "" && v.Key != "" }

// Thing returns what the operation made as people write it: a kind and an id.
func (v oneView) Thing() string {
	kind, id, ok := strings.Cut(v.Resource, ":")
	if !ok {
		return v.Resource
	}
	return kind + ": " + id
}

// TakesAll reports whether one of the command lines takes up other operations,
// too.
func (v oneView) TakesAll() bool {
	return slices.ContainsFunc(v.Commands, func(c string) bool {
		return strings.HasPrefix(c, "bardge journal recover ")
	})
}
