package bluesnap_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func ExampleSubscriptionsService_GetPlan() {
	sb, client := start()
	defer sb.Close()
	plan, _, err := client.Subscriptions.GetPlan(context.Background(), bluesnap.ID(sb.Seed.PlanID))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Name, plan.RecurringChargeAmount, plan.Status)
	// Output: Silver 9.99 ACTIVE
}

func ExampleSubscriptionsService_ListPlans() {
	sb, client := start()
	defer sb.Close()
	page, _, err := client.Subscriptions.ListPlans(context.Background(), bluesnap.PlanFilter{Status: "ACTIVE", PageSize: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.TotalResults, page.LastPage, page.Plans[0].Name)
	// Output: 1 true Silver
}

func ExampleSubscriptionsService_UpdatePlan() {
	sb, client := start()
	defer sb.Close()
	plan, _, err := client.Subscriptions.UpdatePlan(context.Background(), bluesnap.ID(sb.Seed.PlanID),
		bluesnap.PlanUpdateParams{Status: "INACTIVE"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Name, plan.Status)
	// Output: Silver INACTIVE
}

func ExampleSubscriptionsService_Get() {
	sb, client := start()
	defer sb.Close()
	subscription, _, err := client.Subscriptions.Get(context.Background(), bluesnap.ID(sb.Seed.SubscriptionID))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(subscription.Status, subscription.RecurringChargeAmount)
	// Output: ACTIVE 9.99
}

func ExampleSubscriptionsService_List() {
	sb, client := start()
	defer sb.Close()
	page, _, err := client.Subscriptions.List(context.Background(), bluesnap.SubscriptionFilter{
		ShopperID: bluesnap.ID(sb.Seed.ShopperID), Status: bluesnap.SubscriptionActive,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.TotalResults, page.LastPage, page.Subscriptions[0].Status)
	// Output: 1 true ACTIVE
}

func ExampleSubscriptionsService_Update() {
	sb, client := start()
	defer sb.Close()
	subscription, _, err := client.Subscriptions.Update(context.Background(), bluesnap.ID(sb.Seed.SubscriptionID),
		bluesnap.SubscriptionUpdateParams{OverrideRecurringChargeAmount: "7.50", NextChargeDate: "2027-01-31"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(subscription.RecurringChargeAmount, subscription.NextChargeDate)
	// Output: 7.50 2027-01-31
}

func ExampleSubscriptionsService_Cancel() {
	sb, client := start()
	defer sb.Close()
	subscription, _, err := client.Subscriptions.Cancel(context.Background(), bluesnap.ID(sb.Seed.SubscriptionID))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(subscription.Status)
	// Output: CANCELED
}

func ExampleVaultedShoppersService_Update() {
	sb, client := start()
	defer sb.Close()
	shopper, _, err := client.VaultedShoppers.Update(context.Background(), bluesnap.ID(sb.Seed.ShopperID),
		bluesnap.VaultedShopperParams{FirstName: "Ada", LastName: "Okafor", Email: "ada@shop.example", City: "Oslo"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shopper.Email, shopper.City, shopper.PaymentSources.CreditCards[0].CreditCard.LastFourDigits)
	// Output: ada@shop.example Oslo 9299
}

func ExampleVaultedShoppersService_Delete() {
	sb, client := start()
	defer sb.Close()
	_, _, err := client.VaultedShoppers.Delete(context.Background(), bluesnap.ID(sb.Seed.ShopperID))
	fmt.Println(errors.Is(err, bluesnap.ErrShopperNotDeletable), bluesnap.OutcomeOf(err)) // there are payments

	ben, _, err := client.VaultedShoppers.Create(context.Background(), bluesnap.VaultedShopperParams{FirstName: "Ben"})
	if err != nil {
		fmt.Println(err)
		return
	}
	deleted, _, err := client.VaultedShoppers.Delete(context.Background(), ben.VaultedShopperID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(deleted.Description)
	// Output:
	// true rejected
	// Shopper 19000002 will be deleted within 7 days
}

func ExampleTransactionsService_RefundByReference() {
	sb, client := start()
	defer sb.Close()
	refund, resp, err := client.Transactions.RefundByReference(context.Background(), sb.Seed.MerchantTransactionID,
		bluesnap.RefundParams{Amount: "5.00"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(refund.Status, refund.Amount, resp.Key.IsZero())
	// Output: SUCCESS 5.00 true
}

// Where keys may not be enabled for the account, nothing is repeated in doubt
// until a response has brought one back.
func ExampleRequireEchoBeforeRepeating() {
	sb, err := bluesnaptest.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	client, err := bluesnap.New(sb.Username, sb.Password, bluesnap.RequireEchoBeforeRepeating(),
		bluesnap.WithBaseURL(sb.URL), bluesnap.WithHTTPClient(sb.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, resp, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.KeyEchoed)
	// Output: true
}
