package bluesnap_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
)

func ExampleSubscriptionsService_CreatePlan() {
	sb, client := start()
	defer sb.Close()
	plan, _, err := client.Subscriptions.CreatePlan(context.Background(), bluesnap.PlanParams{
		Name: "Gold", ChargeFrequency: "MONTHLY", Currency: "USD", RecurringChargeAmount: "19.99",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Name, plan.PlanID != "")
	// Output: Gold true
}

func ExampleSubscriptionsService_Create() {
	sb, client := start()
	defer sb.Close()
	subscription, _, err := client.Subscriptions.Create(context.Background(), bluesnap.SubscriptionParams{
		PlanID: bluesnap.ID(sb.Seed.PlanID), VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(subscription.SubscriptionID != "")
	// Output: true
}

func ExampleSubscriptionsService_CreateOnDemand() {
	sb, client := start()
	defer sb.Close()
	charge, _, err := client.Subscriptions.CreateOnDemand(context.Background(), bluesnap.OnDemandParams{
		Currency: "USD", VaultedShopperID: bluesnap.ID(sb.Seed.ShopperID),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(charge.SubscriptionID != "")
	// Output: true
}

func ExampleSubscriptionsService_Charge() {
	sb, client := start()
	defer sb.Close()
	charge, _, err := client.Subscriptions.Charge(context.Background(), bluesnap.ID(sb.Seed.OnDemandID),
		bluesnap.ChargeParams{Amount: "3.00", Currency: "USD"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(charge.Amount, charge.TransactionID != "")
	// Output: 3.00 true
}

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

func ExampleVaultedShoppersService_Find() {
	sb, client := start()
	defer sb.Close()
	shopper, _, err := client.VaultedShoppers.Find(context.Background(), sb.Seed.MerchantShopperID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shopper.VaultedShopperID == bluesnap.ID(sb.Seed.ShopperID), shopper.FirstName)
	// Output: true Ada
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
