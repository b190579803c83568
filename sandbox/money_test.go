package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/gen"
)

func (g *rig) credits() string {
	g.Helper()
	shown := read[gen.ClientCredits](g.send(gen.NewGetClientCreditsRequest(g.Seed.ClientID)))
	var moves []string
	for _, move := range slices.Backward(shown.Transactions) {
		moves = append(moves, fmt.Sprintf("%s %s", move.Type, move.Amount))
	}
	return fmt.Sprintf("%s %s", shown.Balance, strings.Join(moves, ", "))
}

func TestCreditsAreBoughtAndSpent(t *testing.T) {
	inBubble(t, func(g *rig) {
		bought := read[gen.CreditPurchase](g.send(gen.NewPurchaseCreditsRequest(gen.PurchaseCreditsParams{
			ClientID: g.Seed.ClientID, PackageID: g.Seed.CreditPackageID,
		})))
		assert.Equal(t, json.Number("50"), bought.Credits)
		assert.Equal(t, json.Number("100"), bought.Balance)
		open := read[gen.SpaBooking](g.send(g.bookSpa()))
		assert.Equal(t, "100 CREDIT 50, CREDIT 50", g.credits(), "a session costs nothing")
		read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(open.SessionID)))
		assert.Equal(t, "95 CREDIT 50, CREDIT 50, DEBIT 5", g.credits())

		for _, in := range []gen.PurchaseCreditsParams{
			{ClientID: "client_none", PackageID: g.Seed.CreditPackageID},
			{ClientID: g.Seed.ClientID, PackageID: "credits_none"},
		} {
			g.send(gen.NewPurchaseCreditsRequest(in)).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		}
	})
}

func TestSpaSlotsGo(t *testing.T) {
	inBubble(t, func(g *rig) {
		first := read[gen.SpaBooking](g.send(g.bookSpa()))
		second := read[gen.SpaBooking](g.send(g.bookSpa()))
		booked := read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(first.SessionID)))
		assert.Equal(t, gen.BookingTypeSpa, booked.Type)
		assert.Equal(t, "Deep Tissue Massage", booked.ServiceName)
		assert.Equal(t, g.Seed.SlotTime, booked.Time)
		g.send(gen.NewConfirmSpaBookingRequest(first.SessionID)).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		shown := g.send(gen.NewConfirmSpaBookingRequest(second.SessionID)).
			refused(http.StatusConflict, gen.ErrorCodeSlotUnavailable)
		assert.Equal(t, gen.ErrorTypeResourceConflictError, shown.Type)
		g.send(g.bookSpa()).refused(http.StatusConflict, gen.ErrorCodeSlotUnavailable)

		cancelled := read[gen.Booking](g.send(gen.NewCancelBookingRequest(booked.ID)))
		assert.Equal(t, json.Number("5"), cancelled.Refund.Credits)
		read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(second.SessionID)))
	})
}

func TestSpaVisitsAreUsedUp(t *testing.T) {
	inBubble(t, func(g *rig) {
		book := func(clock string) *gen.SpaBooking {
			return read[gen.SpaBooking](g.send(gen.NewBookSpaRequest(gen.BookSpaParams{
				ProviderID: g.Seed.SpaID, ServiceIDs: []string{g.Seed.FreeServiceID}, Date: g.Seed.SlotDate, Time: clock,
				ClientID: g.Seed.ClientID, UserPassID: g.Seed.IssuedPassID,
			})))
		}
		late := book("20:00")
		for _, clock := range []string{"09:00", "10:00", "11:00", "12:00"} { // the pass has four
			read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(book(clock).SessionID)))
		}
		assert.True(t, book("13:00").CopayRequired)
		g.send(gen.NewConfirmSpaBookingRequest(late.SessionID)).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestSpaRefusals(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(g *rig, in *gen.BookSpaParams)
		status int
		code   gen.ErrorCode
	}{
		{
			"taken slot", func(g *rig, in *gen.BookSpaParams) { in.Time = g.Seed.TakenSlotTime },
			409, gen.ErrorCodeSlotUnavailable,
		},
		{
			"slot in the past", func(_ *rig, in *gen.BookSpaParams) { in.Date = "1999-12-31" },
			409, gen.ErrorCodeSlotUnavailable,
		},
		{"no date", func(_ *rig, in *gen.BookSpaParams) { in.Date = "tomorrow" }, 400, gen.ErrorCodeValidationError},
		{"no time", func(_ *rig, in *gen.BookSpaParams) { in.Time = "25:00" }, 400, gen.ErrorCodeValidationError},
		{
			"a gym", func(g *rig, in *gen.BookSpaParams) { in.ProviderID = g.Seed.GymID },
			400, gen.ErrorCodeValidationError,
		},
		{
			"unknown spa", func(_ *rig, in *gen.BookSpaParams) { in.ProviderID = "spa_none" },
			404, gen.ErrorCodeResourceNotFound,
		},
		{
			"unknown service", func(_ *rig, in *gen.BookSpaParams) { in.ServiceIDs = []string{"none"} },
			404, gen.ErrorCodeResourceNotFound,
		},
		{
			"unknown client", func(_ *rig, in *gen.BookSpaParams) { in.ClientID = "client_none" },
			404, gen.ErrorCodeResourceNotFound,
		},
		{
			"unknown purchase", func(_ *rig, in *gen.BookSpaParams) { in.CopayPurchaseID = "none" },
			404, gen.ErrorCodeResourceNotFound,
		},
		{
			"too few credits", func(g *rig, in *gen.BookSpaParams) { in.ClientID = g.Seed.PoorClientID },
			400, gen.ErrorCodeValidationError,
		},
	} {
		t.Run(row.name, bubbleTest(func(g *rig) {
			in := gen.BookSpaParams{
				ProviderID: g.Seed.SpaID, ServiceIDs: []string{g.Seed.ServiceID},
				Date: g.Seed.SlotDate, Time: g.Seed.SlotTime, ClientID: g.Seed.ClientID,
			}
			row.change(g, &in)
			g.send(gen.NewBookSpaRequest(in)).refused(row.status, row.code)
		}))
	}
}

