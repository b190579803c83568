package sandbox_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const walks = 40

// A sandbox that is made with the seed of another one has its state, and goes on
// from it in the same way.
func TestASeedOfTheStateMakesTheState(t *testing.T) {
	for seed := range uint64(walks) {
		t.Run(fmt.Sprint(seed), bubbleTest(func(g *rig) {
			w := &walk{rig: g, dice: rand.New(rand.NewPCG(seed, 1)), token: g.lookedUp()}
			for range 40 {
				w.step()
			}
			again := w.again()
			require.JSONEq(t, stateOf(t, g.Sandbox), stateOf(t, again.Sandbox))
			first, err := g.Control().Seed()
			require.NoError(t, err)
			second, err := again.Control().Seed()
			require.NoError(t, err)
			require.JSONEq(t, string(first), string(second))

			for _, b := range w.bookings() {
				cancel, err := gen.NewCancelBookingRequest(b)
				one, other := g.send(cancel, err), again.send(cancel, err)
				assert.Equal(t, one.status, other.status)
			}
			assert.JSONEq(t, stateOf(t, g.Sandbox), stateOf(t, again.Sandbox), "what bookings held is given back")
			assert.NotContains(t, stateOf(t, g.Sandbox), read[gen.IssuedPass](again.send(again.issue())).ID, "a new id")
		}, sandbox.WithAccount("team", "team-key")))
	}
}

func stateOf(t *testing.T, sb *sandbox.Sandbox) string {
	t.Helper()
	data, err := sb.Control().State(fakeserver.StateQuery{})
	require.NoError(t, err)
	return string(data)
}

// walk sends random requests, of which many are refused.
type walk struct {
	*rig

	dice     *rand.Rand
	token    string
	sessions []string
	bought   []string
}

func (g *rig) lookedUp() string {
	lookup := read[gen.Lookup](g.send(g.lookUp()))
	verify, err := gen.NewVerifyLookupRequest(lookup.ID, gen.VerifyLookupParams{AccessCode: g.Seed.OtherAccessCode})
	return read[gen.VerifiedLookup](g.send(verify, err)).Token
}

// again makes a sandbox from the seed of the first, at the same time.
func (w *walk) again() *rig {
	seed, err := w.Control().Seed()
	require.NoError(w, err)
	now := func() time.Time { return w.Control().Clock.Now() }
	sb := sandbox.Start(w.T, sandbox.WithSeed(seed), sandbox.WithClock(now), sandbox.WithAccount("team", "team-key"))
	return newRig(w.T, sb, sb.URL, sb.Client())
}

// bookings are the ids of the reseller's bookings.
func (w *walk) bookings() []string {
	var ids []string
	for _, account := range w.snapshot("", "").Accounts {
		for _, c := range account.Clients {
			for _, b := range c.Bookings {
				if b.Account == "reseller_0001" {
					ids = append(ids, b.ID)
				}
			}
		}
	}
	return ids
}

func pick[T any](w *walk, from ...T) (one T) {
	if len(from) == 0 {
		return one
	}
	return from[w.dice.IntN(len(from))]
}

func (w *walk) step() {
	g := w.as(pick(w, w.APIKey, w.APIKey, w.APIKey, "team-key")).with(tokenHeader, w.token)
	client := pick(w, w.Seed.ClientID, w.Seed.PoorClientID, w.Seed.OtherClientID, "client_new")
	pack := pick(w, w.Seed.PassID, w.Seed.TrialPassID, w.Seed.UnlimitedPassID, w.Seed.SpaPassID)
	pass := pick(w, w.Seed.IssuedPassID, w.Seed.UsedUpPassID, w.Seed.UncoveredPassID, "brgpass_0001", "")
	steps := []func(){
		func() {
			g.send(gen.NewIssuePassRequest(gen.IssuePassParams{ClientID: client, PassID: pack, Email: "a@example.com"}))
		},
		func() {
			g.send(gen.NewUpdateIssuedPassRequest(gen.UpdateIssuedPassParams{UserPassID: cmp.Or(pass, "none"), PassID: pack, LastName: "Obi"}))
		},
		func() {
			at := w.Control().Clock.Now().Add(time.Duration(w.dice.IntN(100)-20) * time.Hour)
			g.send(gen.NewUpdateIssuedPassExpiryRequest(cmp.Or(pass, "none"), gen.UpdateIssuedPassExpiryParams{ExpiresAt: wire.Millis{Time: at}}))
		},
		func() { w.bookClass(g, client, pass) },
		func() { w.bookClass(g, w.Seed.ClientID, pick(w, w.Seed.IssuedPassID, w.Seed.UsedUpPassID)) },
		func() { w.bookSpa(g, client, pass) },
		func() { w.bookSpa(g, client, pass) },
		func() { g.send(gen.NewConfirmSpaBookingRequest(pick(w, append(slices.Clone(w.sessions), "none")...))) },
		func() { w.buySpaVisit(g, client) },
		func() {
			g.send(gen.NewPurchaseGymCopayRequest(gen.PurchaseGymCopayParams{
				ClientID: client, ProviderID: w.Seed.GymID, CopayPackageID: w.Seed.CopayPackageID,
			}))
		},
		func() {
			g.send(gen.NewPurchaseCreditsRequest(gen.PurchaseCreditsParams{ClientID: client, PackageID: w.Seed.CreditPackageID}))
		},
		func() { g.send(gen.NewCancelBookingRequest(pick(w, append(w.bookings(), "none")...))) },
		func() { require.NoError(w, w.Control().Clock.Advance(time.Duration(1+w.dice.IntN(300))*time.Minute)) },
	}
	pick(w, steps...)()
}

