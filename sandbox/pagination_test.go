package sandbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func (g *rig) bookings(n int) func(gen.ListClientBookingsParams) reply {
	pass := read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(
		gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: g.Seed.UnlimitedPassID})))
	for range n {
		require.NotEmpty(g, read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, pass.ID)).BookingID)
	}
	return func(params gen.ListClientBookingsParams) reply {
		return g.send(gen.NewListClientBookingsRequest(g.Seed.ClientID, params))
	}
}

func numbers(r reply) (ids string, more bool) {
	list := read[gen.BookingList](r)
	var all []string
	for _, b := range list.Data {
		n, _ := strconv.Atoi(strings.TrimPrefix(b.ID, "booking_"))
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, " "), list.HasMore
}

func TestPagination(t *testing.T) {
	for _, row := range []struct {
		name string
		at   gen.ListClientBookingsParams
		ids  string
		more bool
	}{
		{"newest first, ten of them", gen.ListClientBookingsParams{}, "12 11 10 9 8 7 6 5 4 3", true},
		{"limit", gen.ListClientBookingsParams{Limit: 2}, "12 11", true},
		{"limit of all", gen.ListClientBookingsParams{Limit: 12}, "12 11 10 9 8 7 6 5 4 3 2 1", false},
		{"largest limit", gen.ListClientBookingsParams{Limit: 100}, "12 11 10 9 8 7 6 5 4 3 2 1", false},
		{"after, exclusive", gen.ListClientBookingsParams{StartingAfter: "booking_0005", Limit: 3}, "4 3 2", true},
		{"after, to the end", gen.ListClientBookingsParams{StartingAfter: "booking_0003"}, "2 1", false},
		{"after the last", gen.ListClientBookingsParams{StartingAfter: "booking_0001"}, "", false},
		{"before, exclusive", gen.ListClientBookingsParams{EndingBefore: "booking_0005", Limit: 3}, "8 7 6", true},
		{"before, to the start", gen.ListClientBookingsParams{EndingBefore: "booking_0010"}, "12 11", false},
		{"before the first", gen.ListClientBookingsParams{EndingBefore: "booking_0012"}, "", false},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			ids, more := numbers(g.bookings(12)(row.at))
			assert.Equal(t, row.ids, ids)
			assert.Equal(t, row.more, more)
		}))
	}
}

func TestPaginationEnvelope(t *testing.T) {
	inBubble(t, func(g *rig) {
		r := g.bookings(0)(gen.ListClientBookingsParams{})
		list := read[gen.BookingList](r)
		assert.Equal(t, "list", list.Object)
		assert.Equal(t, "/v3/api/business/reseller/clients/"+g.Seed.ClientID+"/bookings", list.URL)
		assert.NotEmpty(t, list.Message)
		assert.Contains(t, string(r.body), `"data":[]`, "an empty page is no null")
	})
}

func TestPaginationRefusals(t *testing.T) {
	for query, named := range map[string]string{
		"limit=0":           "limit",
		"limit=101":         "limit",
		"limit=ten":         "limit",
		"starting_after=x":  "starting_after",
		"ending_before=x":   "ending_before",
		"lat=91&lon=3":      "lat",
		"lat=6":             "lon",
		"lon=3":             "lat",
		"lat=north&lon=3.1": "lat",
		"starting_after=gym_fitzone&ending_before=spa_zen": "starting_after",
	} {
		t.Run(query, bubbleTest(func(g *rig) {
			shown := g.raw(http.MethodGet, g.base+"/providers?"+query, nil).
				refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
			assert.True(t, strings.HasPrefix(shown.Message, named+" "), shown.Message)
			assert.Zero(t, g.Executed(sandbox.ListProviders))
		}))
	}
}

// TestEachListIsPaged reads each list in pages of one and finds all of it.
func TestEachListIsPaged(t *testing.T) {
	eachOperation(t, func(g *rig, op gen.Operation, prepare step) {
		if !op.Paged {
			return
		}
		if op.ID == sandbox.ListClientBookings {
			g.bookings(3)
		}
		type item struct {
			ID string `json:"id"`
		}
		type list struct {
			Data    []item `json:"data"`
			HasMore bool   `json:"has_more"`
		}
		request, err := prepare(g)
		whole := read[list](g.send(request, err))
		var walked []item
		for more := true; more; {
			request.Query = map[string][]string{"limit": {"1"}}
			if len(walked) > 0 {
				request.Query["starting_after"] = []string{walked[len(walked)-1].ID}
			}
			page := read[list](g.send(request, err))
			walked = append(walked, page.Data...)
			more = page.HasMore
		}
		assert.NotEmpty(g, walked)
		assert.Equal(g, whole.Data, walked)
	})
}
