package bardge_test

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// pages answers with a list of passes, two to a page.
func pages(ids ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := 0
		for i, id := range ids {
			if id == r.URL.Query().Get("starting_after") {
				from = i + 1
			}
		}
		to := min(from+2, len(ids))
		body := `{"object":"list","has_more":` + strconv.FormatBool(to < len(ids)) + `,"data":[`
		for i := from; i < to; i++ {
			if i > from {
				body += ","
			}
			body += `{"id":"` + ids[i] + `"}`
		}
		says(200, body+"]}")(w, r)
	}
}

func TestAllReadsPageByPage(t *testing.T) {
	inWorld(t, steps(pages("p1", "p2", "p3", "p4", "p5")), func(t *testing.T, w *world) {
		all := w.client.Passes.All(t.Context(), bardge.ListPassesParams{Limit: 2})
		assert.Empty(t, w.requests(), "nothing is read before it is walked")
		for range 2 { // a walk can be made again
			var ids []string
			for pass, err := range all {
				require.NoError(t, err)
				ids = append(ids, pass.ID)
			}
			assert.Equal(t, []string{"p1", "p2", "p3", "p4", "p5"}, ids)
		}
		var queries []string
		for _, r := range w.requests() {
			queries = append(queries, r.query)
		}
		once := []string{"limit=2", "limit=2&starting_after=p2", "limit=2&starting_after=p4"}
		assert.Equal(t, append(once, once...), queries)
	})
}

func TestAllStopsWhenTheCallerDoes(t *testing.T) {
	inWorld(t, steps(pages("p1", "p2", "p3", "p4", "p5")), func(t *testing.T, w *world) {
		for pass, err := range w.client.Passes.All(t.Context(), bardge.ListPassesParams{StartingAfter: "p1"}) {
			require.NoError(t, err)
			if pass.ID == "p3" {
				break
			}
		}
		require.Len(t, w.requests(), 1, "p4 is on the next page")
		assert.Equal(t, "starting_after=p1", w.requests()[0].query)
	})
}

func TestAllEndsWithTheFirstError(t *testing.T) {
	inWorld(t, steps(pages("p1", "p2", "p3"), refuses(403, "permission_error", "account_disabled")), func(t *testing.T, w *world) {
		var ids []string
		var last error
		for pass, err := range w.client.Passes.All(t.Context(), bardge.ListPassesParams{}) {
			require.NoError(t, last, "nothing follows the error")
			if last = err; err == nil {
				ids = append(ids, pass.ID)
				continue
			}
			assert.Nil(t, pass)
		}
		assert.Equal(t, []string{"p1", "p2"}, ids)
		assert.ErrorIs(t, last, bardge.ErrAccountDisabled)
	})
}

func TestAllRefusesAWalkThatCannotEnd(t *testing.T) {
	first := says(200, `{"has_more":true,"data":[{"id":"p1"}]}`)
	for name, second := range map[string]string{
		"the same page again": `{"has_more":true,"data":[{"id":"p1"}]}`,
		"an empty page":       `{"has_more":true,"data":[]}`,
		"items without an id": `{"has_more":true,"data":[{"name":"n"}]}`,
		"no items":            `{"has_more":true}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(first, says(200, second)), func(t *testing.T, w *world) {
				err := firstError(w.client.Passes.All(t.Context(), bardge.ListPassesParams{}))
				var e *bardge.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, "ListPasses", e.Operation)
				assert.Equal(t, 200, e.Response.StatusCode)
				assert.Len(t, w.requests(), 2)
			})
		})
	}
}

func TestAllRefusesAWalkInACircle(t *testing.T) {
	page := func(id string) http.HandlerFunc { return says(200, `{"has_more":true,"data":[{"id":"`+id+`"}]}`) }
	inWorld(t, steps(page("p1"), page("p2"), page("p1")), func(t *testing.T, w *world) {
		err := firstError(w.client.Passes.All(t.Context(), bardge.ListPassesParams{}))
		assert.ErrorContains(t, err, "ListPasses")
		assert.Len(t, w.requests(), 3)
	})
}

func TestAllTakesNoEndingBefore(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		err := firstError(w.client.Passes.All(t.Context(), bardge.ListPassesParams{EndingBefore: "p1"}))
		var invalid *bardge.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, "ending_before", invalid.Field)
		assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
		assert.Empty(t, w.requests())
	})
}

// walks are all calls that walk a list, each from p0 on.
var walks = map[string]func(ctx context.Context, c *bardge.Client) error{
	"/passes": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Passes.All(ctx, bardge.ListPassesParams{StartingAfter: "p0", Limit: 2}))
	},
	"/providers": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Providers.All(ctx, bardge.ListProvidersParams{StartingAfter: "p0", Limit: 2}))
	},
	"/passes/x1/providers": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Providers.AllForPass(ctx, "x1", bardge.ListPassProvidersParams{StartingAfter: "p0", Limit: 2}))
	},
	"/classes": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Classes.All(ctx, bardge.ListClassesParams{StartingAfter: "p0", Limit: 2}))
	},
	"/clients/x1/bookings": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Bookings.AllForClient(ctx, "x1", bardge.ListClientBookingsParams{StartingAfter: "p0", Limit: 2}))
	},
	"/providers/x1/gym-copay-options": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Copay.AllGymOptions(ctx, "x1", bardge.ListGymCopayOptionsParams{StartingAfter: "p0", Limit: 2}))
	},
	"/credit_packages": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Credits.AllPackages(ctx, bardge.ListCreditPackagesParams{StartingAfter: "p0", Limit: 2}))
	},
	"/issuers": func(ctx context.Context, c *bardge.Client) error {
		return lastError(c.Lookups.AllIssuers(ctx, bardge.ListIssuersParams{StartingAfter: "p0", Limit: 2}))
	},
}

// lastError walks a list to its end.
func lastError[T any](all iter.Seq2[*T, error]) (last error) {
	for _, err := range all {
		last = err
	}
	return last
}

func TestEveryWalkGoesFromPageToPage(t *testing.T) {
	for path, walk := range walks {
		t.Run(path, func(t *testing.T) {
			inWorld(t, steps(pages("p0", "p1", "p2", "p3")), func(t *testing.T, w *world) {
				require.NoError(t, walk(t.Context(), w.client))
				var asked []string
				for _, r := range w.requests() {
					asked = append(asked, r.path+"?"+r.query)
				}
				assert.Equal(t, []string{
					basePath + path + "?limit=2&starting_after=p0", basePath + path + "?limit=2&starting_after=p2",
				}, asked)
			})
		})
	}
}

func TestAllDoesNotBeginAnew(t *testing.T) {
	inWorld(t, steps(says(200, `{"has_more":true,"data":[{"name":"n"}]}`), says(200, `{}`)), func(t *testing.T, w *world) {
		err := firstError(w.client.Passes.All(t.Context(), bardge.ListPassesParams{StartingAfter: "p0"}))
		require.Error(t, err)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Len(t, w.requests(), 1, "not again from the list's beginning")
	})
}
