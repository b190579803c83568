package bluesnap

// ShopperDocument is a shopper of the older kind: the document of
// [DocumentsService.CreateShopper] (documented: "Create Shopper"). The page's
// table requires web-info, fraud-info and shopper-info; its example has no
// fraud-info, and the vendor's published schema (shopper.xsd) requires none. An
// element that is not modelled, such as another means of payment, needs a
// document of your own.
type ShopperDocument struct {
	WebInfo     *WebInfo    `xml:"web-info,omitempty"`   // the shopper's browser
	FraudInfo   *FraudInfo  `xml:"fraud-info,omitempty"` // for the vendor's fraud checks
	ShopperInfo ShopperInfo `xml:"shopper-info"`         // who the shopper is
	WalletID    ID          `xml:"wallet-id,omitempty"`  // of a wallet that has the payment details
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d ShopperDocument) Encode() (RequestDocument, error) { return encodeDocument("shopper", d) }

// ShopperInfo is who a shopper is (documented: "shopper-info").
type ShopperInfo struct {
	SellerShopperID       string `xml:"seller-shopper-id,omitempty"`       // the merchant's own name for the shopper
	ShopperCurrency       string `xml:"shopper-currency,omitempty"`        // an ISO 4217 code
	StoreID               ID     `xml:"store-id,omitempty"`                // of the merchant's store
	VATCode               string `xml:"vat-code,omitempty"`                // who has one pays no VAT to the merchant
	Locale                string `xml:"locale,omitempty"`                  // a language, such as "en"
	SoftDescriptor        string `xml:"soft-descriptor,omitempty"`         // on the statement, when the card is checked
	DescriptorPhoneNumber string `xml:"descriptor-phone-number,omitempty"` // at most 20 characters

	ShopperContactInfo  *DocumentContact `xml:"shopper-contact-info,omitempty"`  // the shopper's address
	InvoiceContactsInfo *InvoiceContacts `xml:"invoice-contacts-info,omitempty"` // whom to send invoices
	PaymentInfo         *PaymentInfo     `xml:"payment-info,omitempty"`          // the means of payment
}

// InvoiceContacts are whom to send invoices.
type InvoiceContacts struct {
	Contacts []DocumentContact `xml:"invoice-contact-info"` // one a person
}

// PaymentInfo is a shopper's means of payment.
type PaymentInfo struct {
	CreditCards []DocumentCardInfo `xml:"credit-cards-info>credit-card-info"` // the cards
}

// WebInfo is the shopper's browser. Its elements are in the vendor's examples,
// save the last, which is in its published schema.
type WebInfo struct {
	IP             string `xml:"ip,omitempty"`              // the browser's address
	RemoteHost     string `xml:"remote-host,omitempty"`     // as in "www.merchant.com" of the examples
	UserAgent      string `xml:"user-agent,omitempty"`      // the browser's header
	AcceptLanguage string `xml:"accept-language,omitempty"` // the browser's header
}

// FraudInfo is for the vendor's fraud checks. Its elements are in the vendor's
// published schema (fraud-info.xsd).
type FraudInfo struct {
	FraudSessionID   string     `xml:"fraud-session-id,omitempty"`   // of the device data collector
	EnterpriseSiteID string     `xml:"enterprise-site-id,omitempty"` // of one of the merchant's sites
	EnterpriseUDFs   *FraudUDFs `xml:"enterprise-udfs,omitempty"`    // the merchant's own data
}

// FraudUDFs are fields of the merchant's own for the fraud checks.
type FraudUDFs struct {
	Fields []FraudUDF `xml:"udf"` // at least one
}

// FraudUDF is one of them.
type FraudUDF struct {
	Name  string `xml:"udf-name"`  // as the merchant defined it
	Value string `xml:"udf-value"` // in this request
}