func (w *walk) bookClass(g *rig, client, pass string) {
	r := g.send(gen.NewBookClassRequest(gen.BookClassParams{
		ClassInstanceID: pick(w, w.Seed.ClassInstanceID, w.Seed.LastPlaceInstanceID, w.Seed.CreditInstanceID),
		ClientID:        client, UserPassID: pass,
	}))
	if opened, err := wire.Decode[gen.ClassBooking](r.body); err == nil && opened.SessionID != "" {
		w.sessions = append(w.sessions, opened.SessionID)
		w.confirmClass(g, opened.SessionID)
	}
}

func (w *walk) confirmClass(g *rig, session string) {
	g.send(gen.NewConfirmClassBookingRequest(session, gen.ConfirmClassParams{
		NumberOfVisits: 1 + w.dice.IntN(3), Duration: gen.PassDurationMonthly, CopayPackageID: w.Seed.CopayPackageID,
	}))
}

func (w *walk) bookSpa(g *rig, client, pass string) {
	r := g.send(gen.NewBookSpaRequest(gen.BookSpaParams{
		ProviderID: w.Seed.SpaID, ServiceIDs: pick(w, []string{w.Seed.ServiceID}, []string{w.Seed.FreeServiceID, w.Seed.ServiceID}),
		Date: w.Seed.SlotDate, Time: fmt.Sprintf("%02d:30", 8+w.dice.IntN(12)), ClientID: client, UserPassID: pass,
		CopayPurchaseID: pick(w, append(slices.Clone(w.bought), "", "")...),
	}))
	if opened, err := wire.Decode[gen.SpaBooking](r.body); err == nil && opened.SessionID != "" {
		w.sessions = append(w.sessions, opened.SessionID)
	}
}

func (w *walk) buySpaVisit(g *rig, client string) {
	r := g.send(gen.NewQuoteSpaCopayRequest(w.Seed.SpaID, gen.QuoteSpaCopayParams{ClientID: client, ServiceIDs: []string{w.Seed.ServiceID}}))
	quoted, err := wire.Decode[gen.SpaCopayQuote](r.body)
	if err != nil || quoted.ID == "" {
		return
	}
	r = g.send(gen.NewPurchaseSpaCopayRequest(gen.PurchaseSpaCopayParams{ClientID: client, ProviderID: w.Seed.SpaID, QuoteID: quoted.ID}))
	if bought, err := wire.Decode[gen.SpaCopayPurchase](r.body); err == nil && bought.CopayPurchaseID != "" {
		w.bought = append(w.bought, bought.CopayPurchaseID)
	}
}

// A seed by hand, with a booking of each kind.
const bookedSeed = `{"clients": [{
  "id": "client_eve", "credits": 10, "spa_visits": [{"copay_purchase_id": "visit_eve", "provider_id": "spa_zen", "used": true}],
  "passes": [{"id": "brgpass_eve", "pass_id": "pass_premium", "used": {"GYM": 1}, "expires_at": "2000-06-01T12:00:00Z"}],
  "bookings": [
    {"id": "booking_eve", "class_instance_id": "ci_flow", "user_pass_id": "brgpass_eve", "credits": 3},
    {"id": "booking_spa", "provider_id": "spa_zen", "service_ids": ["service_sauna"], "in_days": 3, "time": "10:00",
     "copay_purchase_id": "visit_eve"},
    {"id": "booking_0007", "class_instance_id": "ci_yoga", "copay_visit": true, "status": "CANCELLED"}
  ]}]}`

