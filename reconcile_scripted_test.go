package bardge_test

import (
	"context"
	"fmt"
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
func found(t *testing.T, answers map[string]string, do func(context.Context, *bardge.Client, ...bardge.CallOption) error) *bardge.RecoveryResult {
	t.Helper()
	var all []*bardge.RecoveryResult
	inWorld(t, steps(reads(answers)), func(t *testing.T, w *world) {
		time.Sleep(10 * time.Minute)
		require.Error(t, do(t.Context(), w.client, bardge.WithRef("order-1"), bardge.WithMaxAttempts(1)))
		time.Sleep(later)
		for r, err := range w.client.Recover(t.Context()) {
			require.NoError(t, err)
			all = append(all, r)
		}
	}, bardge.WithJournal(idem.NewMemoryJournal(), "acme"))
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
		return `{"balance":70,"transactions":[{"type":"` + kind + `","amount":` + amount + `,"description":"` + description + `","timestamp":` + stamp + `}]}`
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

func book(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
	_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: "ci_1", ClientID: "ada"}, opts...)
	return err
}

func buy(pack string) func(context.Context, *bardge.Client, ...bardge.CallOption) error {
	return func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: pack, ClientID: "ada"}, opts...)
		return err
	}
}

func TestJ11_AMatchIsOfTheOrphansTime(t *testing.T) {
	const intent = 946685400 // by the bubble's clock
	for created, want := range map[int]bardge.Outcome{
		intent - 6: bardge.OutcomeUnknown, intent - 5: bardge.OutcomeDone,
		intent + 95: bardge.OutcomeDone, intent + 96: bardge.OutcomeUnknown,
	} {
		booking := strings.Replace(at("b1", "07:00"), "946685401", fmt.Sprint(created), 1)
		r := found(t, map[string]string{
			"/clients/ada/bookings": `{"data":[` + booking + `]}`,
			"/classes":              `{"data":[` + yoga("c1") + `]}`,
			"/classes/c1":           yoga("c1", at("ci_1", "07:00")),
		}, book)
		assert.Equal(t, want, r.Outcome, "%d: %s", created-intent, r.Evidence)
	}
}

// A call with a long deadline may have sent its first byte late.
func TestR32_AMatchOfACallWithALongDeadline(t *testing.T) {
	const intent = 946685400
	within := func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
		defer cancel()
		return book(ctx, c, opts...)
	}
	for created, want := range map[int]bardge.Outcome{
		intent + 695: bardge.OutcomeDone, intent + 696: bardge.OutcomeUnknown,
	} {
		booking := strings.Replace(at("b1", "07:00"), "946685401", fmt.Sprint(created), 1)
		r := found(t, map[string]string{
			"/clients/ada/bookings": `{"data":[` + booking + `]}`,
			"/classes":              `{"data":[` + yoga("c1") + `]}`,
			"/classes/c1":           yoga("c1", at("ci_1", "07:00")),
		}, within)
		assert.Equal(t, want, r.Outcome, "%d: %s", created-intent, r.Evidence)
	}
}

func TestJ11_AClassWithoutANameProvesNothing(t *testing.T) {
	for _, field := range []string{`"Yoga"`, `"Gym"`} {
		nameless := func(text string) string { return strings.Replace(text, field, `""`, 1) }
		r := found(t, map[string]string{
			"/clients/ada/bookings": `{"data":[` + nameless(at("b1", "07:00")) + `]}`,
			"/classes":              `{"data":[` + nameless(yoga("c1")) + `]}`,
			"/classes/c1":           nameless(yoga("c1", at("ci_1", "07:00"))),
		}, book)
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Evidence)
	}
}

func TestJ11_NoSizeIsNotNoAmount(t *testing.T) {
	r := found(t, map[string]string{
		"/credit_packages":     `{"data":[{"id":"p1","name":"20 Pack"}]}`,
		"/clients/ada/credits": `{"transactions":[{"type":"CREDIT","description":"20 Pack","timestamp":946685401000}]}`,
	}, buy("p1"))
	assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Evidence)
}

func TestR23_EvidenceNamesIDsAlone(t *testing.T) {
	const odd = `id: s3cret`
	type do = func(context.Context, *bardge.Client, ...bardge.CallOption) error
	for name, row := range map[string]struct {
		answers map[string]string
		do      do
	}{
		"a class": {
			map[string]string{"/clients/" + odd + "/bookings": `{"data":[]}`},
			func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: odd, ClientID: odd}, o...)
				return err
			},
		},
		"a spa": {
			map[string]string{"/clients/ada/bookings": `{"data":[` + strings.Replace(at(odd, "07:00"), "class", "spa", 1) + `]}`},
			func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Bookings.BookSpa(ctx, bardge.BookSpaParams{ProviderID: "spa_1", ClientID: "ada", Date: "2000-01-04", Time: "07:00"}, o...)
				return err
			},
		},
		"a pass": {
			map[string]string{"/issued_passes/p1": `{"id":"p1","pass_id":"` + odd + `"}`},
			func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.IssuedPasses.Update(ctx, bardge.UpdateIssuedPassParams{UserPassID: "p1", PassID: "x"}, o...)
				return err
			},
		},
		"credits": {
			map[string]string{"/credit_packages": `{"data":[]}`},
			func(ctx context.Context, c *bardge.Client, o ...bardge.CallOption) error {
				_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: odd, ClientID: odd}, o...)
				return err
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := found(t, row.answers, row.do)
			require.NotEmpty(t, r.Evidence)
			assert.NotContains(t, r.Evidence, leak)
		})
	}
}
