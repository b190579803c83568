package gen_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

func TestRequestsOfAllOperations(t *testing.T) {
	require.Len(t, calls, 34)
	for _, c := range calls {
		t.Run(string(c.id), func(t *testing.T) {
			request, err := c.build()
			require.NoError(t, err)
			assert.Equal(t, c.id.Operation(), request.Operation)
			assert.Equal(t, c.path, request.Path)
			assert.Equal(t, c.query, request.Query.Encode())
			assert.Equal(t, c.body, string(request.Body))
			assert.Equal(t, c.body == "", request.Body == nil, "no body is nil, not empty")
		})
	}
}

func TestBadInputIsRefusedNamingTheParameter(t *testing.T) {
	for name, row := range map[string]struct {
		build func() (gen.Request, error)
		param string
	}{
		"an empty id":          {build: with(gen.NewGetIssuedPassRequest, ""), param: "id"},
		"an id with a slash":   {build: with(gen.NewCancelBookingRequest, "b1/../b2"), param: "bookingId"},
		"a dot as session id":  {build: with2(gen.NewConfirmClassBookingRequest, "..", confirm), param: "sessionId"},
		"a limit above 100":    {build: with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: 101}), param: "limit"},
		"a negative limit":     {build: with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: -1}), param: "limit"},
		"both cursors":         {build: with(gen.NewListIssuersRequest, gen.ListIssuersParams{StartingAfter: "a", EndingBefore: "b"}), param: "starting_after"},
		"an id before a limit": {build: with2(gen.NewListPassProvidersRequest, "", gen.ListPassProvidersParams{Limit: 101}), param: "id"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := row.build()
			assert.Equal(t, gen.Request{Operation: request.Operation}, request)
			assert.NotEmpty(t, request.Operation.ID, "an error can still name the operation")
			var paramErr *wire.ParamError
			require.ErrorAs(t, err, &paramErr)
			assert.Equal(t, row.param, paramErr.Name)
		})
	}
}

type call struct {
	id    gen.OperationID
	build func() (gen.Request, error)
	path  string
	query string
	body  string
	args  []any
}

var (
	lagos       = struct{ lat, lon float64 }{6.5244, 3.3792}
	newExpiry   = wire.Millis{Time: time.UnixMilli(1777636800000).UTC()}
	issue       = gen.IssuePassParams{ClientID: "c1", PassID: "p1", FirstName: "Ada", Email: "ada@example.com"}
	update      = gen.UpdateIssuedPassParams{UserPassID: "bp1", PassID: "p2"}
	accessCode  = gen.GenerateAccessCodeParams{ClientID: "c1", UserPassID: "bp1"}
	bookClass   = gen.BookClassParams{ClassInstanceID: "ci1", ClientID: "c1", UserPassID: "bp1"}
	confirm     = gen.ConfirmClassParams{NumberOfVisits: 5, Duration: gen.PassDurationAnnually}
	bookSpa     = gen.BookSpaParams{ProviderID: "s1", ServiceIDs: []string{"m", "a"}, Date: "2026-05-10", Time: "14:00", ClientID: "c1"}
	quote       = gen.QuoteSpaCopayParams{ClientID: "c1", ServiceIDs: []string{"m"}}
	purchase    = gen.PurchaseCopayParams{ClientID: "c1", ProviderID: "g1", CopayPackageID: "cp1"}
	gymPurchase = gen.PurchaseGymCopayParams{ClientID: "c1", ProviderID: "g1", CopayPackageID: "cp1"}
	spaPurchase = gen.PurchaseSpaCopayParams{ClientID: "c1", ProviderID: "s1", QuoteID: "q1"}
	credits     = gen.PurchaseCreditsParams{ClientID: "c1", PackageID: "pk1"}
	lookup      = gen.InitiateLookupParams{IssuerID: "i1", ClientID: "c9"}
	reschedule  = gen.RescheduleBookingParams{Date: "2026-05-11", Time: "15:00"}
	confirmCode = gen.ConfirmAccessCodeParams{CopayPackageID: "cp1"}
	verify      = gen.VerifyLookupParams{AccessCode: "AC1"}
)

