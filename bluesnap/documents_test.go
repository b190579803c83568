package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

var (
	webInfo = &bluesnap.WebInfo{IP: "192.0.2.7", RemoteHost: "shop.example.com", UserAgent: "Mozilla/5.0"}
	total   = bluesnap.Price{Amount: "5.00", Currency: "USD"}
	cart    = bluesnap.Cart{Items: []bluesnap.CartItem{{SKUID: "2152762", Quantity: 1}}}
)

func printDocument(d *bluesnap.Document, resp *bluesnap.Response, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, d.ID != "", len(d.Body) > 0)
}

func ExampleDocumentsService_PlaceBatchOrder() {
	sb, client := start()
	defer sb.Close()
	order, err := bluesnap.BatchOrderDocument{
		Shopper: bluesnap.ShopperDocument{WebInfo: webInfo, ShopperInfo: bluesnap.ShopperInfo{
			ShopperCurrency: "USD", ShopperContactInfo: &bluesnap.DocumentContact{FirstName: "Ada", LastName: "Okafor"},
			PaymentInfo: &bluesnap.PaymentInfo{CreditCards: []bluesnap.DocumentCardInfo{{CreditCard: &bluesnap.DocumentCard{
				CardNumber: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2031",
			}}}},
		}},
		Order: bluesnap.OrderDocument{OrderingShopper: bluesnap.OrderingShopper{WebInfo: webInfo}, Cart: cart, ExpectedTotalPrice: total},
	}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.PlaceBatchOrder(context.Background(), order))
	// Output: 201 true true
}

func ExampleDocumentsService_CreateOrder() {
	sb, client := start()
	defer sb.Close()
	order, err := bluesnap.OrderDocument{
		OrderingShopper: bluesnap.OrderingShopper{ShopperID: bluesnap.ID(sb.Seed.ShopperID), WebInfo: webInfo},
		Cart:            cart, ExpectedTotalPrice: total,
	}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.CreateOrder(context.Background(), order))
	// Output: 201 true true
}

// A document of your own, for what the types do not have.
func ExampleDocumentsService_CreateShopper() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateShopper(context.Background(), []byte(`<shopper xmlns="http://ws.plimus.com">
		<web-info><ip>192.0.2.7</ip></web-info><shopper-info><username>ada</username></shopper-info>
	</shopper>`)))
	// Output: 201 true false
}

func ExampleShopperDocument_Encode() {
	sb, client := start()
	defer sb.Close()
	shopper, err := bluesnap.ShopperDocument{WebInfo: webInfo, ShopperInfo: bluesnap.ShopperInfo{
		ShopperContactInfo: &bluesnap.DocumentContact{FirstName: "Ada", LastName: "Okafor", Country: "US"},
	}}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.CreateShopper(context.Background(), shopper))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateProduct() {
	sb, client := start()
	defer sb.Close()
	product, err := bluesnap.ProductDocument{Name: "Gold", ShortDescription: "a plan"}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(product, string(product))
	printDocument(client.Documents.CreateProduct(context.Background(), product))
	// Output:
	// [142 bytes] <product xmlns="http://ws.plimus.com"><product-name>Gold</product-name><product-short-description>a plan</product-short-description></product>
	// 201 true false
}

func ExampleDocumentsService_CreateCustomParameter() {
	sb, client := start()
	defer sb.Close()
	size, err := bluesnap.CustomParameterDocument{Title: "Size", Settings: bluesnap.CustomParameterSettings{
		Type: "SHORT-TEXT", ShortText: &bluesnap.CustomParamText{MaximumLength: 3},
	}}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.CreateCustomParameter(context.Background(), size))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateSubscriptionCharge() {
	sb, client := start()
	defer sb.Close()
	charge, err := bluesnap.SubscriptionChargeDocument{
		ChargeInfo:         bluesnap.ChargeInfo{Description: "November", FromDate: "01-Nov-26", ToDate: "30-Nov-26"},
		ExpectedTotalPrice: total,
	}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.CreateSubscriptionCharge(context.Background(), bluesnap.ID(sb.Seed.OnDemandID), charge))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateAccountUpdater() {
	sb, client := start()
	defer sb.Close()
	batch, err := bluesnap.AccountUpdateDocument{BatchID: "7", Updates: []bluesnap.AccountUpdate{{
		MerchantUpdaterID: "1",
		OriginalCard:      bluesnap.DocumentCard{CardNumber: "4263982640269299", ExpirationMonth: "02", ExpirationYear: "2026"},
	}}}.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	printDocument(client.Documents.CreateAccountUpdater(context.Background(), batch))
	// Output: 200 false true
}
