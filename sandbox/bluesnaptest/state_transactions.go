package bluesnaptest

import (
	"net/http"
	"strings"
)

// Values of a cardTransactionType (documented).
const (
	authOnly     = "AUTH_ONLY"
	authCapture  = "AUTH_CAPTURE"
	capture      = "CAPTURE"
	authReversal = "AUTH_REVERSAL"
)

type transactionParams struct {
	source

	details

	Type      string `json:"cardTransactionType"`
	ID        word   `json:"transactionId"`
	Reference string `json:"merchantTransactionId"`
	Amount    word   `json:"amount"`
	Currency  string `json:"currency"`
	Holder    person `json:"cardHolderInfo"`
}

// createTransaction authorizes a card payment, and captures it on request.
func (s *state) createTransaction(q *request, in transactionParams) (*made, error) {
	switch in.Type {
	case authOnly, authCapture:
	case capture, authReversal:
		return nil, bad("85", "INVALID_HTTP_METHOD", "This type of transaction takes PUT")
	default:
		return nil, invalidType()
	}
	amount, err := checkPayment(in.Reference, in.Amount, in.Currency)
	if err != nil {
		return nil, err
	}
	if err := in.check(s, q); err != nil {
		return nil, err
	}
	t := &transaction{
		kind: in.Type, reference: in.Reference, amount: amount, currency: in.Currency, shopper: string(in.Shopper),
		more: object{},
	}
	in.show(t.more)
	if in.Type == authCapture {
		t.captured = amount
	}
	if in.Card != nil {
		t.more["creditCard"] = in.Card.view()
	}
	if err := s.pay(q, t, in.Holder); err != nil {
		return nil, err
	}
	return &made{id: t.id, json: t.view()}, nil
}

func invalidType() error {
	return &apiError{http.StatusForbidden, "7", "INVALID_TRANSACTION_TYPE", "No such type of transaction here", ""}
}

// updateTransaction captures or reverses an authorization. The result of the
// second of two protects it: keys do not.
func (s *state) updateTransaction(q *request, in transactionParams) (*made, error) {
	if in.Type != capture && in.Type != authReversal {
		return nil, invalidType()
	}
	if in.ID == "" {
		return nil, bad("20008", "TRANSACTION_ID_REQUIRED", "transactionId is required")
	}
	t := s.byID(q, string(in.ID))
	switch {
	case t == nil || t.alt:
		return nil, bad("20009", "INVALID_TRANSACTION_ID", "No such transaction")
	case t.captured > 0:
		return nil, bad("20010", "TRANSACTION_ALREADY_CAPTURED", "It was captured before")
	case t.reversed && in.Type == authReversal:
		return nil, processing("AUTHORIZATION_AMOUNT_ALREADY_REVERSED")
	case t.reversed:
		return nil, processing("AUTHORIZATION_REVOKED")
	}
	if err := t.change(in); err != nil {
		return nil, err
	}
	return &made{id: t.id, json: t.view()}, nil
}

// change captures an authorization, all of it unless an amount is given and only
// once (inferred), or reverses all of it: an amount is not relevant there
// (documented: "Auth Reversal").
func (t *transaction) change(in transactionParams) error {
	amount := t.amount
	if in.Amount != "" && in.Type == capture {
		var err error
		if amount, err = readMoney("amount", in.Amount); err != nil {
			return err
		}
	}
	if amount > t.amount {
		return processing("AUTHORIZATION_AMOUNT_NOT_VALID")
	}
	t.kind = in.Type
	in.show(t.more)
	if in.Type == capture {
		t.amount, t.captured = amount, amount
	} else {
		t.reversed = true
	}
	return nil
}

// getTransaction reads a card payment by its id, or by
// "merchantTransactionId,merchantId". A refund's id returns the refunded
// payment.
func (s *state) getTransaction(q *request) (*made, error) {
	return s.readTransaction(q, false)
}

func (s *state) readTransaction(q *request, alt bool) (*made, error) {
	passes := func(t *transaction) bool { return t.alt == alt }
	reference, merchantID, byReference := cutLast(q.id())
	if byReference {
		t, err := s.byReference(q, reference, merchantID, passes)
		if err != nil {
			return nil, err
		}
		return &made{id: t.id, json: t.view()}, nil
	}
	found := s.byID(q, q.id())
	if found == nil {
		found = s.refunds[owned{q.Account, q.id()}]
	}
	if found == nil || !passes(found) {
		return nil, hidden()
	}
	return &made{id: found.id, json: found.view()}, nil
}

// cutLast cuts at the last comma, since a reference may contain commas.
func cutLast(id string) (before, after string, ok bool) {
	at := strings.LastIndexByte(id, ',')
	if at < 0 {
		return id, "", false
	}
	return id[:at], id[at+1:], true
}

type altParams struct {
	source

	Reference  string `json:"merchantTransactionId"`
	Amount     word   `json:"amount"`
	Currency   string `json:"currency"`
	Authorized bool   `json:"authorizedByShopper"`
	Payer      person `json:"payerInfo"`
	Ecp        *ecp   `json:"ecpTransaction"`
}

type ecp struct {
	Routing word   `json:"routingNumber"`
	Type    string `json:"accountType"`
	Number  word   `json:"accountNumber"`
}

// createAltTransaction debits a bank account; the payment stays pending
// (inferred). Other means are not emulated.
func (s *state) createAltTransaction(q *request, in altParams) (*made, error) {
	amount, err := checkPayment(in.Reference, in.Amount, in.Currency)
	if err != nil {
		return nil, err
	}
	if in.Ecp == nil && in.Token == "" {
		return nil, bad("14011", "PAYMENT_METHOD_NOT_SUPPORTED", "Only ECP")
	}
	if err := required(
		field{"authorizedByShopper", in.Authorized},
		field{"ecpTransaction", in.Ecp == nil || in.Ecp.Routing != "" && in.Ecp.Type != "" && in.Ecp.Number != ""},
		field{"payerInfo", in.Payer != person{} || in.Shopper != ""},
	); err != nil {
		return nil, err
	}
	if in.Shopper != "" && s.shopper(q, string(in.Shopper)) == nil {
		return nil, shopperNotFound()
	}
	if err := s.checkToken(q, in.Token); err != nil {
		return nil, err
	}
	t := &transaction{
		alt: true, reference: in.Reference, amount: amount, captured: amount, currency: in.Currency,
		shopper: string(in.Shopper), status: statusPending,
	}
	if err := s.pay(q, t, in.Payer); err != nil {
		return nil, err
	}
	return &made{id: t.id, json: t.view()}, nil
}

func (s *state) getAltTransaction(q *request) (*made, error) {
	return s.readTransaction(q, true)
}
