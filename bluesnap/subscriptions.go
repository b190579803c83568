package bluesnap

import "context"

// SubscriptionsService makes plans, subscriptions to them, and subscriptions
// that the merchant charges on demand.
type SubscriptionsService service

// PlanParams say what a plan charges. All four fields are required.
type PlanParams struct {
	// Name is the plan's.
	Name string `json:"name,omitempty"`
	// ChargeFrequency is such as "MONTHLY".
	ChargeFrequency string `json:"chargeFrequency,omitempty"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitempty"`
	// RecurringChargeAmount is what is charged each time.
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Plan is what subscriptions charge by.
type Plan struct {
	// PlanID is the plan's.
	PlanID ID `json:"planId,omitempty"`
	// Name, ChargeFrequency, Currency and RecurringChargeAmount are as in
	// [PlanParams].
	Name                  string `json:"name,omitempty"`
	ChargeFrequency       string `json:"chargeFrequency,omitempty"`
	Currency              string `json:"currency,omitempty"`
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// CreatePlan makes a plan.
//
// Operation CreatePlan, class keyed (documented).
func (s *SubscriptionsService) CreatePlan(
	ctx context.Context, params PlanParams, opts ...CallOption,
) (*Plan, *Response, error) {
	return call[Plan](ctx, s.client, callSpec{op: operations["CreatePlan"], body: params}, opts)
}

// PaymentSource is how a subscription is paid. The names of its fields are
// inferred.
type PaymentSource struct {
	// CreditCardInfo is a card.
	CreditCardInfo *CreditCardInfo `json:"creditCardInfo,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// SubscriptionParams say who subscribes to what: a vaulted shopper, or a payer
// with a source of payment.
type SubscriptionParams struct {
	// PlanID is the plan's. Required.
	PlanID ID `json:"planId,omitempty"`
	// VaultedShopperID names a shopper whose means of payment is stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// PayerInfo and PaymentSource say who pays, and how.
	PayerInfo     *PayerInfo     `json:"payerInfo,omitempty"`
	PaymentSource *PaymentSource `json:"paymentSource,omitempty"`
	// AuthorizedByShopper must be true for ACH and SEPA.
	AuthorizedByShopper bool `json:"authorizedByShopper,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Subscription is a shopper's, to a plan.
type Subscription struct {
	// SubscriptionID is the subscription's; ACH and SEPA have none yet.
	SubscriptionID ID `json:"subscriptionId,omitempty"`
	// PlanID is the plan's.
	PlanID ID `json:"planId,omitempty"`
	// VaultedShopperID is the shopper's.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Create subscribes a shopper to a plan, and charges the first time.
//
// Operation CreateSubscription, class keyed (documented).
func (s *SubscriptionsService) Create(
	ctx context.Context, params SubscriptionParams, opts ...CallOption,
) (*Subscription, *Response, error) {
	return call[Subscription](ctx, s.client, callSpec{op: operations["CreateSubscription"], body: params}, opts)
}

// OnDemandParams say who may be charged on demand: a vaulted shopper, or a
// payer with a source of payment.
type OnDemandParams struct {
	// Currency is an ISO 4217 code. Required.
	Currency string `json:"currency,omitempty"`
	// Amount is charged at once. Required for ACH and SEPA.
	Amount Amount `json:"amount,omitempty"`
	// VaultedShopperID names a shopper whose means of payment is stored.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// PayerInfo and PaymentSource say who pays, and how.
	PayerInfo     *PayerInfo     `json:"payerInfo,omitempty"`
	PaymentSource *PaymentSource `json:"paymentSource,omitempty"`
	// AuthorizedByShopper must be true for ACH and SEPA.
	AuthorizedByShopper bool `json:"authorizedByShopper,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// ChargeParams say what a subscription is charged on demand.
type ChargeParams struct {
	// Amount is what is charged. Required.
	Amount Amount `json:"amount,omitempty"`
	// Currency is its ISO 4217 code. Required.
	Currency string `json:"currency,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Charge is what a subscription was charged on demand. Its ids are inferred.
type Charge struct {
	// SubscriptionID is the subscription's.
	SubscriptionID ID `json:"subscriptionId,omitempty"`
	// TransactionID is the payment's.
	TransactionID ID `json:"transactionId,omitempty"`
	// VaultedShopperID is the shopper's.
	VaultedShopperID ID `json:"vaultedShopperId,omitempty"`
	// Amount and Currency are what was charged.
	Amount   Amount `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// CreateOnDemand makes a subscription that the merchant charges on demand.
//
// Operation CreateOnDemandSubscription, class keyed (documented).
func (s *SubscriptionsService) CreateOnDemand(
	ctx context.Context, params OnDemandParams, opts ...CallOption,
) (*Charge, *Response, error) {
	return call[Charge](ctx, s.client, callSpec{op: operations["CreateOnDemandSubscription"], body: params}, opts)
}

// Charge charges a subscription on demand.
//
// Operation ChargeOnDemandSubscription, class keyed (documented). Errors to
// check for: [ErrSubscriptionNotFound], and those of refused payments.
func (s *SubscriptionsService) Charge(
	ctx context.Context, subscriptionID ID, params ChargeParams, opts ...CallOption,
) (*Charge, *Response, error) {
	in := callSpec{op: operations["ChargeOnDemandSubscription"], path: []string{string(subscriptionID)}, body: params}
	return call[Charge](ctx, s.client, in, opts)
}
