package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// Result is what a call returned. Got is an id or another value that the server
// made; Value is nil or a pointer.
type Result struct {
	Got      string
	Value    any
	Response *bardge.Response
	Err      error
}

// ResultOf returns what a call returned as a Result.
func ResultOf[T any](value *T, resp *bardge.Response, err error) Result {
	if value == nil {
		return Result{Response: resp, Err: err}
	}
	return Result{Value: value, Response: resp, Err: err}
}

// got is ResultOf with an id or another part of the value.
func got[T any](id func(*T) string) func(*T, *bardge.Response, error) Result {
	return func(value *T, resp *bardge.Response, err error) Result {
		d := ResultOf(value, resp, err)
		if value != nil {
			d.Got = id(value)
		}
		return d
	}
}

// firstOf picks from the first item of a list.
func firstOf[T any](id func(*T) string) func(*bardge.List[T], *bardge.Response, error) Result {
	return got(func(l *bardge.List[T]) string {
		if len(l.Data) == 0 {
			return ""
		}
		return id(&l.Data[0])
	})
}

var (
	passID     = func(p *bardge.IssuedPass) string { return p.ID }
	changedID  = func(p *bardge.IssuedPassMessage) string { return p.ID }
	bookingID  = func(b *bardge.Booking) string { return b.ID }
	providerID = func(p *bardge.Provider) string { return p.ID }
)

// Operation is one operation as its user calls it. Before does what it needs
// first, and returns an id for it.
type Operation struct {
	ID     sandbox.Operation
	Before func(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result
	Call   func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string, opts ...bardge.CallOption) Result
}

// Expiry is when UpdateIssuedPassExpiry lets the pass end.
var Expiry = time.Date(2100, 6, 1, 12, 0, 0, 0, time.UTC)

// An Order is a call that changes something.
type Order func(s *Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error)

// OperationOf returns an operation of the table.
func OperationOf(id sandbox.Operation) Operation {
	return Operations[slices.IndexFunc(Operations, func(o Operation) bool { return o.ID == id })]
}

// OrderOf returns an operation of the table as an order, which does first what
// the operation needs.
func OrderOf(id sandbox.Operation) Order {
	op := OperationOf(id)
	return func(s *Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
		s.T.Helper()
		var first Result
		if op.Before != nil {
			first = op.Before(s.T.Context(), c, s.Seed)
			require.NoError(s.T, first.Err)
		}
		d := op.Call(s.T.Context(), c, s.Seed, first.Got, opts...)
		return d.Response, d.Err
	}
}

