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
// documented ("transactionFraudInfo").
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

// VendorsInfo are the shares of a marketplace's vendors in a payment
// (documented: "Capture").
type VendorsInfo struct {
	VendorInfo []VendorInfo `json:"vendorInfo,omitempty"` // one a vendor
	Extra      Extra        `json:"-"`                    // what is not modelled
}

// VendorInfo is one vendor's share. Its fields are documented ("vendorInfo"):
// either a percentage or a sum is sent, not both.
type VendorInfo struct {
	VendorID ID `json:"vendorId,omitempty"` // the vendor's
	// CommissionPercent is the vendor's commission, 0 to 100; empty is 0.
	CommissionPercent Amount `json:"commissionPercent,omitempty"`
	// CommissionAmount is the vendor's commission in the payment's currency.
	CommissionAmount Amount `json:"commissionAmount,omitempty"`
	// RecurringCommissionPercent is the same for a subscription's later charges.
	RecurringCommissionPercent Amount `json:"recurringCommissionPercent,omitempty"`
	// RecurringCommissionAmount is the same for a subscription's later charges.
	RecurringCommissionAmount Amount `json:"recurringCommissionAmount,omitempty"`
	Extra                     Extra  `json:"-"` // what is not modelled
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

// Level3Data is a purchase in detail, for cards of companies. Its fields are
// documented ("level3Data"); which a card's network requires is in the vendor's
// guide "Level 2/3 Data".
type Level3Data struct {
	CustomerReferenceNumber string `json:"customerReferenceNumber,omitempty"` // the shopper's, of the order
	SalesTaxAmount          Amount `json:"salesTaxAmount,omitempty"`          // the sales tax of all
	FreightAmount           Amount `json:"freightAmount,omitempty"`           // for shipping
	DutyAmount              Amount `json:"dutyAmount,omitempty"`              // import and export duties
	DestinationZipCode      string `json:"destinationZipCode,omitempty"`      // where the goods go
	DestinationCountryCode  string `json:"destinationCountryCode,omitempty"`  // where the goods go
	ShipFromZipCode         string `json:"shipFromZipCode,omitempty"`         // where the goods come from
	DiscountAmount          Amount `json:"discountAmount,omitempty"`          // the discount on all
	TaxAmount               Amount `json:"taxAmount,omitempty"`               // the tax or VAT of all
	TaxRate                 Amount `json:"taxRate,omitempty"`                 // its rate
	// Items are what was bought; the vendor ignores those after the 97th.
	Items []Level3DataItem `json:"level3DataItems,omitempty"`
	Extra Extra            `json:"-"` // what is not modelled
}

// Level3DataItem is one of the things bought. Its fields are documented
// ("level3DataItems").
type Level3DataItem struct {
	LineItemTotal     Amount `json:"lineItemTotal,omitempty"`     // what it costs in all
	CommodityCode     string `json:"commodityCode,omitempty"`     // its kind; of digits, not all zeros, for Visa
	Description       string `json:"description,omitempty"`       // in words
	DiscountAmount    Amount `json:"discountAmount,omitempty"`    // the discount on it
	DiscountIndicator string `json:"discountIndicator,omitempty"` // "Y" or "N": whether there is a discount
	GrossNetIndicator string `json:"grossNetIndicator,omitempty"` // "Y" or "N": whether its amount has the tax
	ProductCode       string `json:"productCode,omitempty"`       // the merchant's own
	ItemQuantity      Amount `json:"itemQuantity,omitempty"`      // how many
	TaxAmount         Amount `json:"taxAmount,omitempty"`         // the tax on it
	TaxRate           Amount `json:"taxRate,omitempty"`           // its rate
	TaxType           string `json:"taxType,omitempty"`           // the tax's kind
	UnitCost          Amount `json:"unitCost,omitempty"`          // what one costs
	UnitOfMeasure     string `json:"unitOfMeasure,omitempty"`     // what one is
	Extra             Extra  `json:"-"`                           // what is not modelled
}
