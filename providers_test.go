package bardge_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
)

// With a position, the nearest providers come first.
func ExampleProvidersService_List() {
	sb, client := start()
	defer sb.Close()

	lat, lon := 7.38, 3.94
	page, _, err := client.Providers.List(context.Background(), bardge.ListProvidersParams{Lat: &lat, Lon: &lon, Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.Data[0].Name, "in", page.Data[0].City)
	// Output: Palm Spa in Ibadan
}

func ExampleProvidersService_All() {
	sb, client := start()
	defer sb.Close()

	spas := 0
	for provider, err := range client.Providers.All(context.Background(), bardge.ListProvidersParams{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if provider.Category.Is(bardge.ProviderCategorySpa) {
			spas++
		}
	}
	fmt.Println(spas, "spas")
	// Output: 2 spas
}

func ExampleProvidersService_ListForPass() {
	sb, client := start()
	defer sb.Close()

	page, _, err := client.Providers.ListForPass(context.Background(), sb.Seed.TrialPassID, bardge.ListPassProvidersParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, provider := range page.Data {
		fmt.Println(provider.Name, provider.Category, provider.Tier)
	}
	// Output: FitZone Lagos GYM STANDARD
}

func ExampleProvidersService_AllForPass() {
	sb, client := start()
	defer sb.Close()

	premium := 0
	params := bardge.ListPassProvidersParams{Limit: 1}
	for provider, err := range client.Providers.AllForPass(context.Background(), sb.Seed.PassID, params) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if provider.Tier.Is(bardge.ProviderTierPremium) {
			premium++
		}
	}
	fmt.Println(premium, "premium providers")
	// Output: 2 premium providers
}

func ExampleAccessCodesService_Generate() {
	sb, client := start()
	defer sb.Close()

	code, _, err := client.AccessCodes.Generate(context.Background(), bardge.GenerateAccessCodeParams{
		ClientID: sb.Seed.ClientID, ProviderID: sb.Seed.GymID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("for the scanner:", string(code.Code))
	fmt.Println("for the log:", code.Code, code.QRCode)
	// Output:
	// for the scanner: CODE_0001
	// for the log: [redacted] [redacted]
}
