package bardge_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go"
)

func ExampleLookupsService_ListIssuers() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Lookups.ListIssuers(context.Background(), bardge.ListIssuersParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, issuer := range page.Data {
		fmt.Println(issuer.ID, issuer.Name)
	}
	// Output: issuer_wellbeing Wellbeing Partners
}

func ExampleLookupsService_AllIssuers() {
	sb, client := start()
	defer sb.Close()

	for issuer, err := range client.Lookups.AllIssuers(context.Background(), bardge.ListIssuersParams{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(issuer.Name)
	}
	// Output: Wellbeing Partners
}

func ExampleLookupsService_Initiate() {
	sb, client := start()
	defer sb.Close()

	lookup, _, err := client.Lookups.Initiate(context.Background(), bardge.InitiateLookupParams{
		IssuerID: sb.Seed.IssuerID, ClientID: sb.Seed.OtherClientID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lookup.ID, "waits for the code of", lookup.ClientID)
	// Output: lookup_0001 waits for the code of client_chi
}

// The API shows the token once: store it before it is used.
func ExampleLookupsService_Verify() {
	sb, client := start()
	defer sb.Close()
	ctx := context.Background()

	lookup, _, err := client.Lookups.Initiate(ctx, bardge.InitiateLookupParams{
		IssuerID: sb.Seed.IssuerID, ClientID: sb.Seed.OtherClientID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	verified, _, err := client.Lookups.Verify(ctx, lookup.ID, bardge.VerifyLookupParams{
		AccessCode: bardge.Secret(sb.Seed.OtherAccessCode), // from the client
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	profile, _, err := client.Clients.Get(ctx, verified.ClientID, bardge.WithLookupToken(verified.Token))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(profile.FirstName, profile.LastName)
	// Output: Chi Eze
}

func ExampleClientsService_Get() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Clients.Get(context.Background(), sb.Seed.OtherClientID)
	if errors.Is(err, bardge.ErrPermissionDenied) {
		fmt.Println("a client of another reseller: look it up first")
	}
	// Output: a client of another reseller: look it up first
}

func ExampleClientsService_Credits() {
	sb, client := start()
	defer sb.Close()

	credits, _, err := client.Clients.Credits(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("balance:", credits.Balance)
	for _, move := range credits.Transactions {
		fmt.Println(move.Type, move.Amount, move.Description)
	}
	// Output:
	// balance: 50
	// CREDIT 50 Credits purchase — 50 Credits Pack
}
