package bardge_test

import (
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
	for name, page := range map[string]string{
		"the same page again":   `{"has_more":true,"data":[{"id":"p1"}]}`,
		"an empty page":         `{"has_more":true,"data":[]}`,
		"items without an id":   `{"has_more":true,"data":[{"name":"n"}]}`,
		"no items, none so far": `{"has_more":true}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(says(200, page)), func(t *testing.T, w *world) {
				err := firstError(w.client.Passes.All(t.Context(), bardge.ListPassesParams{}))
				var e *bardge.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, "ListPasses", e.Operation)
				assert.Equal(t, 200, e.Response.StatusCode)
				assert.LessOrEqual(t, len(w.requests()), 2)
			})
		})
	}
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
