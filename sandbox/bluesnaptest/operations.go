package bluesnaptest

import (
	"fmt"
	"slices"
)

// Operation names one of the API's operations. The names are this package's.
type Operation string

// The operations that honour an idempotency key: POST to the endpoints of the
// vendor's page. Its list of 20 names /catalog/products twice.
const (
	CreateCardTransaction      Operation = "CreateCardTransaction"      // /transactions
	CreateAltTransaction       Operation = "CreateAltTransaction"       // /alt-transactions
	RefundTransaction          Operation = "RefundTransaction"          // /transactions/refund/{id}
	CreateVaultedShopper       Operation = "CreateVaultedShopper"       // /vaulted-shoppers
	CreatePlan                 Operation = "CreatePlan"                 // /recurring/plans
	CreateSubscription         Operation = "CreateSubscription"         // /recurring/subscriptions
	CreateOnDemandSubscription Operation = "CreateOnDemandSubscription" // /recurring/ondemand
	ChargeOnDemandSubscription Operation = "ChargeOnDemandSubscription" // /recurring/ondemand/{id}
	CreateVendor               Operation = "CreateVendor"               // /vendors
	OnboardWallet              Operation = "OnboardWallet"              // /wallets/onboarding
	CreateReport               Operation = "CreateReport"               // /report/dynamic-def
	CreateAccountUpdater       Operation = "CreateAccountUpdater"       // /account-updater
	CreateUser                 Operation = "CreateUser"                 // /cp/user
	PlaceBatchOrder            Operation = "PlaceBatchOrder"            // /batch/order-placement
	CreateOrder                Operation = "CreateOrder"                // /orders
	CreateShopper              Operation = "CreateShopper"              // /shoppers
	CreateProduct              Operation = "CreateProduct"              // /catalog/products
	CreateCustomParameter      Operation = "CreateCustomParameter"      // /catalog/custom-parameters
	CreateSubscriptionCharge   Operation = "CreateSubscriptionCharge"   // /subscriptions/{id}/subscription-charges
)

// Operations that ignore keys: PUT, DELETE and GET (documented), and POST to endpoints
// that the vendor's page does not name (inferred).
const (
	UpdateTransaction        Operation = "UpdateTransaction"        // PUT /transactions: CAPTURE and AUTH_REVERSAL
	RefundByReference        Operation = "RefundByReference"        // POST /transactions/refund/merchant/{id}
	GetTransaction           Operation = "GetTransaction"           // GET /transactions/{id}
	GetAltTransaction        Operation = "GetAltTransaction"        // GET /alt-transactions/{id}
	UpdateVaultedShopper     Operation = "UpdateVaultedShopper"     // PUT /vaulted-shoppers/{id}
	DeleteVaultedShopper     Operation = "DeleteVaultedShopper"     // DELETE /vaulted-shoppers/{id}
	GetVaultedShopper        Operation = "GetVaultedShopper"        // GET /vaulted-shoppers/{id}
	GetPlan                  Operation = "GetPlan"                  // GET /recurring/plans/{id}
	ListPlans                Operation = "ListPlans"                // GET /recurring/plans
	UpdatePlan               Operation = "UpdatePlan"               // PUT /recurring/plans/{id}
	GetSubscription          Operation = "GetSubscription"          // GET /recurring/subscriptions/{id}
	ListSubscriptions        Operation = "ListSubscriptions"        // GET /recurring/subscriptions
	UpdateSubscription       Operation = "UpdateSubscription"       // PUT /recurring/subscriptions/{id}; cancels too
	GetOnDemandSubscription  Operation = "GetOnDemandSubscription"  // GET /recurring/ondemand/{id}
	GetVendor                Operation = "GetVendor"                // GET /vendors/{id}
	GetWalletOnboarding      Operation = "GetWalletOnboarding"      // GET /wallets/onboarding/{id}
	GetOrder                 Operation = "GetOrder"                 // GET /orders/{id}
	GetShopper               Operation = "GetShopper"               // GET /shoppers/{id}
	GetProduct               Operation = "GetProduct"               // GET /catalog/products/{id}
	CreateSKU                Operation = "CreateSKU"                // POST /catalog/skus
	CreatePaymentFieldsToken Operation = "CreatePaymentFieldsToken" // POST /payment-fields-tokens
)

// ParseOperation finds an operation by its name, such as
// "CreateCardTransaction".
func ParseOperation(name string) (Operation, error) {
	if !slices.Contains(operations(), Operation(name)) {
		return "", fmt.Errorf("bluesnaptest: no operation is named %q", name)
	}
	return Operation(name), nil
}

func operations() []Operation {
	var names []Operation
	for _, one := range routes() {
		if !slices.Contains(names, one.op) {
			names = append(names, one.op)
		}
	}
	return names
}
