// Package ops is the console's page of open operations.
package ops

import (
	"embed"
	"html/template"
	"net/http"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

const path = "/operations"

//go:embed templates
var files embed.FS

type pages struct {
	site *web.Site
	book *journalcmd.Book
	list *template.Template
}

// Section returns the pages over a journal.
func Section(book *journalcmd.Book) web.Section {
	return web.Section{Title: "Open operations", Path: path, Register: func(site *web.Site) {
		p := &pages{site: site, book: book, list: site.Templates(files, "templates/list.html")}
		site.Handle("GET "+path, p.showList)
	}}
}

func (p *pages) showList(w http.ResponseWriter, _ *http.Request) error {
	return p.site.Show(w, web.Page{Title: "Open operations", Section: path, Template: p.list})
}
