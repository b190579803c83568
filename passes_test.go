package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ExamplePassesService_List() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Passes.List(context.Background(), bardge.ListPassesParams{Limit: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pass := range page.Data {
		fmt.Println(pass.Name, pass.Price, pass.Currency)
	}
	fmt.Println("more:", page.HasMore)
	// Output:
	// Premium Wellness Pass 1500000 NGN
	// Unlimited Gym Pass 900000 NGN
	// more: true
}

func ExamplePassesService_All() {
	sb, client := start()
	defer sb.Close()

	for pass, err := range client.Passes.All(context.Background(), bardge.ListPassesParams{Limit: 2}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(pass.ID)
	}
	// Output:
	// pass_premium
	// pass_unlimited
	// pass_spa
	// pass_trial
}

func ExampleIssuedPassesService_Issue() {
	sb, client := start()
	defer sb.Close()

	pass, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: "client_new", PassID: sb.Seed.PassID, FirstName: "Dayo", LastName: "Bello",
	})
	switch {
	case errors.Is(err, bardge.ErrPassNotFound):
		fmt.Println("this package is not for sale")
		return
	case err != nil:
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID, pass.PassName, pass.Status)
	fmt.Println("passcode:", pass.Passcode, "of", len(string(pass.Passcode)), "characters")
	// Output:
	// brgpass_0001 Premium Wellness Pass ACTIVE
	// passcode: [redacted] of 13 characters
}

func ExampleIssuedPassesService_Update() {
	sb, client := start()
	defer sb.Close()

	pass, _, err := client.IssuedPasses.Update(context.Background(), bardge.UpdateIssuedPassParams{
		UserPassID: sb.Seed.IssuedPassID, PassID: sb.Seed.UnlimitedPassID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID, "is now of", pass.PassName)
	// Output: brgpass_ada is now of Unlimited Gym Pass
}

func ExampleIssuedPassesService_UpdateExpiry() {
	sb, client := start()
	defer sb.Close()

	end := time.Date(2100, 12, 31, 12, 0, 0, 0, time.UTC)
	pass, _, err := client.IssuedPasses.UpdateExpiry(context.Background(), sb.Seed.IssuedPassID,
		bardge.UpdateIssuedPassExpiryParams{ExpiresAt: end})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ExpiresAt.Format(time.DateOnly))
	// Output: 2100-12-31
}

func ExampleIssuedPassesService_Get() {
	sb, client := start()
	defer sb.Close()

	pass, _, err := client.IssuedPasses.Get(context.Background(), sb.Seed.UsedUpPassID)
	if err != nil {
		fmt.Println(err)
		return
	}
	if pass.Status.Is(bardge.IssuedPassExpired) {
		fmt.Println(pass.PassName, "has expired, or its visits are used up")
	}
	// Output: Trial Pass has expired, or its visits are used up
}

func ExampleCollect() {
	sb, client := start()
	defer sb.Close()

	passes, err := bardge.Collect(client.Passes.All(context.Background(), bardge.ListPassesParams{}))
	if err != nil {
		fmt.Println(err) // and passes are those before it
		return
	}
	fmt.Println(len(passes) > 0)
	// Output: true
}

// No page is requested that is not needed.
func ExampleFirst() {
	sb, client := start()
	defer sb.Close()

	all := client.Passes.All(context.Background(), bardge.ListPassesParams{Limit: 1})
	passes, err := bardge.First(all, 1)
	fmt.Println(len(passes), err, "requests:", sb.Requests(sandbox.ListPasses))
	// Output: 1 <nil> requests: 1
}

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
