package bluesnaptest

import "github.com/bardge/bardge-go/sandbox/fakeserver"

// Seed holds what exists from the start, so that a test can begin anywhere. Ids
// are the same in every sandbox.
type Seed struct {
	// ShopperID is a vaulted shopper of the merchant, with a card.
	ShopperID string
	// MerchantShopperID is the merchant's own id of that shopper.
	MerchantShopperID string
	// TransactionID is a captured card payment of 25.00 USD by that shopper.
	TransactionID string
	// MerchantTransactionID is the merchant's own id of that payment.
	MerchantTransactionID string
	// AuthorizedID is a card payment of 40.00 USD that is authorized and not
	// captured.
	AuthorizedID string
	// PlanID is a plan of 9.99 USD a month.
	PlanID string
	// SubscriptionID is the shopper's subscription to that plan.
	SubscriptionID string
	// OnDemandID is a subscription of the shopper that the merchant charges.
	OnDemandID string
	// ProductID is a product.
	ProductID string

	// OtherUsername and OtherPassword are the credentials of another merchant
	// of the same server.
	OtherUsername, OtherPassword string
	// OtherMerchantID is that merchant's id.
	OtherMerchantID string
}

// plant makes what an account begins with.
func (s *state) plant(account string) Seed {
	q := &request{Call: &fakeserver.Call{Account: account}}
	seed := Seed{
		MerchantShopperID: "shopper-ada", MerchantTransactionID: "order-0001",
		OtherUsername: usernameOf(otherMerchant), OtherMerchantID: otherMerchant,
	}
	ada := &shopper{
		person: person{FirstName: "Ada", LastName: "Okafor"}, reference: seed.MerchantShopperID,
		cards: []object{{"creditCard": (&card{Number: "4263982640269299"}).view()}},
	}
	seed.ShopperID = s.addShopper(account, ada)
	by := source{Shopper: word(seed.ShopperID)}

	seed.TransactionID = planted(s.createTransaction(q, transactionParams{
		source: by, Type: authCapture, Amount: "25.00", Currency: "USD", Reference: seed.MerchantTransactionID,
	}))
	seed.AuthorizedID = planted(s.createTransaction(q, transactionParams{
		source: by, Type: authOnly, Amount: "40.00", Currency: "USD",
	}))
	seed.PlanID = planted(s.createPlan(q, planParams{
		Name: "Silver", Frequency: "MONTHLY", Currency: "USD", Amount: "9.99",
	}))
	subscriber := payer{Shopper: by.Shopper}
	seed.SubscriptionID = planted(s.createSubscription(q, subscriptionParams{
		payer: subscriber, Plan: word(seed.PlanID),
	}))
	seed.OnDemandID = planted(s.createOnDemand(q, chargeParams{payer: subscriber, Currency: "USD"}))
	seed.ProductID = s.created(q, "product", "").id
	return seed
}

func planted(out *made, err error) string {
	if err != nil { // the seed is ours
		panic(err)
	}
	return out.id
}