func TestASeedHasBookings(t *testing.T) {
	inBubble(t, func(g *rig) {
		all := read[gen.BookingList](g.send(gen.NewListClientBookingsRequest("client_eve", gen.ListClientBookingsParams{Limit: 2})))
		assert.Equal(t, "booking_0007", all.Data[0].ID, "the newest first")
		assert.True(t, all.HasMore)
		rest := read[gen.BookingList](g.send(gen.NewListClientBookingsRequest("client_eve", gen.ListClientBookingsParams{StartingAfter: "booking_spa"})))
		assert.Equal(t, "booking_eve", rest.Data[0].ID)
		assert.Equal(t, "2000-01-07", rest.Data[0].Date)
		g.send(gen.NewBookSpaRequest(gen.BookSpaParams{
			ProviderID: g.Seed.SpaID, ServiceIDs: []string{g.Seed.ServiceID}, Date: "2000-01-04", Time: "10:00", ClientID: g.Seed.ClientID,
		})).refused(409, gen.ErrorCodeSlotUnavailable)
		assert.Equal(t, "booking_0008", g.booked(), "ids go on after the seed's")

		instances := g.snapshot("", "").ClassInstances
		assert.Equal(t, 2, instances[len(instances)-1].Taken, "a booking in each of two accounts")
		cancelled := read[gen.Booking](g.send(gen.NewCancelBookingRequest("booking_eve")))
		assert.Equal(t, json.Number("3"), cancelled.Refund.Credits)
		read[gen.Booking](g.send(gen.NewCancelBookingRequest("booking_spa")))
		g.send(gen.NewCancelBookingRequest("booking_0007")).refused(409, gen.ErrorCodeAlreadyCancelled)
		eve := g.snapshot("reseller_0001", "client_eve").Accounts[0].Clients[0]
		assert.Equal(t, 13, eve.Credits)
		assert.Zero(t, eve.Passes[0].Categories[1].Used)
		assert.False(t, eve.SpaVisits[0].Used)
		team := g.snapshot("team", "client_eve").Accounts[0].Clients[0]
		assert.Equal(t, gen.BookingPending, team.Bookings[0].Status, "each account has its own")
	}, sandbox.WithSeed([]byte(bookedSeed)), sandbox.WithAccount("team", ""))
}

// A client of an account replaces the one that all accounts have.
func TestAnAccountsOwnClientReplacesEveryonesClient(t *testing.T) {
	seed := `{"clients":[{"id":"client_ada","account":"team","passes":[{"id":"brgpass_ada","pass_id":"pass_spa"}]}]}`
	inBubble(t, func(g *rig) {
		assert.Len(t, g.snapshot("team", g.Seed.ClientID).Accounts[0].Clients[0].Passes, 1)
		assert.Len(t, g.snapshot("reseller_0001", g.Seed.ClientID).Accounts[0].Clients[0].Passes, 3)
	}, sandbox.WithSeed([]byte(seed)), sandbox.WithAccount("team", ""))
}

