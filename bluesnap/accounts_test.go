package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

// The vendor's id comes in the answer's Location alone.
func ExampleVendorsService_Create() {
	sb, client := start()
	defer sb.Close()
	vendor, resp, err := client.Vendors.Create(context.Background(), bluesnap.VendorParams{
		Email: "vendor@example.com", Country: "US", Extra: bluesnap.Extra{"vendorType": "INDIVIDUAL"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, len(resp.Raw), vendor.VendorID != "")
	// Output: 201 0 true
}

func ExampleAccountsService_OnboardWallet() {
	sb, client := start()
	defer sb.Close()
	wallet, _, err := client.Accounts.OnboardWallet(context.Background(), bluesnap.WalletParams{
		WalletType: "APPLE_PAY", ApplePay: &bluesnap.ApplePay{Domains: []string{"shop.example.com"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(wallet.ID != "")
	// Output: true
}

func ExampleAccountsService_CreateReport() {
	sb, client := start()
	defer sb.Close()
	report, _, err := client.Accounts.CreateReport(context.Background(), bluesnap.ReportParams{
		Title: "Payments", Category: "TRANSACTIONS", Columns: []bluesnap.ReportColumn{{Name: "Invoice ID"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.ID != "")
	// Output: true
}

func ExampleAccountsService_CreateUser() {
	sb, client := start()
	defer sb.Close()
	user, _, err := client.Accounts.CreateUser(context.Background(), bluesnap.UserParams{
		FirstName: "Ada", LastName: "Okafor", Email: "ada@example.com", Username: "ada",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.UserID != "")
	// Output: true
}

const namespace = ` xmlns="http://ws.plimus.com"`

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
	printDocument(client.Documents.PlaceBatchOrder(context.Background(), []byte(`<batch-order`+namespace+`>
		<shopper><web-info/><fraud-info/><shopper-info/></shopper>
		<order><ordering-shopper/><cart/><expected-total-price><amount>5.00</amount><currency>USD</currency></expected-total-price></order>
	</batch-order>`)))
	// Output: 201 true true
}

func ExampleDocumentsService_CreateOrder() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateOrder(context.Background(), []byte(`<order`+namespace+`>
		<ordering-shopper><shopper-id>`+sb.Seed.ShopperID+`</shopper-id></ordering-shopper><cart/>
		<expected-total-price><amount>5.00</amount><currency>USD</currency></expected-total-price>
	</order>`)))
	// Output: 201 true true
}

func ExampleDocumentsService_CreateShopper() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateShopper(context.Background(),
		[]byte(`<shopper`+namespace+`><web-info/><fraud-info/><shopper-info/></shopper>`)))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateProduct() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateProduct(context.Background(), []byte(`<product`+namespace+`>
		<product-name>Gold</product-name><product-short-description>a plan</product-short-description>
	</product>`)))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateCustomParameter() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateCustomParameter(context.Background(), []byte(`<custom-parameter`+namespace+`>
		<custom-param-title>Size</custom-param-title>
		<custom-param-settings><custom-param-type>TEXT</custom-param-type></custom-param-settings>
	</custom-parameter>`)))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateSubscriptionCharge() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateSubscriptionCharge(context.Background(), bluesnap.ID(sb.Seed.OnDemandID),
		[]byte(`<subscription-charge`+namespace+`><charge-info/>
		<expected-total-price><amount>5.00</amount><currency>USD</currency></expected-total-price>
	</subscription-charge>`)))
	// Output: 201 true false
}

func ExampleDocumentsService_CreateAccountUpdater() {
	sb, client := start()
	defer sb.Close()
	printDocument(client.Documents.CreateAccountUpdater(context.Background(), []byte(`<batch-account-update`+namespace+`>
		<account-update-batch-id>7</account-update-batch-id>
		<account-updater><merchant-updater-id>1</merchant-updater-id><original-card/></account-updater>
	</batch-account-update>`)))
	// Output: 200 false true
}
