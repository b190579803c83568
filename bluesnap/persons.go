package bluesnap

// CardHolderInfo says whose card it is. Name and zip are in the vendor's
// example, the rest of its fields go into Extra.
type CardHolderInfo struct {
	// FirstName and LastName are the holder's.
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	// Zip is the postal code.
	Zip string `json:"zip,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// CreditCard is a card. Responses carry no full number and no security code.
type CreditCard struct {
	// Number is the card's whole number.
	Number Secret `json:"cardNumber,omitempty"`
	// SecurityCode is the three or four digits beside it.
	SecurityCode Secret `json:"securityCode,omitempty"`
	// ExpirationMonth is "01" to "12".
	ExpirationMonth string `json:"expirationMonth,omitempty"`
	// ExpirationYear has four digits.
	ExpirationYear string `json:"expirationYear,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ECPTransaction is the bank account of an electronic check.
type ECPTransaction struct {
	// RoutingNumber is the bank's.
	RoutingNumber Secret `json:"routingNumber,omitempty"`
	// AccountType is such as "CONSUMER_CHECKING".
	AccountType string `json:"accountType,omitempty"`
	// AccountNumber is the account's whole number.
	AccountNumber Secret `json:"accountNumber,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// PayerInfo says who pays where no vaulted shopper does. Its fields are
// inferred from [CardHolderInfo].
type PayerInfo struct {
	// FirstName and LastName are the payer's.
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	// Zip is the postal code.
	Zip string `json:"zip,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ProcessingInfo says how far a payment is.
type ProcessingInfo struct {
	// Status is one of the processing statuses (their names are known from
	// other people's clients).
	Status ProcessingStatus `json:"processingStatus,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ProcessingStatus is how far a payment is. A payment that was executed may
// still be pending.
type ProcessingStatus string

// The processing statuses.
const (
	ProcessingSuccess               ProcessingStatus = "SUCCESS"
	ProcessingFail                  ProcessingStatus = "FAIL"
	ProcessingPending               ProcessingStatus = "PENDING"
	ProcessingPendingMerchantReview ProcessingStatus = "PENDING_MERCHANT_REVIEW"
)