func TestWrongBookingsInASeedNameTheLine(t *testing.T) {
	for name, row := range map[string]struct{ booking, message string }{
		"nothing":             {`{"id":"b"}`, "clients[0].bookings[0]: must have class_instance_id or provider_id"},
		"both":                {`{"id":"b","class_instance_id":"ci_yoga","provider_id":"spa_zen"}`, "clients[0].bookings[0]: must have class_instance_id or provider_id"},
		"no class":            {`{"id":"b","class_instance_id":"x","copay_visit":true}`, "clients[0].bookings[0].class_instance_id: no class instance has the id \"x\""},
		"a class at a time":   {`{"id":"b","class_instance_id":"ci_yoga","time":"10:00","copay_visit":true}`, "clients[0].bookings[0]: a class has no service_ids and time of its own"},
		"no spa":              {`{"id":"b","provider_id":"gym_fitzone"}`, "clients[0].bookings[0].provider_id: no spa has the id \"gym_fitzone\""},
		"no service":          {`{"id":"b","provider_id":"spa_zen","service_ids":["x"]}`, "clients[0].bookings[0].service_ids[0]: the spa has no service \"x\""},
		"no services":         {`{"id":"b","provider_id":"spa_zen"}`, "clients[0].bookings[0].service_ids: must not be empty"},
		"no time":             {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"]}`, "clients[0].bookings[0].time: must look like 07:00"},
		"no date":             {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"],"time":"07:00","date":"soon"}`, "clients[0].bookings[0].date: must look like 2026-05-10"},
		"two dates":           {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"],"time":"07:00","date":"2026-05-10","in_days":1}`, "clients[0].bookings[0].date: is given beside in_days"},
		"a date far away":     {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"],"time":"07:00","in_days":36501}`, "clients[0].bookings[0].in_days: must be between -36500 and 36500"},
		"another status":      {`{"id":"b","class_instance_id":"ci_yoga","copay_visit":true,"status":"OPEN"}`, "clients[0].bookings[0].status: must be one of [PENDING CANCELLED RESCHEDULED]"},
		"unpaid":              {`{"id":"b","class_instance_id":"ci_yoga"}`, "clients[0].bookings[0]: must have user_pass_id, copay_visit or copay_purchase_id, and one of them"},
		"paid twice":          {`{"id":"b","class_instance_id":"ci_yoga","copay_visit":true,"user_pass_id":"p"}`, "clients[0].bookings[0]: must have user_pass_id, copay_visit or copay_purchase_id, and one of them"},
		"no such pass":        {`{"id":"b","class_instance_id":"ci_yoga","user_pass_id":"x"}`, "clients[0].bookings[0].user_pass_id: the client has no pass \"x\""},
		"a pass unused":       {`{"id":"b","class_instance_id":"ci_yoga","user_pass_id":"p"}`, "clients[0].bookings[0].user_pass_id: the pass has fewer visits used than bookings"},
		"a spa's gym visit":   {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"],"time":"07:00","copay_visit":true}`, "clients[0].bookings[0].copay_visit: a spa has none"},
		"a class's spa visit": {`{"id":"b","class_instance_id":"ci_yoga","copay_purchase_id":"v"}`, "clients[0].bookings[0].copay_purchase_id: a class is not paid with a spa visit"},
		"an unused spa visit": {`{"id":"b","provider_id":"spa_zen","service_ids":["service_sauna"],"time":"07:00","copay_purchase_id":"v"}`, "clients[0].bookings[0].copay_purchase_id: the spa visit is not used"},
		"no such account":     {`{"id":"b","account":"x","class_instance_id":"ci_yoga","copay_visit":true}`, "clients[0].bookings[0].account: no account is named \"x\""},
		"negative":            {`{"id":"b","class_instance_id":"ci_yoga","copay_visit":true,"credits":-1}`, "clients[0].bookings[0].credits: must not be negative"},
		"twice": {
			`{"id":"b","class_instance_id":"ci_yoga","copay_visit":true},{"id":"b","class_instance_id":"ci_yoga","copay_visit":true}`,
			"clients[0].bookings[0].id: is given twice, here or in the built-in seed",
		},
	} {
		data := `{"clients":[{"id":"c","passes":[{"id":"p","pass_id":"pass_premium"}],"spa_visits":[{"copay_purchase_id":"v","provider_id":"spa_zen"}],
"bookings":[` + row.booking + `]}]}`
		_, err := sandbox.New(sandbox.WithSeed([]byte(data)))
		assert.EqualError(t, err, "seed: line 2: "+row.message, name)
	}
	for data, message := range map[string]string{
		`{"clients":[{"id":"c","spa_visits":[{"copay_purchase_id":"v","provider_id":"x"}]}]}`:                                         `clients[0].spa_visits[0].provider_id: no spa has the id "x"`,
		`{"clients":[{"id":"c","passes":[{"id":"p","pass_id":"pass_spa","expires_at":"soon"}]}]}`:                                     `clients[0].passes[0].expires_at: must look like 2026-05-10T14:00:00Z`,
		`{"clients":[{"id":"c","passes":[{"id":"p","pass_id":"pass_spa","expires_at":"2026-05-10T14:00:00Z","expires_in_days":1}]}]}`: `clients[0].passes[0].expires_at: is given beside expires_in_days`,
		`{"clients":[{"id":"c","passes":[{"id":"p","pass_id":"pass_spa","expires_in_days":-2147483648}]}]}`:                           `clients[0].passes[0].expires_in_days: must be between -36500 and 36500`,
	} {
		_, err := sandbox.New(sandbox.WithSeed([]byte(data)))
		assert.EqualError(t, err, "seed: line 1: "+message)
	}
}
