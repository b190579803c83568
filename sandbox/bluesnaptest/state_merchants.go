package bluesnaptest

import (
	"net/http"
	"regexp"
	"strings"
)

type vendorParams struct {
	Email   string `json:"email"`
	Country string `json:"country"`
}

// createVendor makes a vendor of a marketplace, whose id is only in Location
// (documented).
func (s *state) createVendor(q *request, in vendorParams) (*made, error) {
	if err := required(field{"email", in.Email != ""}, field{"country", in.Country != ""}); err != nil {
		return nil, err
	}
	id := s.next("vendor")
	shown := object{"vendorId": number(id), "email": in.Email, "country": in.Country}
	s.keep("vendor", id, &thing{merchant: q.Account, shown: shown})
	return &made{status: http.StatusCreated, id: id, location: "/vendors/" + id}, nil
}

type walletParams struct {
	Type     string `json:"walletType"`
	ApplePay struct {
		Domains []string `json:"domains"`
	} `json:"applePay"`
}

func (s *state) onboardWallet(q *request, in walletParams) (*made, error) {
	if err := required(
		field{"walletType", in.Type == "APPLE_PAY"}, field{"applePay.domains", len(in.ApplePay.Domains) > 0},
	); err != nil {
		return nil, err
	}
	for _, domain := range in.ApplePay.Domains {
		if domain == "" || strings.Contains(domain, "://") {
			return nil, invalid("applePay.domains", "are written without a scheme")
		}
	}
	id := s.next("onboarding")
	shown := object{
		"id": number(id), "walletType": in.Type, "applePay": object{"domains": in.ApplePay.Domains},
	}
	s.keep("onboarding", id, &thing{merchant: q.Account, shown: shown})
	return &made{status: http.StatusCreated, id: id, location: "/wallets/onboarding/" + id}, nil
}

type reportParams struct {
	Title    string `json:"title"`
	Category string `json:"category"`
	Columns  []struct {
		Name string `json:"name"`
	} `json:"columns"`
}

const maxReports = 50 // of a merchant (documented)

func (s *state) createReport(q *request, in reportParams) (*made, error) {
	if err := required(
		field{"title", in.Title != ""}, field{"category", in.Category != ""}, field{"columns", len(in.Columns) > 0},
	); err != nil {
		return nil, err
	}
	if s.reports[q.Account] >= maxReports {
		return nil, bad("10001", "VALIDATION_GENERAL_FAILURE", "There are 50 reports")
	}
	s.reports[q.Account]++
	id := s.next("report")
	return &made{id: id, json: object{
		"id": number(id), "title": in.Title, "category": in.Category, "columns": in.Columns,
	}}, nil
}

type userParams struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Username  string `json:"username"`
}

var merchantNumber = regexp.MustCompile(`^\d+$`)

// createUser makes a user of the console, of another merchant's if the query
// names one.
func (s *state) createUser(q *request, in userParams) (*made, error) {
	if query := q.URL.Query(); query.Has("onbehalfofmid") && !merchantNumber.MatchString(query.Get("onbehalfofmid")) {
		return nil, invalid("onbehalfofmid", "is no merchant's id")
	}
	if err := required(
		field{"firstName", in.FirstName != ""}, field{"lastName", in.LastName != ""},
		field{"email", in.Email != ""}, field{"username", in.Username != ""},
	); err != nil {
		return nil, err
	}
	id := s.next("user")
	return &made{id: id, location: "/cp/user/" + id, json: object{
		"userId": number(id), "firstName": in.FirstName, "lastName": in.LastName, "email": in.Email,
		"username": in.Username,
	}}, nil
}

type updaterParams struct {
	BatchID word `json:"accountUpdateBatchId"`
}

// createAccountUpdater accepts a batch of cards, in XML or with the same names
// in JSON (inferred). Nothing is updated.
func (s *state) createAccountUpdater(q *request) (*made, error) {
	if sends(q.Request, "application/xml") {
		return takingXML(accountUpdater)(s, q)
	}
	return taking(func(_ *state, _ *request, in updaterParams) (*made, error) {
		if err := required(field{"accountUpdateBatchId", in.BatchID != ""}); err != nil {
			return nil, err
		}
		return &made{id: string(in.BatchID), json: object{"accountUpdateBatchId": in.BatchID}}, nil
	})(s, q)
}
