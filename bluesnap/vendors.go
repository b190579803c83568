package bluesnap

import "context"

// VendorsService makes a marketplace's vendors, who receive shares of payments.
type VendorsService service

// VendorParams describe a vendor.
type VendorParams struct {
	Email   string `json:"email,omitempty"`   // the vendor's; required
	Country string `json:"country,omitempty"` // an ISO 3166-1 code; required
	// Extra holds what is not modelled, such as "payoutInfo"; the newest
	// revision requires "termsOfService" and wants "payoutConfiguration".
	Extra Extra `json:"-"`
}

// Vendor receives shares of payments.
type Vendor struct {
	VendorID ID    `json:"vendorId,omitempty"` // the vendor's, from the response's Location
	Extra    Extra `json:"-"`                  // what is not modelled
}

// Create makes a vendor.
//
// Operation CreateVendor, class keyed (documented). A response whose Location
// is missing, as a repeated one's may be, or of another server, is
// [ErrResponseLost] with [OutcomeDone].
func (s *VendorsService) Create(
	ctx context.Context, params VendorParams, opts ...CallOption,
) (*Vendor, *Response, error) {
	return call[Vendor](ctx, s.client, callSpec{op: operations["CreateVendor"], body: params}, opts)
}
