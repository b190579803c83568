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
