package bluesnap

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type requestEncoder interface {
	Encode() (RequestDocument, error)
}

var web = &WebInfo{IP: "192.0.2.7", RemoteHost: "shop.example.com", UserAgent: "Mozilla/5.0"}

// newShopper has the elements of the vendor's example "Create Shopper".
func newShopper() ShopperDocument {
	billing := DocumentContact{FirstName: "Ada", LastName: "Okafor", Address1: "1 Main St", City: "Boston", Zip: "02108", State: "MA", Country: "US"}
	contact := billing
	contact.Title, contact.Email, contact.CompanyName, contact.Phone = "Dr.", "ada@example.com", "Okafor & Co", "15550100"
	return ShopperDocument{WebInfo: web, ShopperInfo: ShopperInfo{
		ShopperCurrency: "USD", StoreID: "12", Locale: "en", ShopperContactInfo: &contact,
		PaymentInfo: &PaymentInfo{CreditCards: []DocumentCardInfo{{BillingContactInfo: &billing, CreditCard: &DocumentCard{
			CardNumber: canary, SecurityCode: "837", CardType: "VISA", ExpirationMonth: "02", ExpirationYear: "2031",
		}}}},
	}}
}

func newOrder() OrderDocument {
	return OrderDocument{
		OrderingShopper: OrderingShopper{ShopperID: "19575992", WebInfo: web},
		Cart: Cart{Items: []CartItem{
			{SKUID: "2152762", Quantity: 1},
			{
				SKUID: "7", SKUName: "Gold", Price: &SKUPrice{ChargeType: "initial", Amount: "5.00", Currency: "USD"}, Quantity: 2,
				Parameters: []SKUParameter{{Name: "size", Value: "L"}},
			},
		}, Coupons: &Coupons{Codes: []string{"TEN"}}},
		ExpectedTotalPrice: Price{Amount: "15.00", Currency: "USD"},
		SellerOrderID:      "order-7", StoreCard: new(false),
	}
}

const (
	webInXML     = `<web-info><ip>192.0.2.7</ip><remote-host>shop.example.com</remote-host><user-agent>Mozilla/5.0</user-agent></web-info>`
	shopperInXML = webInXML + `<shopper-info><shopper-currency>USD</shopper-currency><store-id>12</store-id><locale>en</locale>` +
		`<shopper-contact-info><title>Dr.</title><first-name>Ada</first-name><last-name>Okafor</last-name><email>ada@example.com</email>` +
		`<company-name>Okafor &amp; Co</company-name><address1>1 Main St</address1><city>Boston</city><zip>02108</zip><state>MA</state>` +
		`<country>US</country><phone>15550100</phone></shopper-contact-info><payment-info><credit-cards-info><credit-card-info>` +
		`<billing-contact-info><first-name>Ada</first-name><last-name>Okafor</last-name><address1>1 Main St</address1><city>Boston</city>` +
		`<zip>02108</zip><state>MA</state><country>US</country></billing-contact-info><credit-card><card-number>` + canary + `</card-number>` +
		`<security-code>837</security-code><card-type>VISA</card-type><expiration-month>02</expiration-month>` +
		`<expiration-year>2031</expiration-year></credit-card></credit-card-info></credit-cards-info></payment-info></shopper-info>`
	cartInXML = `<cart><cart-item><sku><sku-id>2152762</sku-id></sku><quantity>1</quantity></cart-item><cart-item><sku><sku-id>7</sku-id>` +
		`<sku-name>Gold</sku-name><sku-charge-price><charge-type>initial</charge-type><amount>5.00</amount><currency>USD</currency>` +
		`</sku-charge-price></sku><quantity>2</quantity><sku-parameter><param-name>size</param-name><param-value>L</param-value>` +
		`</sku-parameter></cart-item><coupons><coupon>TEN</coupon></coupons></cart>`
	priceInXML = `<expected-total-price><amount>15.00</amount><currency>USD</currency></expected-total-price>`
	restInXML  = `<seller-order-id>order-7</seller-order-id><store-card>false</store-card>`
	inXML      = ` xmlns="http://ws.plimus.com">`
)

