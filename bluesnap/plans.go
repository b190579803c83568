package bluesnap

import "context"

// PlanParams describe what a plan charges. The first four fields are required.
type PlanParams struct {
	Name                  string `json:"name,omitempty"`                  // the plan's
	ChargeFrequency       string `json:"chargeFrequency,omitempty"`       // such as "MONTHLY"
	Currency              string `json:"currency,omitempty"`              // an ISO 4217 code
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"` // what is charged each time
	Extra                 Extra  `json:"-"`                               // what is not modelled
}

// PlanUpdateParams are what is to be changed of a plan; what is empty stays.
// Some changes need a new plan (documented: error 24014).
type PlanUpdateParams struct {
	Name                  string `json:"name,omitempty"`                  // the plan's
	ChargeFrequency       string `json:"chargeFrequency,omitempty"`       // such as "MONTHLY"
	Currency              string `json:"currency,omitempty"`              // an ISO 4217 code
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"` // what is charged each time
	Status                string `json:"status,omitempty"`                // "ACTIVE" or "INACTIVE"
	Extra                 Extra  `json:"-"`                               // what is not modelled
}

// Plan is what subscriptions charge by.
type Plan struct {
	PlanID ID `json:"planId,omitempty"` // the plan's
	// Name, ChargeFrequency, Currency, RecurringChargeAmount, Status: see
	// [PlanUpdateParams].
	Name                  string `json:"name,omitempty"`
	ChargeFrequency       string `json:"chargeFrequency,omitempty"`
	Currency              string `json:"currency,omitempty"`
	RecurringChargeAmount Amount `json:"recurringChargeAmount,omitempty"`
	Status                string `json:"status,omitempty"`
	Extra                 Extra  `json:"-"` // what is not modelled
}

// PlanList is a page of plans. The fields are documented.
type PlanList struct {
	TotalResults int    `json:"totalResults,omitempty"` // of all pages
	LastPage     bool   `json:"lastPage,omitempty"`     // nothing follows
	Plans        []Plan `json:"plans,omitempty"`        // in the vendor's order
	Extra        Extra  `json:"-"`                      // what is not modelled
}

// PlanFilter chooses plans and a page of them. The zero value is the first page
// of all. Its parameters are documented ("Retrieve All Plans").
type PlanFilter struct {
	Status   string // "ACTIVE" or "INACTIVE"; empty: any
	After    ID     // the page after this plan; empty: the first page
	Before   ID     // the page before this plan; empty: no bound
	PageSize int    // how many at most; zero: the vendor's 10
}

// CreatePlan makes a plan.
//
// Operation CreatePlan, class keyed (documented).
func (s *SubscriptionsService) CreatePlan(
	ctx context.Context, params PlanParams, opts ...CallOption,
) (*Plan, *Response, error) {
	return call[Plan](ctx, s.client, callSpec{op: operations["CreatePlan"], body: params}, opts)
}

// GetPlan returns a plan. A 403 may mean that there is none (documented).
//
// Operation GetPlan, class safe.
func (s *SubscriptionsService) GetPlan(
	ctx context.Context, planID ID, opts ...CallOption,
) (*Plan, *Response, error) {
	return call[Plan](ctx, s.client, about("GetPlan", planID, nil), opts)
}

// ListPlans returns a page of the account's plans. The next page begins after
// the id of this one's last plan, unless this is the last page.
//
// Operation ListPlans, class safe.
func (s *SubscriptionsService) ListPlans(
	ctx context.Context, filter PlanFilter, opts ...CallOption,
) (*PlanList, *Response, error) {
	in := callSpec{op: operations["ListPlans"]}
	in.query, in.invalid = pageQuery(filter.After, filter.Before, filter.PageSize)
	setParam(in.query, "status", filter.Status)
	return call[PlanList](ctx, s.client, in, opts)
}

// UpdatePlan changes a plan. Subscriptions to it may be
// charged otherwise from then on.
//
// Operation UpdatePlan, class non-idempotent: the vendor calls PUT idempotent
// by definition, but a repetition undoes what was changed in between. So it is
// sent once. If it ends unknown, check with GetPlan.
func (s *SubscriptionsService) UpdatePlan(
	ctx context.Context, planID ID, params PlanUpdateParams, opts ...CallOption,
) (*Plan, *Response, error) {
	return call[Plan](ctx, s.client, about("UpdatePlan", planID, params), opts)
}
