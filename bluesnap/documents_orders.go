package bluesnap

// OrderDocument is an order: the document of [DocumentsService.CreateOrder].
// Its elements are in the vendor's published schema (order.xsd), and those
// without a remark in its page "Create Order with Existing Shopper". An element
// that is not modelled, such as another means of payment or "three-d-secure",
// needs a document of your own.
type OrderDocument struct {
	OrderingShopper       OrderingShopper `xml:"ordering-shopper"`                  // who orders and pays; required
	Cart                  Cart            `xml:"cart"`                              // what is ordered; required
	ExpectedTotalPrice    Price           `xml:"expected-total-price"`              // the sum to pay; required
	SoftDescriptor        string          `xml:"soft-descriptor,omitempty"`         // on the shopper's statement
	DescriptorPhoneNumber string          `xml:"descriptor-phone-number,omitempty"` // at most 20 characters, likewise
	AffiliateID           ID              `xml:"affiliate-id,omitempty"`            // who referred the shopper
	SellerOrderID         string          `xml:"seller-order-id,omitempty"`         // at most 50 characters
	// TransactionOrderSource is "MOTO", for an order by mail or telephone, or
	// empty.
	TransactionOrderSource string `xml:"transaction-order-source,omitempty"`
	StoreCard              *bool  `xml:"store-card,omitempty"` // the shopper allows that the card is stored
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d OrderDocument) Encode() (RequestDocument, error) { return encodeDocument("order", d) }

// OrderingShopper is who orders. An order of its own names a shopper, by either
// id; one with a new shopper ([BatchOrderDocument]) names none.
type OrderingShopper struct {
	ShopperID          ID               `xml:"shopper-id,omitempty"`           // the vendor's
	SellerShopperID    string           `xml:"seller-shopper-id,omitempty"`    // the merchant's own
	WebInfo            *WebInfo         `xml:"web-info,omitempty"`             // required (documented)
	CreditCard         *DocumentCard    `xml:"credit-card,omitempty"`          // nil: the shopper's default one
	InvoiceContactInfo *DocumentContact `xml:"invoice-contact-info,omitempty"` // whom to send the invoice
	FraudInfo          *FraudInfo       `xml:"fraud-info,omitempty"`           // required by the page alone
	// AuthorizedByShopper: the shopper allows that a bank account is charged.
	AuthorizedByShopper bool `xml:"authorized-by-shopper,omitempty"`
}

// Cart is what is ordered. Its elements are in the vendor's published schema.
type Cart struct {
	Items   []CartItem `xml:"cart-item"`         // at least one
	Coupons *Coupons   `xml:"coupons,omitempty"` // that lower the price
}

// Coupons are coupons of the vendor's catalogue.
type Coupons struct {
	Codes []string `xml:"coupon"` // one a coupon
}

// CartItem is a number of pieces of one SKU. Its elements are in the vendor's
// published schema.
type CartItem struct {
	SKUID      ID             `xml:"sku>sku-id"`                     // of the vendor's catalogue
	SKUName    string         `xml:"sku>sku-name,omitempty"`         // empty: as in the catalogue
	Price      *SKUPrice      `xml:"sku>sku-charge-price,omitempty"` // nil: as in the catalogue
	Quantity   int            `xml:"quantity"`                       // at least 1
	Parameters []SKUParameter `xml:"sku-parameter,omitempty"`        // the SKU's custom parameters
}

// SKUPrice replaces a SKU's price in one order.
type SKUPrice struct {
	ChargeType string `xml:"charge-type"` // which of the SKU's charges
	Amount     Amount `xml:"amount"`      // a piece's
	Currency   string `xml:"currency"`    // an ISO 4217 code
}

// SKUParameter is the value of a custom parameter.
type SKUParameter struct {
	Name  string `xml:"param-name"`  // the parameter's
	Value string `xml:"param-value"` // what the shopper chose
}

// Price is a sum of money.
type Price struct {
	Amount   Amount `xml:"amount"`   // such as "15.00"
	Currency string `xml:"currency"` // an ISO 4217 code
}

// BatchOrderDocument is a new shopper with an order: the document of
// [DocumentsService.PlaceBatchOrder] (documented: "Create Order and New
// Shopper"). The order is paid by the shopper's card, and in the shopper's
// currency.
type BatchOrderDocument struct {
	Shopper ShopperDocument `xml:"shopper"` // who is stored, with a card
	Order   OrderDocument   `xml:"order"`   // what is ordered, of no shopper by id
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d BatchOrderDocument) Encode() (RequestDocument, error) {
	return encodeDocument("batch-order", d)
}

// SubscriptionChargeDocument charges an on-demand subscription: the document of
// [DocumentsService.CreateSubscriptionCharge] (documented: "Create Subscription
// Charge", with an example that has each element without a remark).
type SubscriptionChargeDocument struct {
	ChargeInfo         ChargeInfo `xml:"charge-info"`                // required
	SKUChargePrice     *Price     `xml:"sku-charge-price,omitempty"` // nil: as in the catalogue (inferred)
	ExpectedTotalPrice Price      `xml:"expected-total-price"`       // the sum that the vendor checks; required
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d SubscriptionChargeDocument) Encode() (RequestDocument, error) {
	return encodeDocument("subscription-charge", d)
}

// ChargeInfo is what a charge is for. The last two elements are in the vendor's
// published schema alone.
type ChargeInfo struct {
	Description    string `xml:"charge-description,omitempty"`        // for the shopper
	FromDate       string `xml:"from-date,omitempty"`                 // such as "01-Sep-18"
	ToDate         string `xml:"to-date,omitempty"`                   // such as "30-Sep-18"
	SoftDescriptor string `xml:"on-demand-soft-descriptor,omitempty"` // on the shopper's statement
	SellerOrderID  string `xml:"seller-order-id,omitempty"`           // the merchant's own name for the charge
}
