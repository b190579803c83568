package gen_test

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
)

// recorder is a server that notes which method was called with which
// parameters.
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

func (s *recorder) UpdateIssuedPass(_ *http.Request, b gen.UpdateIssuedPassParams) (*gen.IssuedPass, error) {
	return answer[gen.IssuedPass](s, "UpdateIssuedPass", b)
}

func (s *recorder) UpdateIssuedPassExpiry(_ *http.Request, id string, b gen.UpdateIssuedPassExpiryParams) (*gen.IssuedPass, error) {
	return answer[gen.IssuedPass](s, "UpdateIssuedPassExpiry", id, b)
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

func (s *recorder) GetBookingStatus(_ *http.Request, id string) (*gen.Booking, error) {
	return answer[gen.Booking](s, "GetBookingStatus", id)
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
