package sandbox_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
)

// issued issues a pass to the seed's client and returns its id.
func (g *rig) issued(packageID string) string {
	g.Helper()
	return read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(
		gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: packageID}))).ID
}

func (g *rig) changePass(passID, packageID string) *gen.IssuedPass {
	g.Helper()
	return read[gen.IssuedPass](g.send(gen.NewUpdateIssuedPassRequest(
		gen.UpdateIssuedPassParams{UserPassID: passID, PassID: packageID})))
}

func (g *rig) endPass(passID string, at time.Time) {
	g.Helper()
	read[gen.IssuedPass](g.send(gen.NewUpdateIssuedPassExpiryRequest(
		passID, gen.UpdateIssuedPassExpiryParams{ExpiresAt: wire.Millis{Time: at}})))
}

func (g *rig) placed(passID string) *gen.ClassBooking {
	g.Helper()
	return read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, passID))
}

func (g *rig) buyVisits(session string, visits int) reply {
	g.Helper()
	return g.send(gen.NewConfirmClassBookingRequest(session, gen.ConfirmClassParams{
		NumberOfVisits: visits, Duration: gen.PassDurationMonthly,
	}))
}

func TestAChangedPassKeepsItsUsedVisits(t *testing.T) {
	for name, row := range map[string]struct{ from, over, to string }{
		"to the same package":       {"pass_trial", "", "pass_trial"},
		"to another and back":       {"pass_trial", "pass_spa", "pass_trial"},
		"through an unlimited one":  {"pass_trial", "pass_unlimited", "pass_trial"},
		"used while without limits": {"pass_unlimited", "", "pass_trial"},
	} {
		t.Run(name, bubbleTest(func(g *rig) {
			pass := g.issued(row.from)
			first := g.placed(pass)
			require.NotEmpty(t, first.BookingID)
			if row.over != "" {
				g.changePass(pass, row.over)
			}
			assert.Equal(t, gen.IssuedPassExpired, g.changePass(pass, row.to).Status, "its one visit is used")
			assert.True(t, g.placed(pass).AdditionalVisitsRequired)
			read[gen.Booking](g.send(gen.NewCancelBookingRequest(first.BookingID)))
			assert.NotEmpty(t, g.placed(pass).BookingID)
			assert.True(t, g.placed(pass).AdditionalVisitsRequired, "a cancellation gives back one visit")
		}))
	}
}

func TestAChangedPassKeepsItsBoughtVisits(t *testing.T) {
	inBubble(t, func(g *rig) {
		session := g.placed(g.Seed.UsedUpPassID).SessionID
		read[gen.Booking](g.buyVisits(session, 2))
		g.changePass(g.Seed.UsedUpPassID, g.Seed.TrialPassID)
		changed := read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(g.Seed.UsedUpPassID)))
		assert.Equal(t, 3, changed.Categories[0].VisitsAllowed)
		assert.NotEmpty(t, g.placed(g.Seed.UsedUpPassID).BookingID)
		assert.True(t, g.placed(g.Seed.UsedUpPassID).AdditionalVisitsRequired)
	})
}

func TestAnUnlimitedPassStaysUnlimited(t *testing.T) {
	inBubble(t, func(g *rig) {
		session := g.placed(g.Seed.UsedUpPassID).SessionID
		g.changePass(g.Seed.UsedUpPassID, g.Seed.UnlimitedPassID)
		shown := g.buyVisits(session, 1).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Contains(t, shown.Message, "number_of_visits")
		for range 5 {
			assert.NotEmpty(t, g.placed(g.Seed.UsedUpPassID).BookingID)
		}
		pass := read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(g.Seed.UsedUpPassID)))
		assert.Zero(t, pass.Categories[0].VisitsAllowed)
	})
}

