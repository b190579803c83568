package bluesnap

import (
	"context"
	"net/url"
	"strconv"
)

// SubscriptionList is a page of subscriptions. Its first two fields are
// documented for plans, the third is inferred from them.
type SubscriptionList struct {
	TotalResults  int            `json:"totalResults,omitempty"`  // of all pages
	LastPage      bool           `json:"lastPage,omitempty"`      // nothing follows
	Subscriptions []Subscription `json:"subscriptions,omitempty"` // in the vendor's order
	Extra         Extra          `json:"-"`                       // what is not modelled
}

// SubscriptionFilter chooses subscriptions and a page of them. The zero value
// is the first page of all. Its parameters are documented ("Retrieve All
// Subscriptions").
type SubscriptionFilter struct {
	Status    SubscriptionStatus // empty: any
	ShopperID ID                 // of this shopper; empty: of any
	PlanID    ID                 // to this plan; empty: to any
	After     ID                 // the page after this subscription; empty: the first page
	Before    ID                 // the page before this subscription; empty: no bound
	PageSize  int                // how many at most, up to 500; zero: the vendor's 10
}

// SubscriptionUpdateParams are the settings to be changed; what is empty stays.
// The fields are documented ("Update Subscription"). A plan is best switched in
// a call of its own (documented).
type SubscriptionUpdateParams struct {
	// PlanID is the new plan's; needed to change how often it is charged.
	PlanID ID `json:"planId,omitempty"`
	// Quantity is how often the plan's amount is charged. It needs the
	// plan's id, also for the plan that the subscription has (documented).
	Quantity int `json:"quantity,omitempty"`
	// PaymentSource is how it is paid; the shopper has it.
	PaymentSource *PaymentSource `json:"paymentSource,omitempty"`
	// OverrideRecurringChargeAmount replaces the plan's.
	OverrideRecurringChargeAmount Amount `json:"overrideRecurringChargeAmount,omitempty"`
	// AutoRenew is whether it goes on after the current period.
	AutoRenew *bool `json:"autoRenew,omitempty"`
	// NextChargeDate is the date of the next charge, such as "2027-01-31".
	NextChargeDate string `json:"nextChargeDate,omitempty"`
	// Status is whether it charges; [SubscriptionActive] takes it up again.
	Status SubscriptionStatus `json:"status,omitempty"`
	// Extra holds what is not modelled.
	Extra Extra `json:"-"`
}

// Get returns a subscription.
//
// Operation GetSubscription, class safe. Errors: [ErrSubscriptionNotFound].
func (s *SubscriptionsService) Get(
	ctx context.Context, subscriptionID ID, opts ...CallOption,
) (*Subscription, *Response, error) {
	return call[Subscription](ctx, s.client, about("GetSubscription", subscriptionID, nil), opts)
}

// List returns a page of the account's subscriptions. The next page begins after
// the id of this one's last subscription, unless this is the last page.
//
// Operation ListSubscriptions, class safe.
func (s *SubscriptionsService) List(
	ctx context.Context, filter SubscriptionFilter, opts ...CallOption,
) (*SubscriptionList, *Response, error) {
	in := callSpec{op: operations["ListSubscriptions"]}
	in.query, in.invalid = pageQuery(filter.After, filter.Before, filter.PageSize)
	setParam(in.query, "status", string(filter.Status))
	setParam(in.query, "shopperid", string(filter.ShopperID))
	setParam(in.query, "planid", string(filter.PlanID))
	return call[SubscriptionList](ctx, s.client, in, opts)
}

// pageQuery returns the parameters of a page, with the total, whose number
// shows that the response is the vendor's.
func pageQuery(after, before ID, size int) (url.Values, error) {
	query := url.Values{"gettotal": {"true"}}
	setParam(query, "after", string(after))
	setParam(query, "before", string(before))
	switch {
	case size < 0:
		return query, &InvalidError{Field: "PageSize", Reason: "is negative"}
	case size > 0:
		query.Set("pagesize", strconv.Itoa(size))
	}
	return query, nil
}

func setParam(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

// Update changes settings of a subscription. To cancel it, call
// [SubscriptionsService.Cancel].
//
// Operation UpdateSubscription, class non-idempotent: the vendor calls PUT
// idempotent by definition, but a repetition undoes what was changed in
// between, and may charge a switched plan or a moved date again. So it is sent
// once. If it ends unknown, check with Get.
func (s *SubscriptionsService) Update(
	ctx context.Context, subscriptionID ID, params SubscriptionUpdateParams, opts ...CallOption,
) (*Subscription, *Response, error) {
	return call[Subscription](ctx, s.client, about("UpdateSubscription", subscriptionID, params), opts)
}

// Cancel ends a subscription: it charges no more.
//
// Operation CancelSubscription, class idempotent: a second one has no further
// effect, so it is repeated freely. If the responses are lost, the subscription
// is read.
//
// Warning: a repetition undoes a setting to [SubscriptionActive] that came in
// between. [Client.Recover] repeats a cancellation in doubt for 10 minutes, a
// call with its ref whenever it is made. Resolve it before activating again.
func (s *SubscriptionsService) Cancel(
	ctx context.Context, subscriptionID ID, opts ...CallOption,
) (*Subscription, *Response, error) {
	op := operations["CancelSubscription"]
	in := callSpec{
		op: op, path: []string{string(subscriptionID)}, body: SubscriptionUpdateParams{Status: SubscriptionCanceled},
	}
	return call[Subscription](ctx, s.client, in, s.client.withRefetch(opts, op, subscriptionID))
}
