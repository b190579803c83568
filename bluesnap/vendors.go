package bluesnap

import "context"

// VendorsService makes the vendors of a marketplace, who receive shares of
// payments.
type VendorsService service

// VendorParams say who the vendor is.
type VendorParams struct {
	// Email is the vendor's. Required.
	Email string `json:"email,omitempty"`
	// Country is an ISO 3166-1 code. Required.
	Country string `json:"country,omitempty"`
	// Extra holds what is not modelled, such as "payoutInfo"; the newest
	// revision of the API requires "termsOfService" and wants
	// "payoutConfiguration".
	Extra Extra `json:"-"`
}

// Vendor receives shares of payments.
type Vendor struct {
	// VendorID is the vendor's. The response carries it in its Location alone.
	VendorID ID `json:"vendorId,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Create makes a vendor.
//
// Operation CreateVendor, class keyed (documented). A response without a
// Location, which a repeated one may be, or with one that is not of the server
// that was called, is [ErrResponseLost] with [OutcomeDone].
func (s *VendorsService) Create(
	ctx context.Context, params VendorParams, opts ...CallOption,
) (*Vendor, *Response, error) {
	return call[Vendor](ctx, s.client, callSpec{op: operations["CreateVendor"], body: params}, opts)
}
