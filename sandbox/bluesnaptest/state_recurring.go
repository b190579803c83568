package bluesnaptest

import (
	"cmp"
	"encoding/json"
)

type planParams struct {
	Name      string `json:"name"`
	Frequency string `json:"chargeFrequency"`
	Currency  string `json:"currency"`
	Amount    word   `json:"recurringChargeAmount"`
	Status    string `json:"status"`
}

func (s *state) createPlan(q *request, in planParams) (*made, error) {
	if err := required(field{"name", in.Name != ""}, field{"chargeFrequency", in.Frequency != ""}); err != nil {
		return nil, err
	}
	amount, err := readMoney("recurringChargeAmount", in.Amount)
	if err != nil {
		return nil, err
	}
	if err := checkCurrency(in.Currency); err != nil {
		return nil, err
	}
	id := s.next("plan")
	shown := object{
		"planId": number(id), "name": in.Name, "chargeFrequency": in.Frequency, "currency": in.Currency,
		"recurringChargeAmount": amount, "status": statusActive,
	}
	s.keep("plan", id, &thing{merchant: q.Account, shown: shown})
	return &made{id: id, location: "/recurring/plans/" + id, json: shown}, nil
}

// payer is who pays for a subscription.
type payer struct {
	Shopper word   `json:"vaultedShopperId"`
	Payer   person `json:"payerInfo"`
	Source  means  `json:"paymentSource"`
	Token   string `json:"pfToken"`

	Authorized bool `json:"authorizedByShopper"`
}

// means is how a subscription is paid.
type means struct {
	Card  cardInfo        `json:"creditCardInfo"`
	Ecp   json.RawMessage `json:"ecpInfo"`
	Sepa  json.RawMessage `json:"sepaDirectDebitInfo"`
	Token string          `json:"pfToken"`
}

// token returns the token in it, or "".
func (m *means) token() string { return cmp.Or(m.Card.Token, m.Token) }

func (p *payer) fromBank() bool { return len(p.Source.Ecp) > 0 || len(p.Source.Sepa) > 0 }

// check rejects an invalid payer. ACH and SEPA require the shopper's consent
// (documented).
func (p *payer) check(s *state, q *request) error {
	from := source{Shopper: p.Shopper, Card: p.Source.Card.Card, Token: cmp.Or(p.Token, p.Source.token())}
	if p.fromBank() {
		from.Wallet = json.RawMessage("{}") // a source, though none of a card payment
		if !p.Authorized {
			return invalid("authorizedByShopper", "is required")
		}
	}
	return from.check(s, q)
}

// known returns the payer's id as a shopper, a new one if necessary.
func (s *state) known(q *request, p *payer) string {
	if p.Shopper != "" {
		return string(p.Shopper)
	}
	return s.addShopper(q.Account, &shopper{person: p.Payer})
}

type subscriptionParams struct {
	payer

	Plan word `json:"planId"`
}

// createSubscription subscribes a shopper to a plan. Its first payment is not
// emulated.
func (s *state) createSubscription(q *request, in subscriptionParams) (*made, error) {
	plan := s.thing(q, "plan", string(in.Plan))
	if plan == nil {
		return nil, invalid("planId", "is no plan")
	}
	if err := in.check(s, q); err != nil {
		return nil, err
	}
	id, payer := s.next("subscription"), s.known(q, &in.payer)
	shown := object{
		"subscriptionId": number(id), "planId": plan.shown["planId"], "vaultedShopperId": number(payer),
		"status": statusActive, "currency": plan.shown["currency"],
		"recurringChargeAmount": plan.shown["recurringChargeAmount"], "chargeFrequency": plan.shown["chargeFrequency"],
		"autoRenew": true, "quantity": 1,
	}
	s.keep("subscription", id, &thing{merchant: q.Account, shown: shown, shopper: payer})
	out := &made{id: id, json: shown}
	if !in.fromBank() { // documented
		out.location = "/recurring/subscriptions/" + id
	}
	return out, nil
}

type chargeParams struct {
	payer

	Amount    word   `json:"amount"`
	Currency  string `json:"currency"`
	Reference string `json:"merchantTransactionId"`
}

// createOnDemand makes a subscription that the merchant charges, and charges it
// at once if it has an amount.
func (s *state) createOnDemand(q *request, in chargeParams) (*made, error) {
	if err := checkCurrency(in.Currency); err != nil {
		return nil, err
	}
	if err := in.check(s, q); err != nil {
		return nil, err
	}
	shown, payer := object{"currency": in.Currency}, string(in.Shopper)
	if in.Amount != "" {
		t, err := s.charge(q, in, payer)
		if err != nil {
			return nil, err
		}
		shown, payer = t.view(), t.shopper
	} else {
		payer = s.known(q, &in.payer)
	}
	id := s.next("subscription")
	shown["subscriptionId"], shown["vaultedShopperId"], shown["status"] = number(id), number(payer), statusActive
	s.keep("ondemand", id, &thing{merchant: q.Account, shown: shown, shopper: payer})
	return &made{id: id, location: "/recurring/ondemand/" + id, json: shown}, nil
}

// chargeOnDemand charges such a subscription.
func (s *state) chargeOnDemand(q *request, in chargeParams) (*made, error) {
	open := s.thing(q, "ondemand", q.id())
	if open == nil {
		return nil, bad("90009", "SUBSCRIPTION_NOT_FOUND", "No such subscription")
	}
	t, err := s.charge(q, in, open.shopper)
	if err != nil {
		return nil, err
	}
	shown := t.view()
	shown["subscriptionId"] = open.shown["subscriptionId"]
	return &made{id: t.id, json: shown}, nil
}

func (s *state) charge(q *request, in chargeParams, shopperID string) (*transaction, error) {
	amount, err := checkPayment(in.Reference, in.Amount, in.Currency)
	if err != nil {
		return nil, err
	}
	t := &transaction{
		reference: in.Reference, amount: amount, captured: amount, currency: in.Currency, shopper: shopperID,
	}
	return t, s.pay(q, t, in.Payer)
}