// Operations are all operations of the API.
var Operations = []Operation{
	{ID: sandbox.ListPasses, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(func(p *bardge.Pass) string { return p.ID })(c.Passes.List(ctx, bardge.ListPassesParams{}, o...))
	}},
	{ID: sandbox.IssuePass, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(passID)(c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: s.ClientID, PassID: s.PassID}, o...))
	}},
	{ID: sandbox.UpdateIssuedPass, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(changedID)(c.IssuedPasses.Update(ctx, bardge.UpdateIssuedPassParams{UserPassID: s.IssuedPassID, PassID: s.TrialPassID}, o...))
	}},
	{ID: sandbox.UpdateIssuedPassExpiry, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.UpdateIssuedPassExpiryParams{ExpiresAt: Expiry}
		return got(changedID)(c.IssuedPasses.UpdateExpiry(ctx, s.IssuedPassID, params, o...))
	}},
	{ID: sandbox.GetIssuedPass, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(passID)(c.IssuedPasses.Get(ctx, s.IssuedPassID, o...))
	}},
	{ID: sandbox.ListProviders, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(providerID)(c.Providers.List(ctx, bardge.ListProvidersParams{}, o...))
	}},
	{ID: sandbox.ListPassProviders, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(providerID)(c.Providers.ListForPass(ctx, s.PassID, bardge.ListPassProvidersParams{}, o...))
	}},
	{ID: sandbox.GenerateAccessCode, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.GenerateAccessCodeParams{ClientID: s.ClientID}
		return got(func(a *bardge.AccessCode) string { return string(a.Code) })(c.AccessCodes.Generate(ctx, params, o...))
	}},
	{ID: sandbox.ListClassCategories, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(func(k *bardge.ClassCategory) string { return k.ID })(c.Classes.ListCategories(ctx, o...))
	}},
	{ID: sandbox.ListClasses, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(func(k *bardge.Class) string { return k.ID })(c.Classes.List(ctx, bardge.ListClassesParams{}, o...))
	}},
	{ID: sandbox.GetClass, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(func(k *bardge.Class) string { return k.ID })(c.Classes.Get(ctx, s.ClassID, o...))
	}},
	{ID: sandbox.BookClass, Call: bookClass},
	{ID: sandbox.ConfirmClassBooking, Before: openClass, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, session string, o ...bardge.CallOption) Result {
		params := bardge.ConfirmClassParams{NumberOfVisits: 1, Duration: bardge.PassDurationMonthly}
		return got(bookingID)(c.Bookings.ConfirmClass(ctx, session, params, o...))
	}},
	{ID: sandbox.BookSpa, Call: openSpa},
	{ID: sandbox.ConfirmSpaBooking, Before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
		return openSpa(ctx, c, s, "")
	}, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, session string, o ...bardge.CallOption) Result {
		return got(bookingID)(c.Bookings.ConfirmSpa(ctx, session, o...))
	}},
	{ID: sandbox.ListClientBookings, Before: booked, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(bookingID)(c.Bookings.ListForClient(ctx, s.ClientID, bardge.ListClientBookingsParams{}, o...))
	}},
	{ID: sandbox.GetBookingStatus, Before: booked, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, id string, o ...bardge.CallOption) Result {
		return got(func(b *bardge.BookingState) string { return b.ID })(c.Bookings.Get(ctx, id, o...))
	}},
	{ID: sandbox.CancelBooking, Before: booked, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, id string, o ...bardge.CallOption) Result {
		return got(bookingID)(c.Bookings.Cancel(ctx, id, o...))
	}},
	{ID: sandbox.ListGymCopayOptions, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		options := firstOf(func(o *bardge.CopayOption) string { return o.ID })
		return options(c.Copay.ListGymOptions(ctx, s.GymID, bardge.ListGymCopayOptionsParams{}, o...))
	}},
	{ID: sandbox.QuoteSpaCopay, Call: quoteSpa},
	{ID: sandbox.PurchaseCopay, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.PurchaseCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
		return got(func(p *bardge.CopayPurchase) string { return p.CopayPurchaseID })(c.Copay.Purchase(ctx, params, o...))
	}},
	{ID: sandbox.PurchaseGymCopay, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.PurchaseGymCopayParams{ClientID: s.ClientID, ProviderID: s.GymID, CopayPackageID: s.CopayPackageID}
		return got(func(p *bardge.GymCopayPurchase) string { return p.CopayPurchaseID })(c.Copay.PurchaseGym(ctx, params, o...))
	}},
	{ID: sandbox.PurchaseSpaCopay, Before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
		return quoteSpa(ctx, c, s, "")
	}, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, quote string, o ...bardge.CallOption) Result {
		params := bardge.PurchaseSpaCopayParams{ClientID: s.ClientID, ProviderID: s.SpaID, QuoteID: quote}
		return got(func(p *bardge.SpaCopayPurchase) string { return p.CopayPurchaseID })(c.Copay.PurchaseSpa(ctx, params, o...))
	}},
	{ID: sandbox.PurchaseCredits, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.PurchaseCreditsParams{ClientID: s.ClientID, PackageID: s.CreditPackageID}
		return got(func(p *bardge.CreditPurchase) string { return p.ID })(c.Credits.Purchase(ctx, params, o...))
	}},
	{ID: sandbox.ListCreditPackages, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		packages := firstOf(func(p *bardge.CreditPackage) string { return p.ID })
		return packages(c.Credits.ListPackages(ctx, bardge.ListCreditPackagesParams{}, o...))
	}},
	{ID: sandbox.ListIssuers, Call: func(ctx context.Context, c *bardge.Client, _ sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return firstOf(func(i *bardge.Issuer) string { return i.ID })(c.Lookups.ListIssuers(ctx, bardge.ListIssuersParams{}, o...))
	}},
	{ID: sandbox.InitiateLookup, Call: initiate},
	{ID: sandbox.VerifyLookup, Before: func(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
		return initiate(ctx, c, s, "")
	}, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string, o ...bardge.CallOption) Result {
		params := bardge.VerifyLookupParams{AccessCode: bardge.Secret(s.OtherAccessCode)}
		return got(func(v *bardge.VerifiedLookup) string { return string(v.Token) })(c.Lookups.Verify(ctx, id, params, o...))
	}},
	{ID: sandbox.GetClient, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(func(p *bardge.ClientProfile) string { return p.ID })(c.Clients.Get(ctx, s.ClientID, o...))
	}},
	{ID: sandbox.GetClientCredits, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		return got(func(k *bardge.ClientCredits) string { return k.Balance.String() })(c.Clients.Credits(ctx, s.ClientID, o...))
	}},
	{ID: sandbox.RescheduleBooking, Before: bookedSpa, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string, o ...bardge.CallOption) Result {
		params := bardge.RescheduleBookingParams{Date: s.SlotDate, Time: "11:00"}
		return got(bookingID)(c.Preview.RescheduleBooking(ctx, id, params, o...))
	}},
	{ID: sandbox.ConfirmAccessCode, Before: openVisit, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, session string, o ...bardge.CallOption) Result {
		params := bardge.ConfirmAccessCodeParams{CopayPackageID: s.CopayPackageID}
		return got(func(a *bardge.AccessCodeSession) string { return string(a.Code) })(c.Preview.ConfirmAccessCode(ctx, session, params, o...))
	}},
	{ID: sandbox.ListProviderServices, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		services := firstOf(func(d *bardge.ServiceDetail) string { return d.ID })
		return services(c.Preview.ListProviderServices(ctx, s.SpaID, bardge.ListProviderServicesParams{}, o...))
	}},
	{ID: sandbox.GetProviderAvailability, Call: func(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
		params := bardge.GetProviderAvailabilityParams{Date: s.SlotDate}
		return got(func(a *bardge.Availability) string { return a.ProviderID })(c.Preview.ProviderAvailability(ctx, s.SpaID, params, o...))
	}},
}

