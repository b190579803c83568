package bluesnap

import "context"

// SubscriptionsService makes and changes plans, subscriptions to them, and
// subscriptions that the merchant charges on demand.
type SubscriptionsService service

// PaymentSource is how a subscription is paid. The fields' names are inferred.
type PaymentSource struct {
	CreditCardInfo *CreditCardInfo `json:"creditCardInfo,omitempty"` // the card
	Extra          Extra           `json:"-"`                        // what is not modelled
}

// SubscriptionParams name the plan and its subscriber: a vaulted shopper, or a
// payer with a source of payment.
type SubscriptionParams struct {
	PlanID              ID             `json:"planId,omitempty"`              // the plan's; required
	VaultedShopperID    ID             `json:"vaultedShopperId,omitempty"`    // a stored shopper, who pays
	PayerInfo           *PayerInfo     `json:"payerInfo,omitempty"`           // who pays
	PaymentSource       *PaymentSource `json:"paymentSource,omitempty"`       // how
	AuthorizedByShopper bool           `json:"authorizedByShopper,omitempty"` // must be true for ACH and SEPA
	Extra               Extra          `json:"-"`                             // what is not modelled
}

// Subscription is a shopper's, to a plan. Its ids and status are documented;
// that responses have the other fields is inferred from requests.
type Subscription struct {
	// SubscriptionID is the subscription's; ACH and SEPA have none yet.
	SubscriptionID   ID                 `json:"subscriptionId,omitempty"`
	PlanID           ID                 `json:"planId,omitempty"`           // the plan's
	VaultedShopperID ID                 `json:"vaultedShopperId,omitempty"` // the shopper's
	Status           SubscriptionStatus `json:"status,omitempty"`           // whether it charges
	// Quantity is how often the plan's amount is charged.
	Quantity              int    `json:"quantity,omitempty"`
	ChargeFrequency       string `json:"chargeFrequency,omitempty"`       // such as "MONTHLY"
	Currency              string `json:"currency,omitempty"`              // an ISO 4217 code
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"` // what is charged each time
	NextChargeDate        string `json:"nextChargeDate,omitempty"`        // as the vendor writes it
	AutoRenew             *bool  `json:"autoRenew,omitempty"`             // false: it ends with the period
	Extra                 Extra  `json:"-"`                               // what is not modelled
}

// SubscriptionStatus is whether a subscription charges. The set is open.
type SubscriptionStatus string

// The statuses of subscriptions (documented: "Retrieve All Subscriptions").
const (
	SubscriptionActive    SubscriptionStatus = "ACTIVE"    // it charges
	SubscriptionCanceled  SubscriptionStatus = "CANCELED"  // it was cancelled
	SubscriptionSuspended SubscriptionStatus = "SUSPENDED" // it charges no more for now
	SubscriptionDeleted   SubscriptionStatus = "DELETED"   // it is gone
)

// Create subscribes a shopper to a plan, and charges the first time.
//
// Operation CreateSubscription, class keyed (documented).
func (s *SubscriptionsService) Create(
	ctx context.Context, params SubscriptionParams, opts ...CallOption,
) (*Subscription, *Response, error) {
	return call[Subscription](ctx, s.client, callSpec{op: operations["CreateSubscription"], body: params}, opts)
}

// OnDemandParams name who may be charged on demand: a vaulted shopper, or a
// payer with a source of payment.
type OnDemandParams struct {
	Currency string `json:"currency,omitempty"` // an ISO 4217 code; required
	// Amount is charged at once. Required for ACH and SEPA.
	Amount              Amount         `json:"amount,omitempty"`
	VaultedShopperID    ID             `json:"vaultedShopperId,omitempty"`    // a stored shopper, who pays
	PayerInfo           *PayerInfo     `json:"payerInfo,omitempty"`           // who pays
	PaymentSource       *PaymentSource `json:"paymentSource,omitempty"`       // how
	AuthorizedByShopper bool           `json:"authorizedByShopper,omitempty"` // must be true for ACH and SEPA
	Extra               Extra          `json:"-"`                             // what is not modelled
}

// ChargeParams describe a charge on demand.
type ChargeParams struct {
	Amount   Amount `json:"amount,omitempty"`   // what is charged; required
	Currency string `json:"currency,omitempty"` // an ISO 4217 code; required
	Extra    Extra  `json:"-"`                  // what is not modelled
}

// Charge is what a subscription was charged on demand. Its ids are inferred.
type Charge struct {
	SubscriptionID   ID     `json:"subscriptionId,omitempty"`   // the subscription's
	TransactionID    ID     `json:"transactionId,omitempty"`    // the payment's
	VaultedShopperID ID     `json:"vaultedShopperId,omitempty"` // the shopper's
	Amount           Amount `json:"amount,omitempty"`           // what was charged
	Currency         string `json:"currency,omitempty"`         // an ISO 4217 code
	Extra            Extra  `json:"-"`                          // what is not modelled
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
// Operation ChargeOnDemandSubscription, class keyed (documented). Errors:
// [ErrSubscriptionNotFound], and a refused payment's.
func (s *SubscriptionsService) Charge(
	ctx context.Context, subscriptionID ID, params ChargeParams, opts ...CallOption,
) (*Charge, *Response, error) {
	return call[Charge](ctx, s.client, about("ChargeOnDemandSubscription", subscriptionID, params), opts)
}
