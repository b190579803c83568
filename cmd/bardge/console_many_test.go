package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/ops"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/journal"
)

// countingBook counts what the pages read of a journal.
type countingBook struct {
	*journalcmd.Book

	lists, counts, shows atomic.Int64
}

func (b *countingBook) List(ctx context.Context, f journal.Filter) ([]*journalcmd.Entry, error) {
	b.lists.Add(1)
	return b.Book.List(ctx, f)
}

func (b *countingBook) Stats(ctx context.Context) (journal.Stats, error) {
	b.counts.Add(1)
	return b.Book.Stats(ctx)
}

func (b *countingBook) Show(ctx context.Context, id string) (*journalcmd.Entry, error) {
	b.shows.Add(1)
	return b.Book.Show(ctx, id)
}

// queries returns how often the journal was read since the last time.
func (b *countingBook) queries() int64 {
	return b.lists.Swap(0) + b.counts.Swap(0) + b.shows.Swap(0)
}

// pages is a console in this process, over a journal whose queries are counted.
type pages struct {
	*testing.T
	web.Ready
	*countingBook
}

func (o *office) pages(allowWrites bool) *pages {
	o.Helper()
	env := map[string]string{}
	for _, v := range o.env {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	app := cli.NewApp(cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		Getenv: func(name string) string { return env[name] },
	})
	book, err := journalcmd.NewDesk(app, pflag.NewFlagSet("console", pflag.ContinueOnError)).Open(o.Context(), allowWrites)
	require.NoError(o, err)
	o.Cleanup(func() { assert.NoError(o, book.Close()) })
	p := &pages{T: o.T, countingBook: &countingBook{Book: book}}
	server, err := web.Listen(o.Context(), web.Config{
		AllowWrites: allowWrites, Sections: []web.Section{ops.Section(p.countingBook)},
	})
	require.NoError(o, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(o.Context()))
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	o.Cleanup(func() {
		stop()
		assert.NoError(o, <-ended)
	})
	p.Ready = server.Ready()
	return p
}

// send sends a request, a POST with a form if there is one, and follows no
// redirect.
func (p *pages) send(path, form string) (status int, body string) {
	p.Helper()
	method := http.MethodGet
	if form != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(p.Context(), method, p.Origin+path, strings.NewReader(form))
	require.NoError(p, err)
	r.Header.Set("Authorization", p.Authorization)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(p, err)
	defer response.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(response.Body)
	require.NoError(p, err)
	return response.StatusCode, text.String()
}

// get returns a page that must be shown.
func (p *pages) get(path string) string {
	p.Helper()
	status, body := p.send(path, "")
	require.Equal(p, http.StatusOK, status, body)
	return body
}

var (
	listed   = regexp.MustCompile(`<th scope="row"><a href="/operations/one\?id=([^"]+)">`)
	nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

// rows returns the operations that a page lists, and the next page's address.
func rows(body string) (names []string, next string) {
	for _, row := range listed.FindAllStringSubmatch(body, -1) {
		names = append(names, row[1])
	}
	if link := nextPage.FindStringSubmatch(body); link != nil {
		next = strings.ReplaceAll(link[1], "&amp;", "&")
	}
	return names, next
}
