package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// Credits are bought once, although a proxy loses the first answer.
func ExampleCreditsService_Purchase() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.ProxyPageAfter(504))

	purchase, _, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.PoorClientID, PackageID: sb.Seed.CreditPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("balance:", purchase.Balance)
	// Output: balance: 50
}

func ExampleCreditsService_ListPackages() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Credits.ListPackages(context.Background(), bardge.ListCreditPackagesParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pack := range page.Data {
		fmt.Println(pack.Name, pack.Price, pack.Currency)
	}
	// Output: 50 Credits Pack 50000 NGN
}

func ExampleCreditsService_AllPackages() {
	sb, client := start()
	defer sb.Close()

	for pack, err := range client.Credits.AllPackages(context.Background(), bardge.ListCreditPackagesParams{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(pack.Credits, "credits")
	}
	// Output: 50 credits
}
