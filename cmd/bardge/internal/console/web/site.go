package web

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
)

// Site is what sections register their pages on.
type Site struct {
	mux         *http.ServeMux
	streams     context.Context //nolint:containedctx // which ends all streams
	sections    []Section
	allowWrites bool
	failure     *template.Template
}

func newSite(streams context.Context, config Config) *Site {
	s := &Site{
		mux: http.NewServeMux(), streams: streams, sections: config.Sections, allowWrites: config.AllowWrites,
	}
	s.failure = s.Templates(layout, "templates/error.html")
	s.mux.Handle("GET "+assetsPath, serveAssets())
	s.mux.Handle("GET /{$}", http.HandlerFunc(s.home))
	s.Handle("/", func(http.ResponseWriter, *http.Request) error { return NotFound("There is no such page.") })
	for _, section := range config.Sections {
		section.Register(s)
	}
	return s
}

// ServeHTTP answers a request that has passed the checks.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Site) home(w http.ResponseWriter, r *http.Request) {
	if len(s.sections) == 0 {
		s.Fail(w, r, NotFound("The console has no pages."))
		return
	}
	http.Redirect(w, r, s.sections[0].Path, http.StatusSeeOther)
}

// AllowsWrites reports whether requests may change something. Pages show no
// buttons for it otherwise.
func (s *Site) AllowsWrites() bool { return s.allowWrites }

// Handler answers a request. An error is shown as a page, an [Error] with its
// status, others with 500: their text is shown, so that it must have no secret.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Handle adds a route, with a pattern of [http.ServeMux] such as
// "GET /operations".
func (s *Site) Handle(pattern string, h Handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

// Templates returns the layout with a section's files, which define "content"
// and use the functions of funcs.go.
func (s *Site) Templates(files fs.FS, patterns ...string) *template.Template {
	t := template.New("layout.html").Funcs(functions)
	t = template.Must(t.ParseFS(layout, "templates/layout.html"))
	return template.Must(t.ParseFS(files, patterns...))
}

// Page is what is shown.
type Page struct {
	// Title is the page's, above the content and in the window's title.
	Title string
	// Section is the path of the section that the page belongs to.
	Section string
	// Template has the layout and the "content", made by [Site.Templates].
	Template *template.Template
	// Data is what the content is made of.
	Data any
	// Status is the response's. Zero is 200.
	Status int
	// Outside: the request is not let in.
	Outside bool
}

// view is what the layout is made of.
type view struct {
	Page

	Sections    []Section
	AllowWrites bool
	// ShowMode: whether writes are allowed matters on this page.
	ShowMode bool
}

// view returns what the layout is made of for a page.
func (s *Site) view(p Page) view {
	own := slices.ContainsFunc(s.sections, func(one Section) bool { return one.OwnWrites && one.Path == p.Section })
	return view{p, s.sections, s.allowWrites, !own}
}

// Show writes a page.
func (s *Site) Show(w http.ResponseWriter, p Page) error {
	var text bytes.Buffer // an error is shown instead of half a page
	if err := p.Template.ExecuteTemplate(&text, "layout.html", s.view(p)); err != nil {
		return err
	}
	write(w, p.Status, text.Bytes())
	return nil
}

// ShowPart writes one template of a page without the layout, for htmx.
func (s *Site) ShowPart(w http.ResponseWriter, t *template.Template, name string, data any) error {
	var text bytes.Buffer
	if err := t.ExecuteTemplate(&text, name, data); err != nil {
		return err
	}
	write(w, http.StatusOK, text.Bytes())
	return nil
}

func write(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if status != 0 {
		w.WriteHeader(status)
	}
	_, _ = w.Write(text) // the browser may have gone
}

// Fail writes an error as a page. htmx swaps it in as the whole page's content.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	shown, ok := errors.AsType[*Error](err)
	if !ok {
		shown = &Error{Status: http.StatusInternalServerError, Title: "This failed", Text: err.Error()}
	}
	if r.Header.Get("Hx-Request") != "" {
		w.Header().Set("Hx-Retarget", "main")
		w.Header().Set("Hx-Reselect", "main")
		w.Header().Set("Hx-Reswap", "outerHTML")
	}
	page := Page{Title: shown.Title, Status: shown.Status, Template: s.failure, Data: shown, Outside: shown.Outside}
	if err := s.Show(w, page); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