func TestSpaByCopay(t *testing.T) {
	inBubble(t, func(g *rig) {
		services := []string{g.Seed.ServiceID, g.Seed.FreeServiceID}
		book := func(purchase string) reply {
			return g.send(gen.NewBookSpaRequest(gen.BookSpaParams{
				ProviderID: g.Seed.SpaID, ServiceIDs: services, Date: g.Seed.SlotDate, Time: g.Seed.SlotTime,
				ClientID: g.Seed.ClientID, UserPassID: g.Seed.UncoveredPassID, CopayPurchaseID: purchase,
			}))
		}
		needs := read[gen.SpaBooking](book(""))
		assert.True(t, needs.CopayRequired)
		assert.Empty(t, needs.SessionID)

		quote := read[gen.SpaCopayQuote](g.send(gen.NewQuoteSpaCopayRequest(g.Seed.SpaID, gen.QuoteSpaCopayParams{
			ClientID: g.Seed.ClientID, ServiceIDs: services,
		})))
		assert.Equal(t, json.Number("25000"), quote.Amount)
		buy, err := gen.NewPurchaseSpaCopayRequest(gen.PurchaseSpaCopayParams{
			ClientID: g.Seed.ClientID, ProviderID: g.Seed.SpaID, QuoteID: quote.ID,
		})
		bought := read[gen.SpaCopayPurchase](g.send(buy, err))
		assert.Equal(t, quote.Amount, bought.Amount)
		g.send(buy, err).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)

		g.send(gen.NewBookSpaRequest(gen.BookSpaParams{
			ProviderID: g.Seed.SpaID, ServiceIDs: services, Date: g.Seed.SlotDate, Time: g.Seed.SlotTime,
			ClientID: g.Seed.PoorClientID, CopayPurchaseID: bought.CopayPurchaseID,
		})).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)

		open := read[gen.SpaBooking](book(bought.CopayPurchaseID))
		assert.Equal(t, "Deep Tissue Massage, Sauna", open.ServiceName)
		read[gen.Booking](g.send(gen.NewConfirmSpaBookingRequest(open.SessionID)))
		assert.Equal(t, "50 CREDIT 50", g.credits(), "the co-pay paid for all")
		services = services[1:]
		book(bought.CopayPurchaseID).refused(http.StatusConflict, gen.ErrorCodeSlotUnavailable)
		g.Seed.SlotTime = "16:00"
		book(bought.CopayPurchaseID).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestQuotesEnd(t *testing.T) {
	inBubble(t, func(g *rig) {
		quote := read[gen.SpaCopayQuote](g.send(g.quote()))
		time.Sleep(time.Until(quote.ExpiresAt.Time))
		g.send(gen.NewPurchaseCopayRequest(gen.PurchaseCopayParams{
			ClientID: g.Seed.ClientID, ProviderID: g.Seed.SpaID, QuoteID: quote.ID,
		})).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestGymByCopay(t *testing.T) {
	for name, buy := range map[string]func(g *rig) (gen.Request, error){
		"gym purchase": func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseGymCopayRequest(gen.PurchaseGymCopayParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.GymID, CopayPackageID: g.Seed.CopayPackageID,
			})
		},
		"common purchase": func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseCopayRequest(gen.PurchaseCopayParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.GymID, CopayPackageID: g.Seed.CopayPackageID,
			})
		},
	} {
		t.Run(name, bubbleTest(func(g *rig) {
			bought := read[gen.CopayPurchase](g.send(buy(g)))
			assert.NotEmpty(t, bought.CopayPurchaseID)
			assert.Equal(t, json.Number("8000"), bought.Amount)
			booked := read[gen.ClassBooking](g.bookWith(g.Seed.ClassInstanceID, g.Seed.UncoveredPassID))
			assert.NotEmpty(t, booked.BookingID)
		}))
	}
}

func TestCopayRefusals(t *testing.T) {
	inBubble(t, func(g *rig) {
		quote := read[gen.SpaCopayQuote](g.send(g.quote()))
		for name, in := range map[string]gen.PurchaseCopayParams{
			"both":          {CopayPackageID: g.Seed.CopayPackageID, QuoteID: quote.ID, ProviderID: g.Seed.GymID},
			"spa as gym":    {CopayPackageID: g.Seed.CopayPackageID, ProviderID: g.Seed.SpaID},
			"unknown gym":   {CopayPackageID: g.Seed.CopayPackageID, ProviderID: "gym_none"},
			"not of gym":    {CopayPackageID: g.Seed.CopayPackageID, ProviderID: "gym_summit"},
			"quote of spa":  {QuoteID: quote.ID, ProviderID: "spa_palm"},
			"unknown quote": {QuoteID: "quote_none", ProviderID: g.Seed.SpaID},
		} {
			in.ClientID = g.Seed.ClientID
			r := g.send(gen.NewPurchaseCopayRequest(in))
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, r.status, name)
			assert.Contains(t, string(r.body), `"error"`)
		}
		g.send(gen.NewListGymCopayOptionsRequest("gym_none", gen.ListGymCopayOptionsParams{})).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		none := read[gen.CopayOptionList](g.send(gen.NewListGymCopayOptionsRequest(
			"gym_summit", gen.ListGymCopayOptionsParams{})))
		assert.Empty(t, none.Data)
	})
}
