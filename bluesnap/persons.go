package bluesnap

// CardHolderInfo is a card's owner. Name and zip are in the vendor's example.
type CardHolderInfo struct {
	FirstName string `json:"firstName,omitempty"` // the holder's
	LastName  string `json:"lastName,omitempty"`  // the holder's
	Zip       string `json:"zip,omitempty"`       // the postal code
	Extra     Extra  `json:"-"`                   // the other fields
}

// CreditCard is a card. Responses carry no full number and no security code.
type CreditCard struct {
	Number          Secret `json:"cardNumber,omitempty"`      // the card's whole number
	SecurityCode    Secret `json:"securityCode,omitempty"`    // the three or four digits beside it
	ExpirationMonth string `json:"expirationMonth,omitempty"` // "01" to "12"
	ExpirationYear  string `json:"expirationYear,omitempty"`  // four digits
	Extra           Extra  `json:"-"`                         // what is not modelled
}

// ECPTransaction is the bank account of an electronic check.
type ECPTransaction struct {
	RoutingNumber Secret `json:"routingNumber,omitempty"` // the bank's
	AccountType   string `json:"accountType,omitempty"`   // such as "CONSUMER_CHECKING"
	AccountNumber Secret `json:"accountNumber,omitempty"` // the account's whole number
	Extra         Extra  `json:"-"`                       // what is not modelled
}

// PayerInfo is a payer who is not vaulted. Its fields are inferred.
type PayerInfo struct {
	FirstName string `json:"firstName,omitempty"` // the payer's
	LastName  string `json:"lastName,omitempty"`  // the payer's
	Zip       string `json:"zip,omitempty"`       // the postal code
	Extra     Extra  `json:"-"`                   // what is not modelled
}

// ProcessingInfo is how far a payment is.
type ProcessingInfo struct {
	Status ProcessingStatus `json:"processingStatus,omitempty"` // known from other people's clients
	Extra  Extra            `json:"-"`                          // what is not modelled
}

// ProcessingStatus is how far a payment is. An executed one may be pending.
type ProcessingStatus string

// The processing statuses.
const (
	ProcessingSuccess               ProcessingStatus = "SUCCESS"
	ProcessingFail                  ProcessingStatus = "FAIL"
	ProcessingPending               ProcessingStatus = "PENDING"
	ProcessingPendingMerchantReview ProcessingStatus = "PENDING_MERCHANT_REVIEW"
)
