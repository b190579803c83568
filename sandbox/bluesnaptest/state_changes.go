package bluesnaptest

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// Values of a status (documented).
const (
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE" // of a plan
	statusCanceled = "CANCELED" // of a subscription
)

// Sizes of a page (documented).
const (
	defaultPage = 10
	largestPage = 500
)

// listed returns the operation that reads a page of things in the order of
// their ids, under the name that the list has. The filters are parameters of the
// query, and the fields that they compare.
func listed(kind, name string, filters map[string]string) operation {
	return func(s *state, q *request) (*made, error) {
		query := q.URL.Query()
		size, err := pageSize(query.Get("pagesize"))
		if err != nil {
			return nil, err
		}
		all := s.owned(q, kind, func(shown object) bool { return passes(shown, query, filters) })
		page := slices.DeleteFunc(slices.Clone(all), func(id int) bool {
			return query.Has("after") && id <= atoi(query.Get("after")) ||
				query.Has("before") && id >= atoi(query.Get("before"))
		})
		last := len(page) <= size
		shown := []object{}
		for _, id := range page[:min(size, len(page))] {
			shown = append(shown, s.things[thingID{kind, strconv.Itoa(id)}].shown)
		}
		out := object{"lastPage": last, name: shown}
		if query.Get("gettotal") == "true" {
			out["totalResults"] = len(all)
		}
		return &made{json: out}, nil
	}
}

// owned returns the ids of the caller's things that pass, in order.
func (s *state) owned(q *request, kind string, passes func(object) bool) []int {
	var ids []int
	for id, one := range s.things {
		if id.kind == kind && one.merchant == q.Account && passes(one.shown) {
			ids = append(ids, atoi(id.id))
		}
	}
	slices.Sort(ids)
	return ids
}

func passes(shown object, query url.Values, filters map[string]string) bool {
	for parameter, field := range filters {
		value, _ := shown[field].(string)
		if n, ok := shown[field].(int64); ok {
			value = strconv.FormatInt(n, 10)
		}
		if query.Has(parameter) && query.Get(parameter) != value {
			return false
		}
	}
	return true
}

func atoi(text string) int {
	n, _ := strconv.Atoi(text) // what is no number is before all
	return n
}

// pageSize reads a page's size; codes and names of the errors are documented
// ("Subscription & Billing Plan Errors").
func pageSize(text string) (int, error) {
	size, err := strconv.Atoi(cmp.Or(text, strconv.Itoa(defaultPage)))
	switch {
	case err != nil:
		return 0, invalid("pagesize", "is no number")
	case size <= 0:
		return 0, bad("26001", "NEGATIVE_PAGE_SIZE", "The size of a page is positive")
	case size > largestPage:
		return 0, bad("26002", "MAX_PAGE_SIZE_EXCEEDED", "500 at most")
	default:
		return size, nil
	}
}

// updatePlan changes a plan. Its status is ACTIVE or INACTIVE (documented).
func (s *state) updatePlan(q *request, in planParams) (*made, error) {
	plan := s.thing(q, "plan", q.id())
	if plan == nil {
		return nil, hidden()
	}
	changes := object{}
	if in.Amount != "" {
		amount, err := readMoney("recurringChargeAmount", in.Amount)
		if err != nil {
			return nil, err
		}
		changes["recurringChargeAmount"] = amount
	}
	if in.Status != "" && in.Status != statusActive && in.Status != statusInactive {
		return nil, invalidStatus()
	}
	setText(changes, "name", in.Name)
	setText(changes, "chargeFrequency", in.Frequency)
	setText(changes, "currency", in.Currency)
	setText(changes, "status", in.Status)
	return plan.change(q, changes), nil
}

// invalidStatus is documented ("Subscription & Billing Plan Errors").
func invalidStatus() error { return bad("24016", "INVALID_STATUS", "No such status") }

func setText(shown object, name, value string) {
	if value != "" {
		shown[name] = value
	}
}

// change changes what a thing shows, of which earlier responses know nothing.
func (t *thing) change(q *request, changes object) *made {
	t.shown = maps.Clone(t.shown)
	maps.Copy(t.shown, changes)
	return &made{id: q.id(), json: t.shown}
}

type subscriptionChange struct {
	Plan     word   `json:"planId"`
	Quantity word   `json:"quantity"`
	Amount   word   `json:"overrideRecurringChargeAmount"`
	Renew    *bool  `json:"autoRenew"`
	Next     string `json:"nextChargeDate"`
	Status   string `json:"status"`
	Source   means  `json:"paymentSource"`
}

// updateSubscription changes a subscription. Cancelling a cancelled one changes
// nothing (inferred).
func (s *state) updateSubscription(q *request, in subscriptionChange) (*made, error) {
	one := s.thing(q, "subscription", q.id())
	if one == nil {
		return nil, bad("90009", "SUBSCRIPTION_NOT_FOUND", "No such subscription")
	}
	if err := s.checkToken(q, in.Source.token()); err != nil {
		return nil, err
	}
	changes, err := s.changesOf(q, in)
	if err != nil {
		return nil, err
	}
	return one.change(q, changes), nil
}

func (s *state) changesOf(q *request, in subscriptionChange) (object, error) {
	changes := object{}
	if in.Plan != "" {
		plan := s.thing(q, "plan", string(in.Plan))
		if plan == nil {
			return nil, invalid("planId", "is no plan")
		}
		changes["planId"], changes["recurringChargeAmount"] = plan.shown["planId"], plan.shown["recurringChargeAmount"]
	}
	if in.Amount != "" {
		amount, err := readMoney("overrideRecurringChargeAmount", in.Amount)
		if err != nil {
			return nil, err
		}
		changes["recurringChargeAmount"] = amount
	}
	switch {
	case in.Quantity != "" && in.Plan == "": // documented
		return nil, invalid("planId", "is required with quantity")
	case in.Quantity != "":
		changes["quantity"] = in.Quantity.number()
	}
	if in.Renew != nil {
		changes["autoRenew"] = *in.Renew
	}
	if in.Status != "" && in.Status != statusActive && in.Status != statusCanceled {
		return nil, invalidStatus()
	}
	setText(changes, "status", in.Status)
	setText(changes, "nextChargeDate", in.Next)
	return changes, nil
}

// deleteVaultedShopper deletes a shopper who has neither payments in the last
// 12 months nor an active subscription (documented), at once. That the shopper
// is then not found is inferred: the vendor deletes within 7 days.
func (s *state) deleteVaultedShopper(q *request) (*made, error) {
	one := s.shopper(q, q.id())
	switch {
	case one == nil:
		return nil, shopperNotFound()
	case s.hasPaid(one) || s.subscribes(one):
		return nil, bad("14110", "DELETE_SHOPPER_VALIDATION_FAILURE", "There are payments or subscriptions")
	}
	s.refer(one, "")
	delete(s.shoppers, one.id)
	return &made{id: one.id, json: object{"description": "Shopper " + one.id + " will be deleted within 7 days"}}, nil
}

func (s *state) hasPaid(one *shopper) bool {
	since := s.now().AddDate(-1, 0, 0)
	for _, t := range s.transactions {
		if t.merchant == one.merchant && t.shopper == one.id && t.at.After(since) {
			return true
		}
	}
	return false
}

func (s *state) subscribes(one *shopper) bool {
	for id, t := range s.things {
		charges := id.kind == "subscription" || id.kind == "ondemand"
		if charges && t.shopper == one.id && t.shown["status"] == statusActive {
			return true
		}
	}
	return false
}