// DocumentContact is a person's name and address. A billing contact has no
// title, email, phone and fax, and an invoice's contact no personal number (the
// vendor's published schemas).
type DocumentContact struct {
	Title       string `xml:"title,omitempty"`        // such as "Mr."
	FirstName   string `xml:"first-name,omitempty"`   // the person's
	LastName    string `xml:"last-name,omitempty"`    // the person's
	Email       string `xml:"email,omitempty"`        // the person's
	CompanyName string `xml:"company-name,omitempty"` // the person's company
	Address1    string `xml:"address1,omitempty"`     // the address's first line
	Address2    string `xml:"address2,omitempty"`     // the address's second line
	City        string `xml:"city,omitempty"`         // the address's
	Zip         string `xml:"zip,omitempty"`          // the postal code
	State       string `xml:"state,omitempty"`        // a code, in the US and Canada alone
	Country     string `xml:"country,omitempty"`      // an ISO 3166-1 code
	Phone       string `xml:"phone,omitempty"`        // the person's
	Fax         string `xml:"fax,omitempty"`          // the person's
	// PersonalIdentificationNumber is what some countries have for taxes.
	PersonalIdentificationNumber Secret `xml:"personal-identification-number,omitempty"`
}

// DocumentCardInfo is a card among a shopper's means of payment. Its elements
// are in the vendor's published schema (credit-card-info.xsd).
type DocumentCardInfo struct {
	BillingContactInfo *DocumentContact `xml:"billing-contact-info,omitempty"` // whom to bill
	// PFToken has the card, of [PaymentFieldsService.CreateToken].
	PFToken    Secret        `xml:"pf-token,omitempty"`
	CreditCard *DocumentCard `xml:"credit-card,omitempty"` // the card itself
}

// DocumentCard is a card. A stored one is chosen by LastFourDigits and
// CardType. Its elements are in the vendor's published schema.
type DocumentCard struct {
	CardNumber            Secret `xml:"card-number,omitempty"`             // the whole number
	EncryptedCardNumber   Secret `xml:"encrypted-card-number,omitempty"`   // by the vendor's script in the browser
	LastFourDigits        string `xml:"card-last-four-digits,omitempty"`   // the number's
	SecurityCode          Secret `xml:"security-code,omitempty"`           // the three or four digits beside it
	EncryptedSecurityCode Secret `xml:"encrypted-security-code,omitempty"` // by the vendor's script in the browser
	SecurityCodePFToken   Secret `xml:"security-code-pf-token,omitempty"`  // a token that has the code
	CardType              string `xml:"card-type,omitempty"`               // such as "VISA"
	ExpirationMonth       string `xml:"expiration-month,omitempty"`        // "01" to "12"
	ExpirationYear        string `xml:"expiration-year,omitempty"`         // four digits
}

// maxAccountUpdates is the vendor's limit (documented).
const maxAccountUpdates = 2000

// AccountUpdateDocument is a batch of cards whose current data is requested:
// the document of [DocumentsService.CreateAccountUpdater] (documented: "Create
// Account Updater"; the elements of a card are in the vendor's published
// schemas).
type AccountUpdateDocument struct {
	BatchID string          `xml:"account-update-batch-id"` // unique, of the merchant's choice; required
	Updates []AccountUpdate `xml:"account-update"`          // at least one, at most 2,000
}

// AccountUpdate is one of the cards.
type AccountUpdate struct {
	MerchantUpdaterID string       `xml:"merchant-updater-id"`       // names the card in the result; required
	OriginalCard      DocumentCard `xml:"original-card>credit-card"` // the number and when it expires; required
}

// Encode writes the document. It fails if there are more than 2,000 cards, or
// if a text has a character that XML cannot carry.
func (d AccountUpdateDocument) Encode() (RequestDocument, error) {
	if len(d.Updates) > maxAccountUpdates {
		return nil, &InvalidError{Field: "account-update", Reason: "is there more than 2,000 times"}
	}
	return encodeDocument("batch-account-update", d)
}