func documentRows() map[string]struct {
	document requestEncoder
	want     string
} {
	batch := BatchOrderDocument{Shopper: newShopper(), Order: newOrder()}
	batch.Order.OrderingShopper.ShopperID = ""
	card := DocumentCard{CardNumber: canary, ExpirationMonth: "02", ExpirationYear: "2031"}
	return map[string]struct {
		document requestEncoder
		want     string
	}{
		"order": {newOrder(), `<order` + inXML + `<ordering-shopper><shopper-id>19575992</shopper-id>` + webInXML +
			`</ordering-shopper>` + cartInXML + priceInXML + restInXML + `</order>`},
		"shopper": {newShopper(), `<shopper` + inXML + shopperInXML + `</shopper>`},
		"batch-order": {batch, `<batch-order` + inXML + `<shopper>` + shopperInXML + `</shopper><order><ordering-shopper>` + webInXML +
			`</ordering-shopper>` + cartInXML + priceInXML + restInXML + `</order></batch-order>`},
		"product": {
			ProductDocument{
				Name: "Gold", ShortDescription: "a plan", LongDescription: "a plan of gold", InfoURL: "https://shop.example.com",
				MerchantDescriptor: "SHOP", SupportEmail: "help@example.com", Image: "gold.jpg",
			},
			`<product` + inXML + `<product-name>Gold</product-name><product-short-description>a plan</product-short-description>` +
				`<product-long-description>a plan of gold</product-long-description><product-info-url>https://shop.example.com</product-info-url>` +
				`<product-merchant-descriptor>SHOP</product-merchant-descriptor><product-support-email>help@example.com</product-support-email>` +
				`<product-image>gold.jpg</product-image></product>`,
		},
		"custom-parameter, a text": {
			CustomParameterDocument{
				Title: "Your reference", Active: new(true), Mandatory: new(false), Settings: CustomParameterSettings{
					Type: "SHORT-TEXT", ShortText: &CustomParamText{MaximumLength: 20, MinimumLength: 3, RegexValidation: "[a-z]"},
					VisualSettings: &VisualSettings{TitleAlignment: "LEFT"},
				},
			},
			`<custom-parameter` + inXML + `<custom-param-title>Your reference</custom-param-title><active>true</active><mandatory>false</mandatory>` +
				`<custom-param-settings><custom-param-type>SHORT-TEXT</custom-param-type><short-text-type><maximum-length>20</maximum-length>` +
				`<minimum-length>3</minimum-length><regex-validation>[a-z]</regex-validation></short-text-type><visual-settings>` +
				`<title-alignment>LEFT</title-alignment></visual-settings></custom-param-settings></custom-parameter>`,
		},
		"custom-parameter, a selection": {
			CustomParameterDocument{Title: "Size", Settings: CustomParameterSettings{
				Type: "FIXED SELECTION", FixedSelection: &FixedSelection{Values: []string{"S", "L"}},
			}},
			`<custom-parameter` + inXML + `<custom-param-title>Size</custom-param-title><custom-param-settings>` +
				`<custom-param-type>FIXED SELECTION</custom-param-type><fixed-selection-type><drop-down-values><drop-down-value>S</drop-down-value>` +
				`<drop-down-value>L</drop-down-value></drop-down-values></fixed-selection-type></custom-param-settings></custom-parameter>`,
		},
		"subscription-charge": {
			SubscriptionChargeDocument{
				ChargeInfo:     ChargeInfo{Description: "September", FromDate: "01-Sep-26", ToDate: "30-Sep-26"},
				SKUChargePrice: &Price{Amount: "15.00", Currency: "USD"}, ExpectedTotalPrice: Price{Amount: "15.00", Currency: "USD"},
			},
			`<subscription-charge` + inXML + `<charge-info><charge-description>September</charge-description><from-date>01-Sep-26</from-date>` +
				`<to-date>30-Sep-26</to-date></charge-info><sku-charge-price><amount>15.00</amount><currency>USD</currency></sku-charge-price>` +
				priceInXML + `</subscription-charge>`,
		},
		"batch-account-update": {
			AccountUpdateDocument{BatchID: "b-7", Updates: []AccountUpdate{{MerchantUpdaterID: "1", OriginalCard: card}}},
			`<batch-account-update` + inXML + `<account-update-batch-id>b-7</account-update-batch-id><account-update>` +
				`<merchant-updater-id>1</merchant-updater-id><original-card><credit-card><card-number>` + canary + `</card-number>` +
				`<expiration-month>02</expiration-month><expiration-year>2031</expiration-year></credit-card></original-card></account-update>` +
				`</batch-account-update>`,
		},
	}
}

