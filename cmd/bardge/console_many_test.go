package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
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

// TestConsolePagesThroughManyOperations: of 10,000 open operations a page reads
// as many as it shows, in one query, whatever the journal has. What the journal
// cannot filter is read in pages of a thousand.
func TestConsolePagesThroughManyOperations(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	const all, lookups = 10_000, 100
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) {
		var every sync.WaitGroup
		for worker := range 200 {
			every.Go(func() {
				for i := worker; i < all; i += 200 {
					if i < lookups {
						o.loseLookup(ctx, c, fmt.Sprintf("order-%05d/lookup", i))
					} else {
						o.losePass(ctx, c, fmt.Sprintf("order-%05d/pass", i))
					}
				}
			})
		}
		every.Wait()
	})
	p := o.pages(false)
	timed := func(path string) string {
		start := time.Now()
		body := p.get(path)
		t.Logf("%s: %v", path, time.Since(start).Round(time.Millisecond))
		return body
	}

	first := timed("/operations")
	assert.Contains(t, first, `<span class="figure">10,000</span> open`)
	assert.Contains(t, first, "50 operations on this page; there are more.")
	names, next := rows(first)
	assert.Len(t, names, 50)
	assert.EqualValues(t, 2, p.queries(), "one for the counts, one for the page")

	seen := map[string]bool{}
	for page := 0; next != ""; page++ {
		require.Less(t, page, all/50, "pages end")
		for _, name := range names {
			assert.False(t, seen[name], "%s is listed twice", name)
			seen[name] = true
		}
		if page%40 == 0 {
			timed(next)
			p.queries()
		}
		names, next = rows(p.get(next))
		require.EqualValues(t, 2, p.queries())
	}
	assert.Len(t, seen, all-50)
	assert.Len(t, names, 50, "the last page")

	for path, want := range map[string]struct {
		text    string
		queries int64
	}{
		"/operations?operation=InitiateLookup":             {"50 operations on this page; there are more", 2},
		"/operations?operation=InitiateLookup&older=2h":    {"0 operations.", 2},
		"/operations?older=15m":                            {"50 operations on this page; there are more", 2},
		"/operations?state=done":                           {"0 operations.", 2},
		"/operations?q=order-09999":                        {"1 operation.", 1 + 11},
		"/operations?q=nothing":                            {"0 operations.", 1 + 11},
		"/operations?q=order-00001":                        {"1 operation.", 1 + 11},
		"/operations?need=person&operation=InitiateLookup": {"50 operations on this page; there are more", 2},
	} {
		assert.Contains(t, timed(path), want.text, path)
		assert.LessOrEqual(t, p.queries(), want.queries, path)
	}
}