var calls = []call{
	{"ListPasses", with(gen.NewListPassesRequest, gen.ListPassesParams{StartingAfter: "p 1", Limit: 20}), "/passes", "limit=20&starting_after=p+1", "", []any{gen.ListPassesParams{StartingAfter: "p 1", Limit: 20}}},
	{"IssuePass", with(gen.NewIssuePassRequest, issue), "/issued_passes", "", `{"client_id":"c1","pass_id":"p1","first_name":"Ada","email":"ada@example.com"}`, []any{issue}},
	{"UpdateIssuedPass", with(gen.NewUpdateIssuedPassRequest, update), "/issued_passes/update", "", `{"user_pass_id":"bp1","pass_id":"p2"}`, []any{update}},
	{"UpdateIssuedPassExpiry", with2(gen.NewUpdateIssuedPassExpiryRequest, "bp1", gen.UpdateIssuedPassExpiryParams{ExpiresAt: newExpiry}), "/issued_passes/bp1/expiry", "", `{"expires_at":1777636800000}`, []any{"bp1", gen.UpdateIssuedPassExpiryParams{ExpiresAt: newExpiry}}},
	{"GetIssuedPass", with(gen.NewGetIssuedPassRequest, "bp1"), "/issued_passes/bp1", "", "", []any{"bp1"}},
	{"ListProviders", with(gen.NewListProvidersRequest, gen.ListProvidersParams{Lat: &lagos.lat, Lon: &lagos.lon}), "/providers", "lat=6.5244&lon=3.3792", "", []any{gen.ListProvidersParams{Lat: &lagos.lat, Lon: &lagos.lon}}},
	{"ListPassProviders", with2(gen.NewListPassProvidersRequest, "p1", gen.ListPassProvidersParams{EndingBefore: "g1"}), "/passes/p1/providers", "ending_before=g1", "", []any{"p1", gen.ListPassProvidersParams{EndingBefore: "g1"}}},
	{"GenerateAccessCode", with(gen.NewGenerateAccessCodeRequest, accessCode), "/access-codes", "", `{"client_id":"c1","user_pass_id":"bp1"}`, []any{accessCode}},
	{"ListClassCategories", gen.NewListClassCategoriesRequest, "/class_categories", "", "", nil},
	{"ListClasses", with(gen.NewListClassesRequest, gen.ListClassesParams{ProviderID: "g1", CategoryID: "yoga"}), "/classes", "category_id=yoga&provider_id=g1", "", []any{gen.ListClassesParams{ProviderID: "g1", CategoryID: "yoga"}}},
	{"GetClass", with(gen.NewGetClassRequest, "cl1"), "/classes/cl1", "", "", []any{"cl1"}},
	{"BookClass", with(gen.NewBookClassRequest, bookClass), "/bookings/class", "", `{"class_instance_id":"ci1","client_id":"c1","user_pass_id":"bp1"}`, []any{bookClass}},
	{"ConfirmClassBooking", with2(gen.NewConfirmClassBookingRequest, "sess_1", confirm), "/bookings/class/sess_1/confirm", "", `{"number_of_visits":5,"duration":"ANNUALLY"}`, []any{"sess_1", confirm}},
	{"BookSpa", with(gen.NewBookSpaRequest, bookSpa), "/bookings/spa", "", `{"provider_id":"s1","service_ids":["m","a"],"date":"2026-05-10","time":"14:00","client_id":"c1"}`, []any{bookSpa}},
	{"ConfirmSpaBooking", with(gen.NewConfirmSpaBookingRequest, "sess_2"), "/bookings/spa/sess_2/confirm", "", "", []any{"sess_2"}},
	{"ListClientBookings", with2(gen.NewListClientBookingsRequest, "c1", gen.ListClientBookingsParams{Limit: 100}), "/clients/c1/bookings", "limit=100", "", []any{"c1", gen.ListClientBookingsParams{Limit: 100}}},
	{"GetBookingStatus", with(gen.NewGetBookingStatusRequest, "b1"), "/bookings/b1", "", "", []any{"b1"}},
	{"CancelBooking", with(gen.NewCancelBookingRequest, "b1"), "/bookings/b1/cancel", "", "", []any{"b1"}},
	{"ListGymCopayOptions", with2(gen.NewListGymCopayOptionsRequest, "g1", gen.ListGymCopayOptionsParams{Limit: 1}), "/providers/g1/gym-copay-options", "limit=1", "", []any{"g1", gen.ListGymCopayOptionsParams{Limit: 1}}},
	{"QuoteSpaCopay", with2(gen.NewQuoteSpaCopayRequest, "s1", quote), "/providers/s1/spa-copay-quote", "", `{"client_id":"c1","service_ids":["m"]}`, []any{"s1", quote}},
	{"PurchaseCopay", with(gen.NewPurchaseCopayRequest, purchase), "/copay_purchases", "", `{"client_id":"c1","provider_id":"g1","copay_package_id":"cp1"}`, []any{purchase}},
	{"PurchaseGymCopay", with(gen.NewPurchaseGymCopayRequest, gymPurchase), "/gym_copay_purchases", "", `{"client_id":"c1","provider_id":"g1","copay_package_id":"cp1"}`, []any{gymPurchase}},
	{"PurchaseSpaCopay", with(gen.NewPurchaseSpaCopayRequest, spaPurchase), "/spa_copay_purchases", "", `{"client_id":"c1","provider_id":"s1","quote_id":"q1"}`, []any{spaPurchase}},
	{"PurchaseCredits", with(gen.NewPurchaseCreditsRequest, credits), "/credit_purchases", "", `{"client_id":"c1","package_id":"pk1"}`, []any{credits}},
	{"ListCreditPackages", with(gen.NewListCreditPackagesRequest, gen.ListCreditPackagesParams{}), "/credit_packages", "", "", []any{gen.ListCreditPackagesParams{}}},
	{"ListIssuers", with(gen.NewListIssuersRequest, gen.ListIssuersParams{Limit: 2}), "/issuers", "limit=2", "", []any{gen.ListIssuersParams{Limit: 2}}},
	{"InitiateLookup", with(gen.NewInitiateLookupRequest, lookup), "/lookups", "", `{"issuer_id":"i1","client_id":"c9"}`, []any{lookup}},
	{"VerifyLookup", with2(gen.NewVerifyLookupRequest, "l1", verify), "/lookups/l1/verify", "", `{"access_code":"AC1"}`, []any{"l1", verify}},
	{"GetClient", with(gen.NewGetClientRequest, "c1"), "/clients/c1", "", "", []any{"c1"}},
	{"GetClientCredits", with(gen.NewGetClientCreditsRequest, "c 1?"), "/clients/c%201%3F/credits", "", "", []any{"c 1?"}},
	{"RescheduleBooking", with2(gen.NewRescheduleBookingRequest, "b1", reschedule), "/bookings/b1/reschedule", "", `{"date":"2026-05-11","time":"15:00"}`, []any{"b1", reschedule}},
	{"ConfirmAccessCode", with2(gen.NewConfirmAccessCodeRequest, "v1", confirmCode), "/access-codes/v1/confirm", "", `{"copay_package_id":"cp1"}`, []any{"v1", confirmCode}},
	{"ListProviderServices", with2(gen.NewListProviderServicesRequest, "s1", gen.ListProviderServicesParams{Limit: 5}), "/providers/s1/services", "limit=5", "", []any{"s1", gen.ListProviderServicesParams{Limit: 5}}},
	{"GetProviderAvailability", with2(gen.NewGetProviderAvailabilityRequest, "s1", gen.GetProviderAvailabilityParams{Date: "2026-05-10"}), "/providers/s1/availability", "date=2026-05-10", "", []any{"s1", gen.GetProviderAvailabilityParams{Date: "2026-05-10"}}},
}