// Each has the elements of the vendor's page or schema, by other values.
func TestDocumentsAreWrittenAsTheVendorShowsThem(t *testing.T) {
	for name, row := range documentRows() {
		t.Run(name, func(t *testing.T) {
			got, err := row.document.Encode()
			require.NoError(t, err)
			assert.Equal(t, row.want, string(got))
		})
	}
}

func TestR23_EncodedDocumentsShowNoSecrets(t *testing.T) {
	for name, row := range documentRows() {
		t.Run(name, func(t *testing.T) {
			got, err := row.document.Encode()
			require.NoError(t, err)
			type holder struct{ Document RequestDocument }
			for _, v := range []any{got, &got, holder{got}, &holder{got}} {
				assert.NotContains(t, seenOf(v), canary)
				text, err := json.Marshal(v)
				require.NoError(t, err)
				assert.Contains(t, string(text), " bytes]")
			}
			var binary bytes.Buffer
			require.NoError(t, gob.NewEncoder(&binary).Encode(got))
			assert.NotContains(t, binary.String(), "plimus")
			assert.Contains(t, slog.AnyValue(got).Resolve().String(), " bytes]")
		})
	}
	shown, err := xml.Marshal(newShopper()) // not by Encode
	require.NoError(t, err)
	assert.Contains(t, string(shown), "<card-number>[redacted]</card-number>")
	assert.NotContains(t, string(shown), "837")
}

func TestDocumentsThatCannotBeWrittenAreRefused(t *testing.T) {
	var invalid *InvalidError
	for _, text := range []string{"a\x00b", "a\xffb", "a\x0bb", "a\ufffeb"} {
		_, err := ProductDocument{Name: text}.Encode()
		require.ErrorAs(t, err, &invalid, "%q", text)
		assert.Equal(t, "product", invalid.Field)
	}
	got, err := ProductDocument{Name: "a\tb\n<]]>&\u00e9"}.Encode()
	require.NoError(t, err)
	var back struct {
		Name string `xml:"product-name"`
	}
	require.NoError(t, xml.Unmarshal(got, &back))
	assert.Equal(t, "a\tb\n<]]>&\u00e9", back.Name)

	_, err = AccountUpdateDocument{BatchID: "1", Updates: make([]AccountUpdate, maxAccountUpdates+1)}.Encode()
	require.ErrorAs(t, err, &invalid)
	_, err = AccountUpdateDocument{BatchID: "1", Updates: make([]AccountUpdate, maxAccountUpdates)}.Encode()
	require.NoError(t, err)

	_, err = AccountUpdateDocument{Updates: []AccountUpdate{{OriginalCard: DocumentCard{CardNumber: redacted}}}}.Encode()
	require.ErrorIs(t, err, errRedacted)
	_, err = AccountUpdateDocument{Updates: []AccountUpdate{{OriginalCard: DocumentCard{CardNumber: canary + "\x01"}}}}.Encode()
	require.Error(t, err)
	assert.NotContains(t, err.Error(), canary)
	assert.NotContains(t, err.Error(), revealed)
}
