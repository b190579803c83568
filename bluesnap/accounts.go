package bluesnap

import (
	"context"
	"net/url"
)

// AccountsService changes what belongs to the merchant: Apple Pay domains,
// custom reports, users of the console.
type AccountsService service

// WalletParams say which domains pay by a wallet.
type WalletParams struct {
	// WalletType is "APPLE_PAY", the only one that is documented. Required.
	WalletType string `json:"walletType,omitempty"`
	// ApplePay names the domains.
	ApplePay *ApplePay `json:"applePay,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ApplePay names domains for Apple Pay.
type ApplePay struct {
	// Domains are names without a scheme.
	Domains []string `json:"domains,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Wallet is a registration of domains.
type Wallet struct {
	// ID is the registration's. The response carries it in its Location alone.
	ID ID `json:"id,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// OnboardWallet registers domains for Apple Pay.
//
// Operation OnboardWallet, class keyed (documented).
func (s *AccountsService) OnboardWallet(
	ctx context.Context, params WalletParams, opts ...CallOption,
) (*Wallet, *Response, error) {
	return call[Wallet](ctx, s.client, callSpec{op: operations["OnboardWallet"], body: params}, opts)
}

// ReportParams say what a custom report shows. All three fields are required.
type ReportParams struct {
	// Title is the report's.
	Title string `json:"title,omitempty"`
	// Category is the kind of report.
	Category string `json:"category,omitempty"`
	// Columns are what it shows.
	Columns []ReportColumn `json:"columns,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ReportColumn is a column of a report.
type ReportColumn struct {
	// Name is the column's.
	Name string `json:"name,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Report is a custom report.
type Report struct {
	// ID is the report's.
	ID ID `json:"id,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// CreateReport defines a custom report, of which an account has at most 50.
//
// Operation CreateReport, class keyed (documented).
func (s *AccountsService) CreateReport(
	ctx context.Context, params ReportParams, opts ...CallOption,
) (*Report, *Response, error) {
	return call[Report](ctx, s.client, callSpec{op: operations["CreateReport"], body: params}, opts)
}

// UserParams say who may use the console. The first four fields are required.
type UserParams struct {
	// FirstName and LastName are the user's.
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	// Email is where the invitation goes.
	Email string `json:"email,omitempty"`
	// Username is what the user signs in with.
	Username string `json:"username,omitempty"`
	// OnBehalfOf is the merchant id of a linked account that the user is made
	// for; empty: one's own. It belongs to the request that a key identifies.
	OnBehalfOf ID `json:"-"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// User may use the console.
type User struct {
	// UserID is the user's.
	UserID ID `json:"userId,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
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
