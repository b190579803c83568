package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

func ExampleVaultedShoppersService_Create() {
	sb, client := start()
	defer sb.Close()
	shopper, _, err := client.VaultedShoppers.Create(context.Background(), bluesnap.VaultedShopperParams{
		FirstName: "Grace", LastName: "Hopper", MerchantShopperID: "shopper-grace",
		PaymentSources: &bluesnap.PaymentSources{CreditCards: []bluesnap.CreditCardInfo{{CreditCard: &bluesnap.CreditCard{
			Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2030",
		}}}},
		Extra: bluesnap.Extra{"email": "grace@example.com"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shopper.FirstName, shopper.VaultedShopperID != "")
	// Output: Grace true
}

func ExampleVaultedShoppersService_Get() {
	sb, client := start()
	defer sb.Close()
	shopper, _, err := client.VaultedShoppers.Get(context.Background(), bluesnap.ID(sb.Seed.ShopperID))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shopper.FirstName, shopper.LastName)
	// Output: Ada Okafor
}
