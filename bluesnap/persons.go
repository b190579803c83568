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
	// LastFourDigits are the number's; with CardType they choose a stored card.
	LastFourDigits string `json:"cardLastFourDigits,omitempty"`
	CardType       string `json:"cardType,omitempty"`    // such as "VISA"
	CardSubType    string `json:"cardSubType,omitempty"` // in responses, such as "CREDIT"
	Extra          Extra  `json:"-"`                     // what is not modelled
}

// ECPTransaction is the bank account of an electronic check. Responses carry
// the public parts alone.
type ECPTransaction struct {
	RoutingNumber Secret `json:"routingNumber,omitempty"` // the bank's
	AccountType   string `json:"accountType,omitempty"`   // such as "CONSUMER_CHECKING"
	AccountNumber Secret `json:"accountNumber,omitempty"` // the account's whole number

	PublicRoutingNumber string `json:"publicRoutingNumber,omitempty"` // the last digits of the bank's
	PublicAccountNumber string `json:"publicAccountNumber,omitempty"` // the last digits of the account's
	Extra               Extra  `json:"-"`                             // what is not modelled
}

// PayerInfo is a payer who is not vaulted. Its fields are inferred.
type PayerInfo struct {
	FirstName string `json:"firstName,omitempty"` // the payer's
	LastName  string `json:"lastName,omitempty"`  // the payer's
	Zip       string `json:"zip,omitempty"`       // the postal code
	Extra     Extra  `json:"-"`                   // what is not modelled
}

// ContactInfo is a person to send to or to bill. Its fields are known from
// other people's clients.
type ContactInfo struct {
	FirstName   string `json:"firstName,omitempty"`   // the person's
	LastName    string `json:"lastName,omitempty"`    // the person's
	Email       string `json:"email,omitempty"`       // the person's
	Phone       string `json:"phone,omitempty"`       // the person's
	Country     string `json:"country,omitempty"`     // an ISO 3166-1 code
	State       string `json:"state,omitempty"`       // a code, in the US and Canada
	City        string `json:"city,omitempty"`        // the address's
	Address1    string `json:"address1,omitempty"`    // the address's first line
	Address2    string `json:"address2,omitempty"`    // the address's second line
	Zip         string `json:"zip,omitempty"`         // the postal code
	CompanyName string `json:"companyName,omitempty"` // the person's company
	Extra       Extra  `json:"-"`                     // what is not modelled
}
