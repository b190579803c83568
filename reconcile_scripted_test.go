package bardge_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
)

// reads answers GET requests by their paths, and loses all others.
func reads(answers map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[strings.TrimPrefix(r.URL.Path, basePath)]
		if !ok || r.Method != http.MethodGet {
			loses(w, r)
		}
		says(http.StatusOK, body)(w, r)
	}
}

// found loses the answer of a call with a ref, and returns what Recover makes of
// it by these readings.
func found(t *testing.T, answers map[string]string, do func(context.Context, *bardge.Client, ...bardge.CallOption) error) *bardge.Recovered {
	t.Helper()
	var all []*bardge.Recovered
	inWorld(t, steps(reads(answers)), func(t *testing.T, w *world) {
		time.Sleep(10 * time.Minute)
		require.Error(t, do(t.Context(), w.client, bardge.WithRef("order-1"), bardge.WithMaxAttempts(1)))
		time.Sleep(later)
		for r, err := range w.client.Recover(t.Context()) {
			require.NoError(t, err)
			all = append(all, r)
		}
	}, bardge.WithJournal(idem.NewMemoryJournal()))
	require.Len(t, all, 1)
	return all[0]
}

// at is a place in a class, or a booking of it, as far as both tell it.
func at(id, clock string) string {
	return `{"id":"` + id + `","type":"class","class_name":"Yoga","provider_name":"Gym",` +
		`"date":"2000-01-04","time":"` + clock + `","created":946685401}` // the bubble's clock at the intent, and a second
}

func yoga(id string, instances ...string) string {
	return `{"id":"` + id + `","name":"Yoga","provider_name":"Gym","instances":[` + strings.Join(instances, ",") + `]}`
}

// Two instances of one name, date and time look alike in a booking.
func TestJ11_AnInstanceThatLooksLikeAnotherProvesNothing(t *testing.T) {
	list := func(items ...string) string { return `{"data":[` + strings.Join(items, ",") + `]}` }
	for name, row := range map[string]struct {
		booking string
		first   []string // instances of a class
		second  []string // instances of another class of the same name
		outcome bardge.Outcome
	}{
		"one instance":                      {at("b1", "07:00"), []string{at("ci_1", "07:00")}, nil, bardge.OutcomeDone},
		"another of the day":                {at("b1", "07:00"), []string{at("ci_1", "07:00"), at("ci_2", "08:00")}, nil, bardge.OutcomeDone},
		"another of the time":               {at("b1", "07:00"), []string{at("ci_1", "07:00"), at("ci_2", "07:00")}, nil, bardge.OutcomeUnknown},
		"another of the time, other branch": {at("b1", "07:00"), []string{at("ci_1", "07:00")}, []string{at("ci_2", "07:00")}, bardge.OutcomeUnknown},
		"the API tells no time":             {at("b1", ""), []string{at("ci_1", "")}, nil, bardge.OutcomeUnknown},
		"the instance is gone":              {at("b1", "07:00"), []string{at("ci_2", "07:00")}, nil, bardge.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			r := found(t, map[string]string{
				"/clients/ada/bookings": list(row.booking),
				"/classes":              list(yoga("c1"), yoga("c2")),
				"/classes/c1":           yoga("c1", row.first...),
				"/classes/c2":           yoga("c2", row.second...),
			}, func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: "ci_1", ClientID: "ada"}, opts...)
				return err
			})
			assert.Equal(t, row.outcome, r.Outcome, r.Evidence)
		})
	}
}

func TestJ11_OnlyACreditOfThePackagesSizeAndNameCounts(t *testing.T) {
	const pack = `{"data":[{"id":"other","name":"50 Pack","credits":50},{"id":"p1","name":"20 Pack","credits":20}]}`
	moved := func(kind, amount, description, stamp string) string {
		return `{"transactions":[{"type":"` + kind + `","amount":` + amount + `,"description":"` + description + `","timestamp":` + stamp + `}]}`
	}
	const then = "946685401000"
	for name, row := range map[string]struct {
		packs, credits string
		outcome        bardge.Outcome
	}{
		"of size and name":            {pack, moved("CREDIT", "20", "Bought: 20 Pack", then), bardge.OutcomeDone},
		"written otherwise":           {pack, moved("credit", `"20.0"`, "Bought: 20 Pack", then), bardge.OutcomeDone},
		"taken, not given":            {pack, moved("DEBIT", "20", "Returned: 20 Pack", then), bardge.OutcomeUnknown},
		"of another size":             {pack, moved("CREDIT", "50", "Bought: 20 Pack", then), bardge.OutcomeUnknown},
		"of another name":             {pack, moved("CREDIT", "20", "Refund", then), bardge.OutcomeUnknown},
		"without a time":              {pack, moved("CREDIT", "20", "Bought: 20 Pack", "null"), bardge.OutcomeUnknown},
		"the package is not for sale": {`{"data":[]}`, moved("CREDIT", "20", "Bought: 20 Pack", then), bardge.OutcomeUnknown},
		"the package has no size":     {`{"data":[{"id":"p1","name":"20 Pack"}]}`, moved("CREDIT", "20", "Bought: 20 Pack", then), bardge.OutcomeUnknown},
		"the package has no name":     {`{"data":[{"id":"p1","credits":20}]}`, moved("CREDIT", "20", "Refund", then), bardge.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			r := found(t, map[string]string{"/credit_packages": row.packs, "/clients/ada/credits": row.credits},
				func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
					_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: "p1", ClientID: "ada"}, opts...)
					return err
				})
			assert.Equal(t, row.outcome, r.Outcome, r.Evidence)
		})
	}
}