func with[A any](build func(A) (gen.Request, error), a A) func() (gen.Request, error) {
	return func() (gen.Request, error) { return build(a) }
}

func with2[A, B any](build func(A, B) (gen.Request, error), a A, b B) func() (gen.Request, error) {
	return func() (gen.Request, error) { return build(a, b) }
}

type recorder struct {
	id   gen.OperationID
	args []any
	err  error // what every method returns
}

var _ gen.ServerInterface = (*recorder)(nil)

func answer[T any](s *recorder, id gen.OperationID, args ...any) (*T, error) {
	s.id, s.args = id, args
	if s.err != nil {
		return nil, s.err
	}
	return new(T), nil
}

func (s *recorder) ListPasses(_ *http.Request, p gen.ListPassesParams) (*gen.PassList, error) {
	return answer[gen.PassList](s, "ListPasses", p)
}

func (s *recorder) IssuePass(_ *http.Request, b gen.IssuePassParams) (*gen.IssuedPass, error) {
	return answer[gen.IssuedPass](s, "IssuePass", b)
}

func (s *recorder) UpdateIssuedPass(_ *http.Request, b gen.UpdateIssuedPassParams) (*gen.IssuedPassMessage, error) {
	return answer[gen.IssuedPassMessage](s, "UpdateIssuedPass", b)
}

