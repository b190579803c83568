package bardge_test

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

// everyOperation calls them all, with the ids that earlier answers brought. Where
// faults let one fail, those that build on it fail too, and are printed as well.
func (h *hunt) everyOperation() {
	h.passes()
	h.classes()
	h.spas()
	h.money()
	h.lookups()
}

func (h *hunt) passes() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	listed := bardge.ListPassesParams{}
	sees[bardge.List[bardge.Pass]](h, listed)(c.Passes.List(ctx, listed, o(gen.OpListPasses)...))
	issue := bardge.IssuePassParams{
		ClientID: s.ClientID, PassID: s.PassID, FirstName: "Plantedfirst", LastName: "Plantedlast",
		Email: "planted@mail.example", Phone: "+4470000planted",
	}
	for range 4 {
		sees[bardge.IssuedPass](h, issue)(c.IssuedPasses.Issue(ctx, issue, o(gen.OpIssuePass)...))
	}
	update := bardge.UpdateIssuedPassParams{UserPassID: s.IssuedPassID, FirstName: "Plantedfirst", LastName: "Plantedlast"}
	sees[bardge.IssuedPass](h, update)(c.IssuedPasses.Update(ctx, update, o(gen.OpUpdateIssuedPass)...))
	expiry := bardge.UpdateIssuedPassExpiryParams{ExpiresAt: time.Now().Add(24 * time.Hour)}
	sees[bardge.IssuedPass](h, expiry)(c.IssuedPasses.UpdateExpiry(ctx, s.IssuedPassID, expiry, o(gen.OpUpdateIssuedPassExpiry)...))
	sees[bardge.IssuedPass](h, nil)(c.IssuedPasses.Get(ctx, s.IssuedPassID, o(gen.OpGetIssuedPass)...))
	all := bardge.ListProvidersParams{}
	sees[bardge.List[bardge.Provider]](h, all)(c.Providers.List(ctx, all, o(gen.OpListProviders)...))
	some := bardge.ListPassProvidersParams{}
	sees[bardge.List[bardge.Provider]](h, some)(c.Providers.ListForPass(ctx, s.PassID, some, o(gen.OpListPassProviders)...))
	code := bardge.GenerateAccessCodeParams{ClientID: s.ClientID}
	sees[bardge.AccessCode](h, code)(c.AccessCodes.Generate(ctx, code, o(gen.OpGenerateAccessCode)...))
}

func (h *hunt) classes() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	sees[bardge.List[bardge.ClassCategory]](h, nil)(c.Classes.ListCategories(ctx, o(gen.OpListClassCategories)...))
	listed := bardge.ListClassesParams{}
	sees[bardge.List[bardge.Class]](h, listed)(c.Classes.List(ctx, listed, o(gen.OpListClasses)...))
	sees[bardge.Class](h, nil)(c.Classes.Get(ctx, s.ClassID, o(gen.OpGetClass)...))
	book := bardge.BookClassParams{ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID, UserPassID: s.IssuedPassID}
	booked := sees[bardge.ClassBooking](h, book)(c.Bookings.BookClass(ctx, book, o(gen.OpBookClass)...))
	book.UserPassID = s.UsedUpPassID
	open := sees[bardge.ClassBooking](h, book)(c.Bookings.BookClass(ctx, book, o(gen.OpBookClass)...))
	visits := bardge.ConfirmClassParams{NumberOfVisits: 2, Duration: bardge.PassDurationMonthly}
	sees[bardge.Booking](h, visits)(c.Bookings.ConfirmClass(ctx, known(open.SessionID), visits, o(gen.OpConfirmClassBooking)...))
	of := bardge.ListClientBookingsParams{}
	sees[bardge.List[bardge.Booking]](h, of)(c.Bookings.ListForClient(ctx, s.ClientID, of, o(gen.OpListClientBookings)...))
	sees[bardge.Booking](h, nil)(c.Bookings.Get(ctx, known(booked.BookingID), o(gen.OpGetBookingStatus)...))
	for range 2 {
		sees[bardge.Booking](h, nil)(c.Bookings.Cancel(ctx, known(booked.BookingID), o(gen.OpCancelBooking)...))
	}
}

