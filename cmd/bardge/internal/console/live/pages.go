package live

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
)

const (
	path     = "/live"
	title    = "Live requests"
	beatTime = 15 * time.Second // between messages that keep a stream open
)

//go:embed templates
var files embed.FS

type pages struct {
	site    *web.Site
	sandbox *Sandbox
	watcher *watcher
	page    *template.Template
}

// Section returns the pages of a sandbox.
func Section(sandbox *Sandbox) web.Section {
	return web.Section{Title: title, Path: path, OwnWrites: true, Register: func(site *web.Site) {
		p := &pages{site: site, sandbox: sandbox, page: site.Templates(files, "templates/*.html")}
		p.watcher = newWatcher(sandbox, p.parts)
		site.Handle("GET "+path, p.show)
		site.Handle("GET "+path+"/events", p.events)
		site.Handle("GET "+path+"/openapi.json", p.document)
		for name, do := range p.actions() {
			site.Handle("POST "+path+"/"+name, p.steers(name, do))
		}
	}}
}

// view is what the page is made of.
type view struct {
	snapshot

	Notice notice
	// Chosen is the operation whose response is lost.
	Chosen string
}

// notice is what a button has done, or why it could not.
type notice struct {
	Text   string
	Failed bool
	// Focus: it takes the focus, since the button that was pressed goes.
	Focus bool
}

// Label is a credential's name for people: "API key" for "api_key".
func (view) Label(name string) string {
	text := strings.ReplaceAll(name, "_", " ")
	if rest, ok := strings.CutPrefix(text, "api "); ok {
		return "API " + rest
	}
	return strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showWith(w, r, http.StatusOK, notice{Text: did[r.FormValue("did")]})
}

func (p *pages) showWith(w http.ResponseWriter, r *http.Request, status int, n notice) error {
	p.sandbox.forget() // whoever loads the page wants it as it is
	v := view{snapshot: p.sandbox.read(r.Context()), Notice: n, Chosen: r.FormValue("operation")}
	if v.Chosen == "" {
		v.Chosen = usual(v.Vendor)
	}
	if v.Problem != "" { // what changes by itself is not all of the page
		w.Header().Set("Refresh", "5; url="+path)
	}
	return p.site.Show(w, web.Page{Title: title, Section: path, Template: p.page, Data: v, Status: status})
}

// usual is the operation that a vendor's sandbox is tried with first.
func usual(vendor string) string {
	if vendor == "bluesnap" {
		return "CreateCardTransaction"
	}
	return "IssuePass"
}

// document serves the description of the control API. A link to the sandbox
// itself would not do: it refuses requests that come from other origins' pages.
func (p *pages) document(w http.ResponseWriter, r *http.Request) error {
	text, err := p.sandbox.call(r.Context(), http.MethodGet, "openapi.json", nil)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // the browser may have gone
	return nil
}

// parts renders what changes by itself.
func (p *pages) parts(s snapshot) string {
	var text strings.Builder
	if err := p.page.ExecuteTemplate(&text, "parts", view{snapshot: s}); err != nil {
		return "" // as before the first reading
	}
	return text.String()
}

// events sends the parts as they are, and again when they change. A browser that
// comes back with the id of the newest has them already. A state that it did not
// take in time is never sent: the next one replaces it.
func (p *pages) events(w http.ResponseWriter, r *http.Request) error {
	return p.site.Stream(w, r, func(ctx context.Context, out *web.Stream) error {
		defer p.watcher.leave()
		p.watcher.join(ctx)
		beat := time.NewTicker(beatTime)
		defer beat.Stop()
		has := out.LastID
		for {
			id, parts, changed := p.watcher.now()
			if id != has && parts != "" {
				if err := out.Send(web.Event{ID: id, Data: parts}); err != nil {
					return err
				}
				has = id
			}
			select {
			case <-changed:
			case <-beat.C:
				if err := out.Send(web.Event{}); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
}