func (s *recorder) UpdateIssuedPassExpiry(_ *http.Request, id string, b gen.UpdateIssuedPassExpiryParams) (*gen.IssuedPassMessage, error) {
	return answer[gen.IssuedPassMessage](s, "UpdateIssuedPassExpiry", id, b)
}

func (s *recorder) GetIssuedPass(_ *http.Request, id string) (*gen.IssuedPass, error) {
	return answer[gen.IssuedPass](s, "GetIssuedPass", id)
}

func (s *recorder) ListProviders(_ *http.Request, p gen.ListProvidersParams) (*gen.ProviderList, error) {
	return answer[gen.ProviderList](s, "ListProviders", p)
}

func (s *recorder) ListPassProviders(_ *http.Request, id string, p gen.ListPassProvidersParams) (*gen.ProviderList, error) {
	return answer[gen.ProviderList](s, "ListPassProviders", id, p)
}

func (s *recorder) GenerateAccessCode(_ *http.Request, b gen.GenerateAccessCodeParams) (*gen.AccessCode, error) {
	return answer[gen.AccessCode](s, "GenerateAccessCode", b)
}

func (s *recorder) ListClassCategories(*http.Request) (*gen.ClassCategoryList, error) {
	return answer[gen.ClassCategoryList](s, "ListClassCategories")
}

func (s *recorder) ListClasses(_ *http.Request, p gen.ListClassesParams) (*gen.ClassList, error) {
	return answer[gen.ClassList](s, "ListClasses", p)
}

func (s *recorder) GetClass(_ *http.Request, id string) (*gen.Class, error) {
	return answer[gen.Class](s, "GetClass", id)
}

func (s *recorder) BookClass(_ *http.Request, b gen.BookClassParams) (*gen.ClassBooking, error) {
	return answer[gen.ClassBooking](s, "BookClass", b)
}

func (s *recorder) ConfirmClassBooking(_ *http.Request, id string, b gen.ConfirmClassParams) (*gen.Booking, error) {
	return answer[gen.Booking](s, "ConfirmClassBooking", id, b)
}

func (s *recorder) BookSpa(_ *http.Request, b gen.BookSpaParams) (*gen.SpaBooking, error) {
	return answer[gen.SpaBooking](s, "BookSpa", b)
}

func (s *recorder) ConfirmSpaBooking(_ *http.Request, id string) (*gen.Booking, error) {
	return answer[gen.Booking](s, "ConfirmSpaBooking", id)
}

func (s *recorder) ListClientBookings(_ *http.Request, id string, p gen.ListClientBookingsParams) (*gen.BookingList, error) {
	return answer[gen.BookingList](s, "ListClientBookings", id, p)
}