func (h *hunt) spas() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	book := bardge.BookSpaParams{
		ProviderID: s.SpaID, ServiceIDs: []string{s.ServiceID}, Date: s.SlotDate, Time: s.SlotTime,
		ClientID: s.ClientID, UserPassID: s.IssuedPassID, FirstName: "Plantedfirst", LastName: "Plantedlast",
	}
	open := sees[bardge.SpaBooking](h, book)(c.Bookings.BookSpa(ctx, book, o(gen.OpBookSpa)...))
	sees[bardge.Booking](h, nil)(c.Bookings.ConfirmSpa(ctx, known(open.SessionID), o(gen.OpConfirmSpaBooking)...))
	quote := bardge.QuoteSpaCopayParams{ClientID: s.ClientID, ServiceIDs: []string{s.ServiceID}}
	quoted := sees[bardge.SpaCopayQuote](h, quote)(c.Copay.QuoteSpa(ctx, s.SpaID, quote, o(gen.OpQuoteSpaCopay)...))
	buy := bardge.PurchaseSpaCopayParams{ClientID: s.ClientID, ProviderID: s.SpaID, QuoteID: quoted.ID}
	sees[bardge.SpaCopayPurchase](h, buy)(c.Copay.PurchaseSpa(ctx, buy, o(gen.OpPurchaseSpaCopay)...))
}

func (h *hunt) money() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	options := bardge.ListGymCopayOptionsParams{}
	sees[bardge.List[bardge.CopayOption]](h, options)(c.Copay.ListGymOptions(ctx, s.GymID, options, o(gen.OpListGymCopayOptions)...))
	buy := bardge.PurchaseCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
	sees[bardge.CopayPurchase](h, buy)(c.Copay.Purchase(ctx, buy, o(gen.OpPurchaseCopay)...))
	gym := bardge.PurchaseGymCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
	sees[bardge.GymCopayPurchase](h, gym)(c.Copay.PurchaseGym(ctx, gym, o(gen.OpPurchaseGymCopay)...))
	packages := bardge.ListCreditPackagesParams{}
	sees[bardge.List[bardge.CreditPackage]](h, packages)(c.Credits.ListPackages(ctx, packages, o(gen.OpListCreditPackages)...))
	credit := bardge.PurchaseCreditsParams{ClientID: s.ClientID, PackageID: s.CreditPackageID}
	for range 4 {
		sees[bardge.CreditPurchase](h, credit)(c.Credits.Purchase(ctx, credit, o(gen.OpPurchaseCredits)...))
	}
}

func (h *hunt) lookups() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	issuers := bardge.ListIssuersParams{}
	sees[bardge.List[bardge.Issuer]](h, issuers)(c.Lookups.ListIssuers(ctx, issuers, o(gen.OpListIssuers)...))
	start := bardge.InitiateLookupParams{IssuerID: s.IssuerID, ClientID: s.OtherClientID}
	begun := sees[bardge.Lookup](h, start)(c.Lookups.Initiate(ctx, start, o(gen.OpInitiateLookup)...))
	for _, code := range []bardge.Secret{"planted-access-code", bardge.Secret(s.OtherAccessCode)} {
		verify := bardge.VerifyLookupParams{AccessCode: code}
		verified := sees[bardge.VerifiedLookup](h, verify)(c.Lookups.Verify(ctx, known(begun.ID), verify, o(gen.OpVerifyLookup)...))
		token := bardge.WithLookupToken(cmp.Or(verified.Token, "planted-token"))
		h.write(token)
		sees[bardge.ClientProfile](h, nil)(c.Clients.Get(ctx, s.OtherClientID, append(o(gen.OpGetClient), token)...))
		sees[bardge.ClientCredits](h, nil)(c.Clients.Credits(ctx, s.OtherClientID, append(o(gen.OpGetClientCredits), token)...))
		forOther := bardge.GenerateAccessCodeParams{ClientID: s.OtherClientID}
		sees[bardge.AccessCode](h, forOther)(c.AccessCodes.Generate(ctx, forOther, append(o(gen.OpGenerateAccessCode), token)...))
	}
}

// known is an id, or one that the server does not know where none was brought.
func known(id string) string { return cmp.Or(id, "planted-id") }

// takeUp is a second process, which recovers what the first left in doubt.
func (h *hunt) takeUp() {
	second := h.newClient(slog.NewTextHandler(&h.written, talkative))
	for r, err := range second.Recover(h.t.Context()) {
		h.seesError(err)
		if r == nil {
			continue
		}
		h.harvest(r.Response.Raw)
		for _, v := range []any{r, *r, pendingOf(r), r.Response, r.Evidence} {
			h.write(v)
		}
		h.seesError(r.Err)
		h.seesError(second.Resolve(h.t.Context(), r.Ref, bardge.Executed("planted-id")))
	}
	for _, v := range []any{
		h.client.Passes, *h.client.Passes, second.Lookups,
		struct{ Client *bardge.Client }{second},
		bardge.Executed("an-id"), bardge.NotExecuted(), h.journal.(*toldJournal).Memory,
	} {
		h.write(v)
	}
}
