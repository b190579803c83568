package bluesnaptest

import "net/http"

// document is an operation of the Extended API: the elements of its XML, and
// what it does with them.
type document struct {
	root     string
	required []string
	make     func(s *state, q *request, in *node) (*made, error)
}

func takingXML(d document) operation {
	return func(s *state, q *request) (*made, error) {
		if !sends(q.Request, "application/xml") {
			return nil, wrongContent()
		}
		in, err := readXML(q.Body)
		if err != nil {
			return nil, err
		}
		if in.XMLName.Local != d.root {
			return nil, invalid("body", "is no "+d.root)
		}
		for _, name := range d.required {
			if in.find(name) == nil {
				return nil, invalid(name, "is required")
			}
		}
		return d.make(s, q, in)
	}
}

// keptXML returns the operation that reads a thing; the response has only its
// id.
func keptXML(kind string) operation {
	return func(s *state, q *request) (*made, error) {
		there := s.thing(q, kind, q.id()) != nil
		if kind == "shopper" {
			there = s.shopper(q, q.id()) != nil
		}
		if !there {
			return nil, hidden()
		}
		return &made{id: q.id(), xml: identified(kind, q.id())}, nil
	}
}

func identified(kind, id string) element {
	return element{name: kind, inner: []element{leaf(kind+"-id", id)}}
}

// created makes a thing whose id is only in Location.
func (s *state) created(q *request, kind, path string) *made {
	id := s.next(kind)
	s.keep(kind, id, &thing{merchant: q.Account})
	return &made{status: http.StatusCreated, id: id, location: path + id}
}

var order = document{
	root: "order", required: []string{"ordering-shopper", "cart", "expected-total-price"},
	make: func(s *state, q *request, in *node) (*made, error) {
		buyer := in.textAt("ordering-shopper/shopper-id")
		if buyer != "" && s.shopper(q, buyer) == nil {
			return nil, shopperNotFound()
		}
		if _, err := s.payTotal(q, in, buyer, person{}); err != nil {
			return nil, err
		}
		out := s.created(q, "order", "/orders/")
		out.xml = identified("order", out.id)
		return out, nil
	},
}

var batchOrder = document{
	root: "batch-order", required: []string{"shopper", "order"},
	make: func(s *state, q *request, in *node) (*made, error) {
		newcomer := contact(in.find("shopper"))
		buyer, err := s.payTotal(q, in.find("order"), "", newcomer)
		if err != nil {
			return nil, err
		}
		if buyer == "" {
			buyer = s.addShopper(q.Account, &shopper{person: newcomer})
		}
		out := s.created(q, "order", "/orders/")
		out.xml = element{name: "batch-order", inner: []element{
			identified("shopper", buyer), identified("order", out.id),
		}}
		return out, nil
	},
}

// payTotal pays an order's price, if it has one, and returns who paid it:
// without a buyer, a new shopper with the holder's details.
func (s *state) payTotal(q *request, in *node, buyer string, holder person) (shopperID string, err error) {
	amount := in.textAt("expected-total-price/amount")
	if amount == "" {
		return buyer, nil
	}
	currency := in.textAt("expected-total-price/currency")
	sum, err := checkPayment("", word(amount), currency)
	if err != nil {
		return "", err
	}
	t := &transaction{kind: authCapture, amount: sum, captured: sum, currency: currency, shopper: buyer}
	err = s.pay(q, t, holder)
	return t.shopper, err
}

func contact(in *node) person {
	const path = "shopper-info/shopper-contact-info/"
	return person{
		FirstName: in.textAt(path + "first-name"), LastName: in.textAt(path + "last-name"),
		Email: in.textAt(path + "email"), Country: in.textAt(path + "country"), Zip: in.textAt(path + "zip"),
	}
}

// extendedShopper needs no fraud-info: the vendor's example has none, although
// its table requires one.
var extendedShopper = document{
	root: "shopper", required: []string{"web-info", "shopper-info"},
	make: func(s *state, q *request, in *node) (*made, error) {
		id := s.addShopper(q.Account, &shopper{person: contact(in)})
		return &made{status: http.StatusCreated, id: id, location: "/shoppers/" + id}, nil
	},
}

var product = document{
	root: "product", required: []string{"product-name", "product-short-description"},
	make: func(s *state, q *request, _ *node) (*made, error) {
		return s.created(q, "product", "/catalog/products/"), nil
	},
}

// sku is probably what the vendor's page means by the second /catalog/products
// (inferred); taken literally, keys are ignored here.
var sku = document{
	root: "catalog-sku", required: []string{"product-id", "sku-type", "pricing-settings"},
	make: func(s *state, q *request, in *node) (*made, error) {
		if s.thing(q, "product", in.textAt("product-id")) == nil {
			return nil, invalid("product-id", "is no product")
		}
		return s.created(q, "sku", "/catalog/skus/"), nil
	},
}

var customParameter = document{
	root: "custom-parameter", required: []string{"custom-param-title", "custom-param-settings"},
	make: func(s *state, q *request, _ *node) (*made, error) {
		return s.created(q, "parameter", "/catalog/custom-parameters/"), nil
	},
}

// subscriptionCharge charges a subscription. A body comes with
// ?fulldescription=true only (documented).
var subscriptionCharge = document{
	root: "subscription-charge", required: []string{"charge-info", "expected-total-price"},
	make: func(s *state, q *request, in *node) (*made, error) {
		open := s.thing(q, "ondemand", q.id())
		if open == nil {
			open = s.thing(q, "subscription", q.id())
		}
		if open == nil {
			return nil, bad("90009", "SUBSCRIPTION_NOT_FOUND", "No such subscription")
		}
		if _, err := s.payTotal(q, in, open.shopper, person{}); err != nil {
			return nil, err
		}
		out := s.created(q, "charge", "/subscriptions/"+q.id()+"/subscription-charges/")
		if q.URL.Query().Get("fulldescription") == "true" {
			out.xml = identified("subscription-charge", out.id)
		}
		return out, nil
	},
}

// accountUpdater takes a batch, and returns it without the cards, with what
// becomes of each (documented; where the code is, by the vendor's published
// schema).
var accountUpdater = document{
	root: "batch-account-update", required: []string{"account-update-batch-id", "account-update"},
	make: func(_ *state, _ *request, in *node) (*made, error) {
		id := in.textAt("account-update-batch-id")
		inner := []element{leaf("account-update-batch-id", id)}
		for i := range in.Nodes {
			one := &in.Nodes[i]
			if one.XMLName.Local != "account-update" {
				continue
			}
			if one.find("merchant-updater-id") == nil || one.find("original-card") == nil {
				return nil, invalid("account-update", "has no merchant-updater-id or no original-card")
			}
			code, message := updateResult(one.find("original-card/credit-card"))
			inner = append(inner, element{name: "account-update", inner: []element{
				leaf("merchant-updater-id", one.textAt("merchant-updater-id")),
				leaf("update-response-code", code), leaf("update-response-message", message),
			}})
		}
		return &made{id: id, xml: element{name: "batch-account-update", inner: inner}}, nil
	},
}

// updateResult is what becomes of a card in a batch (documented).
func updateResult(card *node) (code, message string) {
	switch {
	case card == nil || card.textAt("card-number") == "":
		return "301", "Invalid account number"
	case card.textAt("expiration-month") == "" || card.textAt("expiration-year") == "":
		return "320", "Invalid Expiration date"
	default:
		return "000", "Approved for submission to account updater process"
	}
}