func (s *recorder) GetBookingStatus(_ *http.Request, id string) (*gen.BookingState, error) {
	return answer[gen.BookingState](s, "GetBookingStatus", id)
}

func (s *recorder) CancelBooking(_ *http.Request, id string) (*gen.Booking, error) {
	return answer[gen.Booking](s, "CancelBooking", id)
}

func (s *recorder) ListGymCopayOptions(_ *http.Request, id string, p gen.ListGymCopayOptionsParams) (*gen.CopayOptionList, error) {
	return answer[gen.CopayOptionList](s, "ListGymCopayOptions", id, p)
}

func (s *recorder) QuoteSpaCopay(_ *http.Request, id string, b gen.QuoteSpaCopayParams) (*gen.SpaCopayQuote, error) {
	return answer[gen.SpaCopayQuote](s, "QuoteSpaCopay", id, b)
}

func (s *recorder) PurchaseCopay(_ *http.Request, b gen.PurchaseCopayParams) (*gen.CopayPurchase, error) {
	return answer[gen.CopayPurchase](s, "PurchaseCopay", b)
}

func (s *recorder) PurchaseGymCopay(_ *http.Request, b gen.PurchaseGymCopayParams) (*gen.GymCopayPurchase, error) {
	return answer[gen.GymCopayPurchase](s, "PurchaseGymCopay", b)
}

func (s *recorder) PurchaseSpaCopay(_ *http.Request, b gen.PurchaseSpaCopayParams) (*gen.SpaCopayPurchase, error) {
	return answer[gen.SpaCopayPurchase](s, "PurchaseSpaCopay", b)
}

func (s *recorder) PurchaseCredits(_ *http.Request, b gen.PurchaseCreditsParams) (*gen.CreditPurchase, error) {
	return answer[gen.CreditPurchase](s, "PurchaseCredits", b)
}

func (s *recorder) ListCreditPackages(_ *http.Request, p gen.ListCreditPackagesParams) (*gen.CreditPackageList, error) {
	return answer[gen.CreditPackageList](s, "ListCreditPackages", p)
}

func (s *recorder) ListIssuers(_ *http.Request, p gen.ListIssuersParams) (*gen.IssuerList, error) {
	return answer[gen.IssuerList](s, "ListIssuers", p)
}

func (s *recorder) InitiateLookup(_ *http.Request, b gen.InitiateLookupParams) (*gen.Lookup, error) {
	return answer[gen.Lookup](s, "InitiateLookup", b)
}

func (s *recorder) VerifyLookup(_ *http.Request, id string, b gen.VerifyLookupParams) (*gen.VerifiedLookup, error) {
	return answer[gen.VerifiedLookup](s, "VerifyLookup", id, b)
}

func (s *recorder) GetClient(_ *http.Request, id string) (*gen.ClientProfile, error) {
	return answer[gen.ClientProfile](s, "GetClient", id)
}

func (s *recorder) GetClientCredits(_ *http.Request, id string) (*gen.ClientCredits, error) {
	return answer[gen.ClientCredits](s, "GetClientCredits", id)
}

func (s *recorder) RescheduleBooking(_ *http.Request, id string, b gen.RescheduleBookingParams) (*gen.Booking, error) {
	return answer[gen.Booking](s, "RescheduleBooking", id, b)
}

func (s *recorder) ConfirmAccessCode(_ *http.Request, id string, b gen.ConfirmAccessCodeParams) (*gen.AccessCodeSession, error) {
	return answer[gen.AccessCodeSession](s, "ConfirmAccessCode", id, b)
}

func (s *recorder) ListProviderServices(_ *http.Request, id string, p gen.ListProviderServicesParams) (*gen.ServiceDetailList, error) {
	return answer[gen.ServiceDetailList](s, "ListProviderServices", id, p)
}

func (s *recorder) GetProviderAvailability(_ *http.Request, id string, p gen.GetProviderAvailabilityParams) (*gen.Availability, error) {
	return answer[gen.Availability](s, "GetProviderAvailability", id, p)
}