// The pass of a session may change between the two requests.
func TestASessionNeedsItsPassWhenItIsConfirmed(t *testing.T) {
	for name, row := range map[string]struct {
		change  func(g *rig, passID string)
		message string
	}{
		"expired meanwhile":         {func(g *rig, id string) { g.endPass(id, time.Now()) }, "expired"},
		"expired by time":           {func(*rig, string) { time.Sleep(32 * 24 * time.Hour) }, "expired"},
		"no longer covering either": {func(g *rig, id string) { g.changePass(id, g.Seed.SpaPassID) }, "not cover"},
	} {
		t.Run("class/"+name, bubbleTest(func(g *rig) {
			session := g.placed(g.Seed.UsedUpPassID).SessionID
			row.change(g, g.Seed.UsedUpPassID)
			before := g.Executed(sandbox.ConfirmClassBooking)
			shown := g.buyVisits(session, 1).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
			if name != "expired by time" { // the class has begun, too
				assert.Contains(t, shown.Message, row.message)
			}
			assert.Equal(t, before, g.Executed(sandbox.ConfirmClassBooking))
		}))
		t.Run("spa/"+name, bubbleTest(func(g *rig) {
			request, err := g.bookSpa()
			session := read[gen.SpaBooking](g.send(request, err)).SessionID
			require.NotEmpty(t, session)
			row.change(g, g.Seed.IssuedPassID)
			got := g.send(gen.NewConfirmSpaBookingRequest(session))
			if name == "expired by time" { // and the slot is over
				got.refused(http.StatusConflict, gen.ErrorCodeSlotUnavailable)
				return
			}
			shown := got.refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
			assert.Contains(t, shown.Message, row.message)
		}))
	}
}

func TestARejectedConfirmationKeepsItsSession(t *testing.T) {
	inBubble(t, func(g *rig) {
		session := g.placed(g.Seed.UsedUpPassID).SessionID
		g.endPass(g.Seed.UsedUpPassID, time.Now())
		g.buyVisits(session, 1).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		g.endPass(g.Seed.UsedUpPassID, time.Now().Add(time.Hour))
		read[gen.Booking](g.buyVisits(session, 1))
	})
}

func TestNumbersThatAreTooLarge(t *testing.T) {
	inBubble(t, func(g *rig) {
		session := g.placed(g.Seed.UsedUpPassID).SessionID
		for _, visits := range []int{math.MinInt, -1, 0, 1001, math.MaxInt} {
			shown := g.buyVisits(session, visits).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
			assert.Contains(t, shown.Message, "number_of_visits")
		}
		g.raw(http.MethodPost, g.base+"/bookings/class/"+session+"/confirm",
			[]byte(`{"number_of_visits":1e30,"duration":"MONTHLY"}`)).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		read[gen.Booking](g.buyVisits(session, 1000))
		assert.NotEmpty(t, g.placed(g.Seed.UsedUpPassID).BookingID)

		for _, limit := range []string{"0", "-1", "101", "99999999999999999999", "1e1", "1.5"} {
			g.raw(http.MethodGet, g.base+"/passes?limit="+limit, nil).
				refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		}
		for _, at := range []string{"lat=NaN&lon=0", "lat=0&lon=Inf", "lat=91&lon=0", "lat=0&lon=1e400"} {
			g.raw(http.MethodGet, g.base+"/providers?"+at, nil).
				refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		}
	})
}

// A time that the API's own numbers cannot show could not be read back.
func TestDatesThatAreOutOfRange(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, at := range []string{
			`"9999-12-31T23:59:59-23:00"`, `253402300800000`, `1e400`, `-1`, `"-0001-01-01"`, `"1969-12-31T23:59:59Z"`,
		} {
			r := g.raw(http.MethodPost, g.base+"/issued_passes/"+g.Seed.IssuedPassID+"/expiry", []byte(`{"expires_at":`+at+`}`))
			r.refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		}
		for _, day := range []string{"99999-01-01", "0000-00-00", "2000-02-30", "1999-12-31"} {
			request, err := gen.NewBookSpaRequest(gen.BookSpaParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.SpaID, ServiceIDs: []string{g.Seed.ServiceID},
				Date: day, Time: "14:00", UserPassID: g.Seed.IssuedPassID,
			})
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusConflict}, g.send(request, err).status, day)
		}
	})
}

// A body may name a service very often; its price is a sum.
func TestManyServicesAreSummed(t *testing.T) {
	inBubble(t, func(g *rig) {
		services := make([]string, 5000)
		for i := range services {
			services[i] = g.Seed.ServiceID
		}
		quoted := read[gen.SpaCopayQuote](g.send(gen.NewQuoteSpaCopayRequest(g.Seed.SpaID, gen.QuoteSpaCopayParams{
			ClientID: g.Seed.ClientID, ServiceIDs: services,
		})))
		assert.Equal(t, json.Number("100000000"), quoted.Amount)
	})
}
