package bluesnap

// ThreeDSecure is a payment's authentication by 3-D Secure. Its fields are
// documented ("threeDSecure").
type ThreeDSecure struct {
	ResultToken          Secret `json:"threeDSecureResultToken,omitempty"` // from Client-Side Encryption
	ECI                  string `json:"eci,omitempty"`                     // from a merchant plug-in, such as "05"
	CAVV                 Secret `json:"cavv,omitempty"`                    // from a merchant plug-in, in Base64
	XID                  string `json:"xid,omitempty"`                     // from a merchant plug-in, in Base64
	DSTransactionID      string `json:"dsTransactionId,omitempty"`         // the 3DS server's, a UUID
	Version              string `json:"threeDSecureVersion,omitempty"`     // such as "2.2.0"
	ReferenceID          string `json:"threeDSecureReferenceId,omitempty"` // the initial transaction's
	AuthenticationResult string `json:"authenticationResult,omitempty"`    // in responses
	Extra                Extra  `json:"-"`                                 // what is not modelled
}

// TransactionFraudInfo is what the fraud prevention may know. Its fields are
// known from other people's clients.
type TransactionFraudInfo struct {
	FraudSessionID       string       `json:"fraudSessionId,omitempty"`       // of the device's data
	ShopperIPAddress     string       `json:"shopperIpAddress,omitempty"`     // the shopper's
	Company              string       `json:"company,omitempty"`              // the shopper's
	EnterpriseSiteID     string       `json:"enterpriseSiteId,omitempty"`     // of the merchant's site
	CustomerID           string       `json:"customerId,omitempty"`           // the merchant's own, of the shopper
	CustomerCreationDate string       `json:"customerCreationDate,omitempty"` // since when the shopper is known
	ShippingContactInfo  *ContactInfo `json:"shippingContactInfo,omitempty"`  // where to
	// Extra holds what is not modelled, such as "enterpriseUdfs".
	Extra Extra `json:"-"`
}

// PaymentWallet pays by a wallet on the shopper's device. That a payment takes
// it is documented ("Auth Capture"), its fields are known from other people's
// clients.
type PaymentWallet struct {
	Type                string             `json:"walletType,omitempty"`          // such as "APPLE_PAY" or "GOOGLE_PAY"
	EncodedPaymentToken Secret             `json:"encodedPaymentToken,omitempty"` // the device's, in Base64
	ApplePay            *ApplePayReference `json:"applePay,omitempty"`            // an older form of it
	Extra               Extra              `json:"-"`                             // what is not modelled
}

// ApplePayReference is an Apple Pay token.
type ApplePayReference struct {
	EncodedPaymentToken Secret `json:"encodedPaymentToken,omitempty"` // the device's, in Base64
	Extra               Extra  `json:"-"`                             // what is not modelled
}

// VendorsInfo are the shares of a marketplace's vendors in a payment. That a
// payment takes it is documented ("Capture"), its fields are known from other
// people's clients.
type VendorsInfo struct {
	VendorInfo []VendorInfo `json:"vendorInfo,omitempty"` // one a vendor
	Extra      Extra        `json:"-"`                    // what is not modelled
}

// VendorInfo is one vendor's share.
type VendorInfo struct {
	VendorID          ID     `json:"vendorId,omitempty"`          // the vendor's
	CommissionPercent Amount `json:"commissionPercent,omitempty"` // the merchant's part, in percent
	CommissionAmount  Amount `json:"commissionAmount,omitempty"`  // or as a sum
	Extra             Extra  `json:"-"`                           // what is not modelled
}

// TransactionMetaData is the merchant's own data of a payment. Its fields are
// documented ("Refund").
type TransactionMetaData struct {
	MetaData []MetaData `json:"metaData,omitempty"` // one an entry
	Extra    Extra      `json:"-"`                  // what is not modelled
}

// MetaData is an entry of the merchant's own data.
type MetaData struct {
	Key         string `json:"metaKey,omitempty"`         // names the entry
	Value       string `json:"metaValue,omitempty"`       // the data
	Description string `json:"metaDescription,omitempty"` // for people
	IsVisible   *bool  `json:"isVisible,omitempty"`       // to the shopper (inferred); nil is the vendor's default
	Extra       Extra  `json:"-"`                         // what is not modelled
}

// Level3Data is a purchase in detail, for cards of companies. That a payment
// takes it is documented ("Capture"); its fields could not be read, and go
// through Extra.
type Level3Data struct {
	Extra Extra `json:"-"` // such as "customerReferenceNumber"
}
