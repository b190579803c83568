// Package ops is the console's page of open operations: what is open in a
// journal, why, what the API shows of it, and what a person reports about it.
package ops

import (
	"context"
	"embed"
	"html/template"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

// The pages' paths. Those that change something are POST.
const (
	listPath    = "/operations"
	onePath     = "/operations/one"
	apiPath     = "/operations/api"
	resolvePath = "/operations/resolve"
	sendPath    = "/operations/send"
)

const title = "Open operations"

// Book is the journal that the pages show: a [journalcmd.Book].
type Book interface {
	Whose(ctx context.Context) (journalcmd.Whose, error)
	Stats(ctx context.Context) (journal.Stats, error)
	List(ctx context.Context, f journal.Filter) ([]*journalcmd.Entry, error)
	Show(ctx context.Context, id string) (*journalcmd.Entry, error)
	Look(ctx context.Context, id string) (journalcmd.Reading, error)
	Rehearse(ctx context.Context, id string, r journalcmd.Resolution) (journalcmd.Rehearsed, error)
	Resolve(ctx context.Context, id string, r journalcmd.Resolution) error
	Send(ctx context.Context, id string) (journalcmd.Sent, error)
}

//go:embed templates
var files embed.FS

type pages struct {
	site *web.Site
	book Book

	list, one, api, resolve, confirm, send *template.Template
}

// Section returns the pages over a journal.
func Section(book Book) web.Section {
	return web.Section{Title: title, Path: listPath, Register: func(site *web.Site) {
		p := &pages{site: site, book: book}
		for name, t := range map[string]**template.Template{
			"list": &p.list, "one": &p.one, "api": &p.api,
			"resolve": &p.resolve, "confirm": &p.confirm, "send": &p.send,
		} {
			*t = site.Templates(files, "templates/parts.html", "templates/"+name+".html")
		}
		site.Handle("GET "+listPath, p.showList)
		site.Handle("GET "+onePath, p.showOne)
		site.Handle("GET "+apiPath, p.showAPI)
		site.Handle("GET "+resolvePath, p.askResolution)
		site.Handle("POST "+resolvePath, p.takeResolution)
		site.Handle("GET "+sendPath, p.askSend)
		site.Handle("POST "+sendPath, p.takeSend)
	}}
}
