package bluesnap

import (
	"context"
	"net/url"
)

// AccountsService changes Apple Pay domains, custom reports and console users.
type AccountsService service

// WalletParams name the domains that pay by a wallet.
type WalletParams struct {
	WalletType string    `json:"walletType,omitempty"` // "APPLE_PAY", the only documented one; required
	ApplePay   *ApplePay `json:"applePay,omitempty"`   // names the domains
	Extra      Extra     `json:"-"`                    // what is not modelled
}

// ApplePay names domains for Apple Pay.
type ApplePay struct {
	Domains []string `json:"domains,omitempty"` // names without a scheme
	Extra   Extra    `json:"-"`                 // what is not modelled
}

// Wallet is a registration of domains.
type Wallet struct {
	ID    ID    `json:"id,omitempty"` // the registration's, from the response's Location
	Extra Extra `json:"-"`            // what is not modelled
}

// OnboardWallet registers domains for Apple Pay.
//
// Operation OnboardWallet, class keyed (documented).
func (s *AccountsService) OnboardWallet(
	ctx context.Context, params WalletParams, opts ...CallOption,
) (*Wallet, *Response, error) {
	return call[Wallet](ctx, s.client, callSpec{op: operations["OnboardWallet"], body: params}, opts)
}

// ReportParams describe a custom report. The first three fields are required.
type ReportParams struct {
	Title    string         `json:"title,omitempty"`    // the report's
	Category string         `json:"category,omitempty"` // the kind of report
	Columns  []ReportColumn `json:"columns,omitempty"`  // what it shows
	Extra    Extra          `json:"-"`                  // what is not modelled
}

// ReportColumn is a column of a report.
type ReportColumn struct {
	Name  string `json:"name,omitempty"` // the column's
	Extra Extra  `json:"-"`              // what is not modelled
}

// Report is a custom report.
type Report struct {
	ID    ID    `json:"id,omitempty"` // the report's
	Extra Extra `json:"-"`            // what is not modelled
}

// CreateReport defines a custom report, of which an account has at most 50.
//
// Operation CreateReport, class keyed (documented).
func (s *AccountsService) CreateReport(
	ctx context.Context, params ReportParams, opts ...CallOption,
) (*Report, *Response, error) {
	return call[Report](ctx, s.client, callSpec{op: operations["CreateReport"], body: params}, opts)
}

// UserParams describe a console user. The first four fields are required.
type UserParams struct {
	FirstName string `json:"firstName,omitempty"` // the user's
	LastName  string `json:"lastName,omitempty"`  // the user's
	Email     string `json:"email,omitempty"`     // where the invitation goes
	Username  string `json:"username,omitempty"`  // what the user signs in with
	// OnBehalfOf is the merchant id of the linked account that the user is for;
	// empty: one's own. It belongs to the request that a key identifies.
	OnBehalfOf ID    `json:"-"`
	Extra      Extra `json:"-"` // what is not modelled
}

// User may use the console.
type User struct {
	UserID ID    `json:"userId,omitempty"` // the user's
	Extra  Extra `json:"-"`                // what is not modelled
}

// CreateUser makes a user of the console.
//
// Operation CreateUser, class keyed (documented).
func (s *AccountsService) CreateUser(
	ctx context.Context, params UserParams, opts ...CallOption,
) (*User, *Response, error) {
	in := callSpec{op: operations["CreateUser"], body: params}
	if params.OnBehalfOf != "" {
		in.query = url.Values{"onbehalfofmid": {string(params.OnBehalfOf)}}
	}
	return call[User](ctx, s.client, in, opts)
}
