//go:build !race

package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// TestConsolePagesThroughManyOperations: of 10,000 open operations a page reads
// as many as it shows, in one query, whatever the journal has. What the journal
// cannot filter is read in pages of a thousand. With the race detector it would
// take longer than all other tests of the command together.
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
