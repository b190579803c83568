package scenarios

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

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
		sdktest.Respond(200, body+"]}")(w, r)
	}
}

func TestAllReadsPageByPage(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{pages("p1", "p2", "p3", "p4", "p5")}, func(t *testing.T, s *sdktest.Bardge) {
		all := s.Client.Passes.All(t.Context(), bardge.ListPassesParams{Limit: 2})
		assert.Empty(t, s.Requests(), "nothing is read before it is walked")
		for range 2 { // a walk can be made again
			var ids []string
			for pass, err := range all {
				require.NoError(t, err)
				ids = append(ids, pass.ID)
			}
			assert.Equal(t, []string{"p1", "p2", "p3", "p4", "p5"}, ids)
		}
		var queries []string
		for _, r := range s.Requests() {
			queries = append(queries, r.Query)
		}
		once := []string{"limit=2", "limit=2&starting_after=p2", "limit=2&starting_after=p4"}
		assert.Equal(t, append(once, once...), queries)
	})
}

func TestAllStopsWhenTheCallerDoes(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{pages("p1", "p2", "p3", "p4", "p5")}, func(t *testing.T, s *sdktest.Bardge) {
		for pass, err := range s.Client.Passes.All(t.Context(), bardge.ListPassesParams{StartingAfter: "p1"}) {
			require.NoError(t, err)
			if pass.ID == "p3" {
				break
			}
		}
		require.Len(t, s.Requests(), 1, "p4 is on the next page")
		assert.Equal(t, "starting_after=p1", s.Requests()[0].Query)
	})
}

func TestAllEndsWithTheFirstError(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{pages("p1", "p2", "p3"), sdktest.Refuse(403, "permission_error", "account_disabled")}, func(t *testing.T, s *sdktest.Bardge) {
		var ids []string
		var last error
		for pass, err := range s.Client.Passes.All(t.Context(), bardge.ListPassesParams{}) {
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
	first := sdktest.Respond(200, `{"has_more":true,"data":[{"id":"p1"}]}`)
	for name, second := range map[string]string{
		"the same page again": `{"has_more":true,"data":[{"id":"p1"}]}`,
		"an empty page":       `{"has_more":true,"data":[]}`,
		"items without an id": `{"has_more":true,"data":[{"name":"n"}]}`,
		"no items":            `{"has_more":true}`,
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{first, sdktest.Respond(200, second)}, func(t *testing.T, s *sdktest.Bardge) {
			err := firstError(s.Client.Passes.All(t.Context(), bardge.ListPassesParams{}))
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "ListPasses", e.Operation)
			assert.Equal(t, 200, e.Response.StatusCode)
			assert.Len(t, s.Requests(), 2)
		}))
	}
}

func TestAllRefusesAWalkInACircle(t *testing.T) {
	page := func(id string) http.HandlerFunc {
		return sdktest.Respond(200, `{"has_more":true,"data":[{"id":"`+id+`"}]}`)
	}
	sdktest.WithBardge(t, sdktest.Script{page("p1"), page("p2"), page("p1")}, func(t *testing.T, s *sdktest.Bardge) {
		err := firstError(s.Client.Passes.All(t.Context(), bardge.ListPassesParams{}))
		assert.ErrorContains(t, err, "ListPasses")
		assert.Len(t, s.Requests(), 3)
	})
}

func TestAllTakesNoEndingBefore(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		err := firstError(s.Client.Passes.All(t.Context(), bardge.ListPassesParams{EndingBefore: "p1"}))
		sdktest.Invalid(t, "ending_before", err)
		assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
		assert.Empty(t, s.Requests())
	})
}

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

func lastError[T any](all iter.Seq2[*T, error]) (last error) {
	for _, err := range all {
		last = err
	}
	return last
}

func TestEveryWalkGoesFromPageToPage(t *testing.T) {
	for path, walk := range walks {
		t.Run(path, sdktest.BardgeTest(sdktest.Script{pages("p0", "p1", "p2", "p3")}, func(t *testing.T, s *sdktest.Bardge) {
			require.NoError(t, walk(t.Context(), s.Client))
			var asked []string
			for _, r := range s.Requests() {
				asked = append(asked, r.Path+"?"+r.Query)
			}
			assert.Equal(t, []string{
				sdktest.BasePath + path + "?limit=2&starting_after=p0", sdktest.BasePath + path + "?limit=2&starting_after=p2",
			}, asked)
		}))
	}
}

func TestAllDoesNotBeginAnew(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"has_more":true,"data":[{"name":"n"}]}`), sdktest.Respond(200, `{}`)}, func(t *testing.T, s *sdktest.Bardge) {
		err := firstError(s.Client.Passes.All(t.Context(), bardge.ListPassesParams{StartingAfter: "p0"}))
		require.Error(t, err)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Len(t, s.Requests(), 1, "not again from the list's beginning")
	})
}

var errLater = errors.New("a later page failed")

// counted yields one, two and so on up to last, then err, and counts what was
// requested.
func counted(last int, err error, asked *int) iter.Seq2[*int, error] {
	return func(yield func(*int, error) bool) {
		for i := 1; i <= last; i++ {
			*asked++
			if !yield(&i, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestCollectAndFirst(t *testing.T) {
	for name, row := range map[string]struct {
		last  int
		err   error
		first int // -2: Collect
		want  int
		asked int
		fails bool
	}{
		"Collect all":                       {last: 3, first: -2, want: 3, asked: 3},
		"Collect none":                      {first: -2},
		"Collect keeps what came before":    {last: 3, err: errLater, first: -2, want: 3, asked: 3, fails: true},
		"First stops before the next":       {last: 3, err: errLater, first: 2, want: 2, asked: 2},
		"First of fewer":                    {last: 3, first: 5, want: 3, asked: 3},
		"First keeps what came before":      {last: 3, err: errLater, first: 5, want: 3, asked: 3, fails: true},
		"First of none asks for nothing":    {last: 3, err: errLater},
		"First of all needs no further one": {last: 3, err: errLater, first: 3, want: 3, asked: 3},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			seq := counted(row.last, row.err, &asked)
			collect := func() ([]*int, error) { return bardge.First(seq, row.first) }
			if row.first == -2 {
				collect = func() ([]*int, error) { return bardge.Collect(seq) }
			}
			got, err := collect()
			require.Len(t, got, row.want)
			for i := range got {
				assert.Equal(t, i+1, *got[i])
			}
			assert.Equal(t, row.asked, asked)
			assert.Equal(t, row.fails, errors.Is(err, errLater))
		})
	}
	asked := 0
	_, err := bardge.First(counted(1, nil, &asked), -1)
	require.ErrorAs(t, err, new(*bardge.InvalidError))
	assert.Zero(t, asked)
}
