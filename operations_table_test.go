package bardge_test

import (
	"context"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// operations are all operations of the API.
var operations = []operation{
	{id: sandbox.ListPasses, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		return firstOf(func(p *bardge.Pass) string { return p.ID })(c.Passes.List(ctx, bardge.ListPassesParams{}))
	}},
	{id: sandbox.IssuePass, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(passID)(c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: s.ClientID, PassID: s.PassID}))
	}},
	{id: sandbox.UpdateIssuedPass, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(passID)(c.IssuedPasses.Update(ctx, bardge.UpdateIssuedPassParams{UserPassID: s.IssuedPassID, LastName: "Eze"}))
	}},
	{id: sandbox.UpdateIssuedPassExpiry, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		params := bardge.UpdateIssuedPassExpiryParams{ExpiresAt: time.Now().Add(24 * time.Hour)}
		return told(passID)(c.IssuedPasses.UpdateExpiry(ctx, s.IssuedPassID, params))
	}},
	{id: sandbox.GetIssuedPass, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(passID)(c.IssuedPasses.Get(ctx, s.IssuedPassID))
	}},
	{id: sandbox.ListProviders, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		return firstOf(providerID)(c.Providers.List(ctx, bardge.ListProvidersParams{}))
	}},
	{id: sandbox.ListPassProviders, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return firstOf(providerID)(c.Providers.ListForPass(ctx, s.PassID, bardge.ListPassProvidersParams{}))
	}},
	{id: sandbox.GenerateAccessCode, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		params := bardge.GenerateAccessCodeParams{ClientID: s.ClientID}
		return told(func(a *bardge.AccessCode) string { return string(a.Code) })(c.AccessCodes.Generate(ctx, params))
	}},
	{id: sandbox.ListClassCategories, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		return firstOf(func(k *bardge.ClassCategory) string { return k.ID })(c.Classes.ListCategories(ctx))
	}},
	{id: sandbox.ListClasses, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		return firstOf(func(k *bardge.Class) string { return k.ID })(c.Classes.List(ctx, bardge.ListClassesParams{}))
	}},
	{id: sandbox.GetClass, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(func(k *bardge.Class) string { return k.Instances[0].ID })(c.Classes.Get(ctx, s.ClassID))
	}},
	{id: sandbox.BookClass, call: bookClass},
	{id: sandbox.ConfirmClassBooking, before: openClass, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, session string) done {
		params := bardge.ConfirmClassParams{NumberOfVisits: 2, Duration: bardge.PassDurationMonthly}
		return told(bookingID)(c.Bookings.ConfirmClass(ctx, session, params))
	}},
	{id: sandbox.BookSpa, call: openSpa},
	{id: sandbox.ConfirmSpaBooking, before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) done {
		return openSpa(ctx, c, s, "")
	}, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, session string) done {
		return told(bookingID)(c.Bookings.ConfirmSpa(ctx, session))
	}},
	{id: sandbox.ListClientBookings, before: booked, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return firstOf(bookingID)(c.Bookings.ListForClient(ctx, s.ClientID, bardge.ListClientBookingsParams{}))
	}},
	{id: sandbox.GetBookingStatus, before: booked, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, id string) done {
		return told(bookingID)(c.Bookings.Get(ctx, id))
	}},
	{id: sandbox.CancelBooking, before: booked, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, id string) done {
		return told(bookingID)(c.Bookings.Cancel(ctx, id))
	}},
	{id: sandbox.ListGymCopayOptions, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		options := firstOf(func(o *bardge.CopayOption) string { return o.ID })
		return options(c.Copay.ListGymOptions(ctx, s.GymID, bardge.ListGymCopayOptionsParams{}))
	}},
	{id: sandbox.QuoteSpaCopay, call: quoteSpa},
	{id: sandbox.PurchaseCopay, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		params := bardge.PurchaseCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
		return told(func(p *bardge.CopayPurchase) string { return p.CopayPurchaseID })(c.Copay.Purchase(ctx, params))
	}},
	{id: sandbox.PurchaseGymCopay, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		params := bardge.PurchaseGymCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
		return told(func(p *bardge.GymCopayPurchase) string { return p.CopayPurchaseID })(c.Copay.PurchaseGym(ctx, params))
	}},
	{id: sandbox.PurchaseSpaCopay, before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) done {
		return quoteSpa(ctx, c, s, "")
	}, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, quote string) done {
		params := bardge.PurchaseSpaCopayParams{ClientID: s.ClientID, ProviderID: s.SpaID, QuoteID: quote}
		return told(func(p *bardge.SpaCopayPurchase) string { return p.CopayPurchaseID })(c.Copay.PurchaseSpa(ctx, params))
	}},
	{id: sandbox.PurchaseCredits, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		params := bardge.PurchaseCreditsParams{ClientID: s.ClientID, PackageID: s.CreditPackageID}
		return told(func(p *bardge.CreditPurchase) string { return p.ID })(c.Credits.Purchase(ctx, params))
	}},
	{id: sandbox.ListCreditPackages, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		packages := firstOf(func(p *bardge.CreditPackage) string { return p.ID })
		return packages(c.Credits.ListPackages(ctx, bardge.ListCreditPackagesParams{}))
	}},
	{id: sandbox.ListIssuers, call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string) done {
		return firstOf(func(i *bardge.Issuer) string { return i.ID })(c.Lookups.ListIssuers(ctx, bardge.ListIssuersParams{}))
	}},
	{id: sandbox.InitiateLookup, call: initiate},
	{id: sandbox.VerifyLookup, before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) done {
		return initiate(ctx, c, s, "")
	}, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string) done {
		params := bardge.VerifyLookupParams{AccessCode: bardge.Secret(s.OtherAccessCode)}
		return told(func(v *bardge.VerifiedLookup) string { return string(v.Token) })(c.Lookups.Verify(ctx, id, params))
	}},
	{id: sandbox.GetClient, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(func(p *bardge.ClientProfile) string { return p.ID })(c.Clients.Get(ctx, s.ClientID))
	}},
	{id: sandbox.GetClientCredits, call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
		return told(func(k *bardge.ClientCredits) string { return k.Balance.String() })(c.Clients.Credits(ctx, s.ClientID))
	}},
}

