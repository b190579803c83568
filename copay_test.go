package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
)

func ExampleCopayService_ListGymOptions() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Copay.ListGymOptions(context.Background(), sb.Seed.GymID, bardge.ListGymCopayOptionsParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, option := range page.Data {
		fmt.Println(option.Name, option.Price, option.Currency)
	}
	// Output:
	// Day Pass 3000 NGN
	// 4 Visits 8000 NGN
}

func ExampleCopayService_AllGymOptions() {
	sb, client := start()
	defer sb.Close()

	params := bardge.ListGymCopayOptionsParams{Limit: 1}
	for option, err := range client.Copay.AllGymOptions(context.Background(), sb.Seed.GymID, params) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(option.VisitsAllowed, "visits")
	}
	// Output:
	// 1 visits
	// 4 visits
}

func ExampleCopayService_QuoteSpa() {
	sb, client := start()
	defer sb.Close()

	quote, _, err := client.Copay.QuoteSpa(context.Background(), sb.Seed.SpaID, bardge.QuoteSpaCopayParams{
		ClientID: sb.Seed.ClientID, ServiceIDs: []string{sb.Seed.ServiceID, sb.Seed.FreeServiceID},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(quote.Amount, quote.Currency)
	// Output: 25000 NGN
}

func ExampleCopayService_PurchaseGym() {
	sb, client := start()
	defer sb.Close()

	purchase, _, err := client.Copay.PurchaseGym(context.Background(), bardge.PurchaseGymCopayParams{
		ClientID: sb.Seed.ClientID, ProviderID: sb.Seed.GymID, CopayPackageID: sb.Seed.CopayPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(purchase.CopayPurchaseID, purchase.Amount, purchase.Currency)
	// Output: copay_purchase_0001 8000 NGN
}

// A quote is bought, and the appointment booked with the purchase.
func ExampleCopayService_PurchaseSpa() {
	sb, client := start()
	defer sb.Close()
	ctx := context.Background()
	services := []string{sb.Seed.ServiceID}

	quote, _, err := client.Copay.QuoteSpa(ctx, sb.Seed.SpaID, bardge.QuoteSpaCopayParams{
		ClientID: sb.Seed.ClientID, ServiceIDs: services,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	purchase, _, err := client.Copay.PurchaseSpa(ctx, bardge.PurchaseSpaCopayParams{
		ClientID: sb.Seed.ClientID, ProviderID: sb.Seed.SpaID, QuoteID: quote.ID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	open, _, err := client.Bookings.BookSpa(ctx, bardge.BookSpaParams{
		ProviderID: sb.Seed.SpaID, ServiceIDs: services, Date: sb.Seed.SlotDate, Time: sb.Seed.SlotTime,
		ClientID: sb.Seed.ClientID, CopayPurchaseID: purchase.CopayPurchaseID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(purchase.Amount, purchase.Currency, "for", open.ServiceName)
	// Output: 20000 NGN for Deep Tissue Massage
}

func ExampleCopayService_Purchase() {
	sb, client := start()
	defer sb.Close()

	purchase, _, err := client.Copay.Purchase(context.Background(), bardge.PurchaseCopayParams{
		ClientID: sb.Seed.ClientID, ProviderID: sb.Seed.GymID, CopayPackageID: sb.Seed.CopayPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(purchase.CopayPurchaseID)
	// Output: copay_purchase_0001
}
