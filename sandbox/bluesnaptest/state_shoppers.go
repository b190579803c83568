package bluesnaptest

import (
	"net/http"
	"slices"
)

// person holds the details of a payer or shopper.
type person struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Country   string `json:"country"`
	Zip       string `json:"zip"`
	Phone     string `json:"phone"`
	State     string `json:"state"`
	City      string `json:"city"`
	Address   string `json:"address"`
	Address2  string `json:"address2"`
	Company   string `json:"companyName"`
	Currency  string `json:"shopperCurrency"`
}

// shopper is a customer who pays.
type shopper struct {
	person

	merchant  string
	id        string
	reference string // merchantShopperId
	cards     []object
	banks     []object
}

// cardInfo is a card, or the token that a browser has bound one to.
type cardInfo struct {
	Card  *card  `json:"creditCard"`
	Token string `json:"pfToken"`
}

// tokenCard is the card of each token: no browser binds one here.
var tokenCard = card{Number: "4111111111111111"}

type bankInfo struct {
	ECP *ecp `json:"ecp"`
}

// view returns what responses show of a bank account: its last digits.
func (e *ecp) view() object {
	return object{
		"accountType": e.Type, "publicRoutingNumber": lastDigits(e.Routing),
		"publicAccountNumber": lastDigits(e.Number),
	}
}

func lastDigits(number word) string { return string(number[max(0, len(number)-5):]) }

type shopperParams struct {
	person

	Reference word `json:"merchantShopperId"`
	Sources   struct {
		Cards []cardInfo `json:"creditCardInfo"`
		Banks []bankInfo `json:"ecpDetails"`
	} `json:"paymentSources"`
}

// addShopper remembers a shopper and returns the id that it gets.
func (s *state) addShopper(merchantID string, one *shopper) string {
	one.merchant, one.id = merchantID, s.next("shopper")
	s.shoppers[one.id] = one
	s.refer(one, one.reference)
	return one.id
}

// refer gives a shopper a reference in place of the one before; "" is none.
func (s *state) refer(one *shopper, reference string) {
	before := owned{one.merchant, one.reference}
	s.shopperRefs[before] = slices.DeleteFunc(s.shopperRefs[before], func(p *shopper) bool { return p == one })
	one.reference = reference
	if reference != "" {
		now := owned{one.merchant, reference}
		s.shopperRefs[now] = append(s.shopperRefs[now], one)
	}
}

func (s *state) shopper(q *request, id string) *shopper {
	found := s.shoppers[id]
	if found == nil || found.merchant != q.Account {
		return nil
	}
	return found
}

// view returns the shopper as clients see it.
func (p *shopper) view() object {
	shown := object{"vaultedShopperId": number(p.id), "firstName": p.FirstName, "lastName": p.LastName}
	for name, value := range map[string]string{
		"email": p.Email, "country": p.Country, "zip": p.Zip, "merchantShopperId": p.reference, "phone": p.Phone,
		"state": p.State, "city": p.City, "address": p.Address, "address2": p.Address2, "companyName": p.Company,
		"shopperCurrency": p.Currency,
	} {
		setText(shown, name, value)
	}
	sources := object{}
	if len(p.cards) > 0 {
		sources["creditCardInfo"] = p.cards
	}
	if len(p.banks) > 0 {
		sources["ecpDetails"] = p.banks
	}
	if len(sources) > 0 {
		shown["paymentSources"] = sources
	}
	return shown
}

// fill copies a request's details of a shopper. Cards and bank accounts are added
// to the existing ones.
func (p *shopper) fill(s *state, q *request, in shopperParams) error {
	var cards []object
	for _, one := range in.Sources.Cards {
		if err := s.checkToken(q, one.Token); err != nil {
			return err
		}
		if one.Card == nil && one.Token != "" {
			one.Card = &tokenCard
		}
		if one.Card == nil {
			return invalid("creditCard", "is required")
		}
		if err := one.Card.check(); err != nil {
			return err
		}
		cards = append(cards, object{"creditCard": one.Card.view()})
	}
	for _, one := range in.Sources.Banks {
		if one.ECP == nil {
			return invalid("ecp", "is required")
		}
		p.banks = append(p.banks, object{"ecp": one.ECP.view()})
	}
	p.person, p.cards = in.person, append(p.cards, cards...)
	return nil
}

// createVaultedShopper stores a shopper. In version 1.0 the response has no
// body (inferred).
func (s *state) createVaultedShopper(q *request, in shopperParams) (*made, error) {
	one := &shopper{reference: string(in.Reference)}
	if err := one.fill(s, q, in); err != nil {
		return nil, err
	}
	id := s.addShopper(q.Account, one)
	out := &made{id: id, location: "/vaulted-shoppers/" + id, json: one.view()}
	if q.first() {
		out.status, out.json = http.StatusCreated, nil
	}
	return out, nil
}

// updateVaultedShopper replaces a shopper's details: 200 with the object, or
// 204 in version 1.0 (documented).
func (s *state) updateVaultedShopper(q *request, in shopperParams) (*made, error) {
	one := s.shopper(q, q.id())
	if one == nil {
		return nil, shopperNotFound()
	}
	if err := one.fill(s, q, in); err != nil {
		return nil, err
	}
	if in.Reference != "" {
		s.refer(one, string(in.Reference))
	}
	if q.first() {
		return &made{id: one.id, status: http.StatusNoContent}, nil
	}
	return &made{id: one.id, json: one.view()}, nil
}

func (s *state) getVaultedShopper(q *request) (*made, error) {
	one := s.shopper(q, q.id())
	if one == nil {
		return nil, shopperNotFound()
	}
	return &made{id: one.id, json: one.view()}, nil
}

// getShopperByReference reads a shopper by "merchantShopperId" or
// "merchantShopperId,merchantId". An ambiguous reference finds none (inferred).
func (s *state) getShopperByReference(q *request) (*made, error) {
	reference, merchantID, ok := cutLast(q.id())
	if ok && merchantID != s.merchantIDs[q.Account] {
		return nil, hidden()
	}
	switch found := s.shopperRefs[owned{q.Account, reference}]; len(found) {
	case 0:
		return nil, shopperNotFound()
	case 1:
		return &made{id: found[0].id, json: found[0].view()}, nil
	default:
		return nil, severalFound()
	}
}

// first reports whether a request is in the API's first version. Without a
// version it is in the newest (inferred: an account's setting).
func (q *request) first() bool { return q.Header.Get(versionHeader) == "1.0" }