// What other operations begin with.

func bookClass(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
	params := bardge.BookClassParams{ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID, UserPassID: s.IssuedPassID}
	return told(func(b *bardge.ClassBooking) string { return b.BookingID })(c.Bookings.BookClass(ctx, params))
}

func booked(ctx context.Context, c *bardge.Client, s sandbox.Seed) done {
	return bookClass(ctx, c, s, "")
}

// openClass opens the session of a class that needs more visits.
func openClass(ctx context.Context, c *bardge.Client, s sandbox.Seed) done {
	params := bardge.BookClassParams{ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID, UserPassID: s.UsedUpPassID}
	return told(func(b *bardge.ClassBooking) string { return b.SessionID })(c.Bookings.BookClass(ctx, params))
}

func openSpa(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
	params := bardge.BookSpaParams{
		ProviderID: s.SpaID, ServiceIDs: []string{s.ServiceID}, Date: s.SlotDate, Time: s.SlotTime,
		ClientID: s.ClientID, UserPassID: s.IssuedPassID,
	}
	return told(func(b *bardge.SpaBooking) string { return b.SessionID })(c.Bookings.BookSpa(ctx, params))
}

func quoteSpa(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
	params := bardge.QuoteSpaCopayParams{ClientID: s.ClientID, ServiceIDs: []string{s.ServiceID}}
	return told(func(q *bardge.SpaCopayQuote) string { return q.ID })(c.Copay.QuoteSpa(ctx, s.SpaID, params))
}

func initiate(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string) done {
	params := bardge.InitiateLookupParams{IssuerID: s.IssuerID, ClientID: s.OtherClientID}
	return told(func(l *bardge.Lookup) string { return l.ID })(c.Lookups.Initiate(ctx, params))
}