// SomeSeed has a value in every field, for servers that ignore them.
func SomeSeed() sandbox.Seed {
	var s sandbox.Seed
	for v, i := reflect.ValueOf(&s).Elem(), 0; i < v.NumField(); i++ {
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString("x1")
		}
	}
	return s
}

// What other operations begin with.

func bookClass(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
	params := bardge.BookClassParams{ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID}
	return got(func(b *bardge.ClassBooking) string { return b.BookingID })(c.Bookings.BookClass(ctx, params, o...))
}

func booked(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
	return bookClass(ctx, c, s, "")
}

// openClass opens the session of a class that needs more visits.
func openClass(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
	params := bardge.BookClassParams{ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID, UserPassID: s.UsedUpPassID}
	return got(func(b *bardge.ClassBooking) string { return b.SessionID })(c.Bookings.BookClass(ctx, params))
}

// openVisit opens the session of an access code that needs a co-pay. The code is
// what the call returns, so that it ends with an error.
func openVisit(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
	params := bardge.GenerateAccessCodeParams{ClientID: s.ClientID, UserPassID: s.UncoveredPassID, ProviderID: s.GymID}
	_, resp, err := c.AccessCodes.Generate(ctx, params)
	var opened bardge.AccessCodeSession
	if errors.Is(err, bardge.ErrResponseIncomplete) {
		err = json.Unmarshal(resp.Raw, &opened)
	}
	return Result{Got: opened.SessionID, Response: resp, Err: err}
}

func openSpa(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
	services := []string{s.FreeServiceID}
	params := bardge.BookSpaParams{ProviderID: s.SpaID, ServiceIDs: services, Date: s.SlotDate, Time: s.SlotTime, ClientID: s.ClientID}
	return got(func(b *bardge.SpaBooking) string { return b.SessionID })(c.Bookings.BookSpa(ctx, params, o...))
}

// bookedSpa books a time that no other operation of the table takes.
func bookedSpa(ctx context.Context, c *bardge.Client, s sandbox.Seed) Result {
	s.SlotTime = "10:00"
	session := openSpa(ctx, c, s, "")
	if session.Err != nil {
		return session
	}
	return got(bookingID)(c.Bookings.ConfirmSpa(ctx, session.Got))
}

func quoteSpa(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
	params := bardge.QuoteSpaCopayParams{ClientID: s.ClientID, ServiceIDs: []string{s.ServiceID}}
	return got(func(q *bardge.SpaCopayQuote) string { return q.ID })(c.Copay.QuoteSpa(ctx, s.SpaID, params, o...))
}

func initiate(ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, o ...bardge.CallOption) Result {
	params := bardge.InitiateLookupParams{IssuerID: s.IssuerID, ClientID: s.OtherClientID}
	return got(func(l *bardge.Lookup) string { return l.ID })(c.Lookups.Initiate(ctx, params, o...))
}
