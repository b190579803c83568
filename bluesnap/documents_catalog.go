package bluesnap

// ProductDocument is a product: the document of [DocumentsService.CreateProduct]
// (documented: "Create Product", with an example that has each element save the
// status).
type ProductDocument struct {
	Status             string `xml:"product-status,omitempty"`              // empty: the vendor's default
	Name               string `xml:"product-name,omitempty"`                // required
	ShortDescription   string `xml:"product-short-description,omitempty"`   // required
	LongDescription    string `xml:"product-long-description,omitempty"`    // in sentences
	InfoURL            string `xml:"product-info-url,omitempty"`            // a page about it
	MerchantDescriptor string `xml:"product-merchant-descriptor,omitempty"` // on the shopper's statement
	SupportEmail       string `xml:"product-support-email,omitempty"`       // for the shopper
	Image              string `xml:"product-image,omitempty"`               // a file's name, such as "image.jpg"
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d ProductDocument) Encode() (RequestDocument, error) { return encodeDocument("product", d) }

// CustomParameterDocument is a field of the checkout: the document of
// [DocumentsService.CreateCustomParameter] (documented: "Create Custom
// Parameter", whose resource is shown whole in "Update Custom Parameter").
type CustomParameterDocument struct {
	Title     string                  `xml:"custom-param-title"`    // required
	Active    *bool                   `xml:"active,omitempty"`      // nil: the vendor's default
	Mandatory *bool                   `xml:"mandatory,omitempty"`   // the shopper must fill it in
	Settings  CustomParameterSettings `xml:"custom-param-settings"` // required
}

// Encode writes the document. It fails if a text has a character that XML
// cannot carry.
func (d CustomParameterDocument) Encode() (RequestDocument, error) {
	return encodeDocument("custom-parameter", d)
}

// CustomParameterSettings are what a custom parameter takes. Those of other
// types than "SHORT-TEXT" are in the vendor's published schema
// (custom-parameter.xsd).
type CustomParameterSettings struct {
	Type           string           `xml:"custom-param-type"`              // such as "SHORT-TEXT"; required
	ShortText      *CustomParamText `xml:"short-text-type,omitempty"`      // a line
	LongText       *CustomParamText `xml:"long-text-type,omitempty"`       // several lines
	FixedSelection *FixedSelection  `xml:"fixed-selection-type,omitempty"` // one of several values
	MerchantValue  *CustomParamText `xml:"merchant-value-type,omitempty"`  // a value that the merchant sets
	VisualSettings *VisualSettings  `xml:"visual-settings,omitempty"`      // how the checkout shows it
}

// FixedSelection is what a shopper chooses from.
type FixedSelection struct {
	Values []string `xml:"drop-down-values>drop-down-value"` // in the order to show
}

// VisualSettings are how the checkout shows a custom parameter.
type VisualSettings struct {
	TitleAlignment string `xml:"title-alignment"` // such as "LEFT"
}

// CustomParamText limits a text.
type CustomParamText struct {
	MaximumLength   int    `xml:"maximum-length,omitempty"`   // zero: the vendor's
	MinimumLength   int    `xml:"minimum-length,omitempty"`   // zero: the vendor's
	RegexValidation string `xml:"regex-validation,omitempty"` // of a short text alone
}
