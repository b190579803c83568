package bardgetest

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// The interfaces of the services, for fakes: embed one, and write the methods
// that the test calls. They grow with the API.
type (
	// IssuedPasses is the interface of [bardge.IssuedPassesService].
	IssuedPasses interface {
		Issue(
			ctx context.Context, params bardge.IssuePassParams, opts ...bardge.CallOption,
		) (*bardge.IssuedPass, *bardge.Response, error)
		Get(ctx context.Context, id string, opts ...bardge.CallOption) (*bardge.IssuedPass, *bardge.Response, error)
		Update(
			ctx context.Context, params bardge.UpdateIssuedPassParams, opts ...bardge.CallOption,
		) (*bardge.IssuedPassMessage, *bardge.Response, error)
		UpdateExpiry(
			ctx context.Context, id string, params bardge.UpdateIssuedPassExpiryParams, opts ...bardge.CallOption,
		) (*bardge.IssuedPassMessage, *bardge.Response, error)
	}
	// Passes is the interface of [bardge.PassesService].
	Passes interface {
		List(
			ctx context.Context, params bardge.ListPassesParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Pass], *bardge.Response, error)
		All(
			ctx context.Context, params bardge.ListPassesParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Pass, error]
	}
	// Classes is the interface of [bardge.ClassesService].
	Classes interface {
		ListCategories(
			ctx context.Context, opts ...bardge.CallOption,
		) (*bardge.List[bardge.ClassCategory], *bardge.Response, error)
		List(
			ctx context.Context, params bardge.ListClassesParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Class], *bardge.Response, error)
		All(
			ctx context.Context, params bardge.ListClassesParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Class, error]
		Get(ctx context.Context, id string, opts ...bardge.CallOption) (*bardge.Class, *bardge.Response, error)
	}
	// Bookings is the interface of [bardge.BookingsService].
	Bookings interface {
		BookSpa(
			ctx context.Context, params bardge.BookSpaParams, opts ...bardge.CallOption,
		) (*bardge.SpaBooking, *bardge.Response, error)
		ConfirmSpa(
			ctx context.Context, sessionID string, opts ...bardge.CallOption,
		) (*bardge.Booking, *bardge.Response, error)
		ListForClient(
			ctx context.Context, clientID string, params bardge.ListClientBookingsParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Booking], *bardge.Response, error)
		AllForClient(
			ctx context.Context, clientID string, params bardge.ListClientBookingsParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Booking, error]
		Get(
			ctx context.Context, bookingID string, opts ...bardge.CallOption,
		) (*bardge.BookingState, *bardge.Response, error)
		BookClass(
			ctx context.Context, params bardge.BookClassParams, opts ...bardge.CallOption,
		) (*bardge.ClassBooking, *bardge.Response, error)
		ConfirmClass(
			ctx context.Context, sessionID string, params bardge.ConfirmClassParams, opts ...bardge.CallOption,
		) (*bardge.Booking, *bardge.Response, error)
		Cancel(
			ctx context.Context, bookingID string, opts ...bardge.CallOption,
		) (*bardge.Booking, *bardge.Response, error)
	}
	// Clients is the interface of [bardge.ClientsService].
	Clients interface {
		Get(
			ctx context.Context, clientID string, opts ...bardge.CallOption,
		) (*bardge.ClientProfile, *bardge.Response, error)
		Credits(
			ctx context.Context, clientID string, opts ...bardge.CallOption,
		) (*bardge.ClientCredits, *bardge.Response, error)
	}
	// Lookups is the interface of [bardge.LookupsService].
	Lookups interface {
		ListIssuers(
			ctx context.Context, params bardge.ListIssuersParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Issuer], *bardge.Response, error)
		AllIssuers(
			ctx context.Context, params bardge.ListIssuersParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Issuer, error]
		Initiate(
			ctx context.Context, params bardge.InitiateLookupParams, opts ...bardge.CallOption,
		) (*bardge.Lookup, *bardge.Response, error)
		Verify(
			ctx context.Context, lookupID string, params bardge.VerifyLookupParams, opts ...bardge.CallOption,
		) (*bardge.VerifiedLookup, *bardge.Response, error)
	}
	// Providers is the interface of [bardge.ProvidersService].
	Providers interface {
		List(
			ctx context.Context, params bardge.ListProvidersParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Provider], *bardge.Response, error)
		All(
			ctx context.Context, params bardge.ListProvidersParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Provider, error]
		ListForPass(
			ctx context.Context, passID string, params bardge.ListPassProvidersParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.Provider], *bardge.Response, error)
		AllForPass(
			ctx context.Context, passID string, params bardge.ListPassProvidersParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.Provider, error]
	}
	// AccessCodes is the interface of [bardge.AccessCodesService].
	AccessCodes interface {
		Generate(
			ctx context.Context, params bardge.GenerateAccessCodeParams, opts ...bardge.CallOption,
		) (*bardge.AccessCode, *bardge.Response, error)
	}
	// Copay is the interface of [bardge.CopayService].
	Copay interface {
		ListGymOptions(
			ctx context.Context, providerID string, params bardge.ListGymCopayOptionsParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.CopayOption], *bardge.Response, error)
		AllGymOptions(
			ctx context.Context, providerID string, params bardge.ListGymCopayOptionsParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.CopayOption, error]
		QuoteSpa(
			ctx context.Context, providerID string, params bardge.QuoteSpaCopayParams, opts ...bardge.CallOption,
		) (*bardge.SpaCopayQuote, *bardge.Response, error)
		PurchaseGym(
			ctx context.Context, params bardge.PurchaseGymCopayParams, opts ...bardge.CallOption,
		) (*bardge.GymCopayPurchase, *bardge.Response, error)
		PurchaseSpa(
			ctx context.Context, params bardge.PurchaseSpaCopayParams, opts ...bardge.CallOption,
		) (*bardge.SpaCopayPurchase, *bardge.Response, error)
		Purchase(
			ctx context.Context, params bardge.PurchaseCopayParams, opts ...bardge.CallOption,
		) (*bardge.CopayPurchase, *bardge.Response, error)
	}
	// Credits is the interface of [bardge.CreditsService].
	Credits interface {
		Purchase(
			ctx context.Context, params bardge.PurchaseCreditsParams, opts ...bardge.CallOption,
		) (*bardge.CreditPurchase, *bardge.Response, error)
		ListPackages(
			ctx context.Context, params bardge.ListCreditPackagesParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.CreditPackage], *bardge.Response, error)
		AllPackages(
			ctx context.Context, params bardge.ListCreditPackagesParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.CreditPackage, error]
	}
	// Preview is the interface of [bardge.PreviewService]. Like the service, it is
	// outside the promise of compatibility.
	Preview interface {
		RescheduleBooking(
			ctx context.Context, bookingID string, params bardge.RescheduleBookingParams, opts ...bardge.CallOption,
		) (*bardge.Booking, *bardge.Response, error)
		ConfirmAccessCode(
			ctx context.Context, sessionID string, params bardge.ConfirmAccessCodeParams, opts ...bardge.CallOption,
		) (*bardge.AccessCodeSession, *bardge.Response, error)
		ListProviderServices(
			ctx context.Context, providerID string, params bardge.ListProviderServicesParams, opts ...bardge.CallOption,
		) (*bardge.List[bardge.ServiceDetail], *bardge.Response, error)
		AllProviderServices(
			ctx context.Context, providerID string, params bardge.ListProviderServicesParams, opts ...bardge.CallOption,
		) iter.Seq2[*bardge.ServiceDetail, error]
		ProviderAvailability(
			ctx context.Context, providerID string, params bardge.GetProviderAvailabilityParams,
			opts ...bardge.CallOption,
		) (*bardge.Availability, *bardge.Response, error)
	}
	// Operations is the interface of [bardge.OperationsService].
	Operations interface {
		List(ctx context.Context, f journal.Filter) ([]*idem.RecordedOperation, error)
		Get(ctx context.Context, ref string) (*idem.RecordedOperation, error)
		GetID(ctx context.Context, id string) (*idem.RecordedOperation, error)
		GetMany(ctx context.Context, refs []string) (map[string]*idem.RecordedOperation, error)
		Stats(ctx context.Context) (journal.Stats, error)
		Erase(ctx context.Context, ref string) error
		EraseID(ctx context.Context, id string) error
		Reconcile(ctx context.Context, ref string) (bardge.ReconcileResult, error)
		ReconcileID(ctx context.Context, id string) (bardge.ReconcileResult, error)
		Reseal(ctx context.Context, o idem.ResealOptions) (idem.ResealResult, error)
	}
)

var (
	_ IssuedPasses = (*bardge.IssuedPassesService)(nil)
	_ Passes       = (*bardge.PassesService)(nil)
	_ Classes      = (*bardge.ClassesService)(nil)
	_ Bookings     = (*bardge.BookingsService)(nil)
	_ Clients      = (*bardge.ClientsService)(nil)
	_ Lookups      = (*bardge.LookupsService)(nil)
	_ Providers    = (*bardge.ProvidersService)(nil)
	_ AccessCodes  = (*bardge.AccessCodesService)(nil)
	_ Copay        = (*bardge.CopayService)(nil)
	_ Credits      = (*bardge.CreditsService)(nil)
	_ Preview      = (*bardge.PreviewService)(nil)
	_ Operations   = (*bardge.OperationsService)(nil)
)
