package bluesnaptest

import (
	"encoding/json"
	"maps"
	"time"
)

type transaction struct {
	merchant  string
	id        string
	reference string // merchantTransactionId; need not be the only one
	alt       bool   // not by card
	kind      string // cardTransactionType, of the last change
	status    string
	amount    money // authorized
	captured  money
	refunded  money
	reversed  bool
	currency  string
	shopper   string
	at        time.Time // when it was paid
	refunds   []object
	more      object // part of the response as it is
}

const maxReference = 50 // characters of a merchantTransactionId (documented)

// checkPayment reads the fields that all payments have.
func checkPayment(reference string, amount word, currency string) (money, error) {
	if len(reference) > maxReference {
		return 0, bad("10001", "INVALID_MERCHANT_TRANSACTION_ID", "50 characters at most")
	}
	sum, err := readMoney("amount", amount)
	if err != nil {
		return 0, err
	}
	return sum, checkCurrency(currency)
}

// pay executes a payment and stores it. An unknown payer becomes a shopper with
// the holder's details.
func (s *state) pay(q *request, t *transaction, holder person) error {
	status, mask, err := settle(t.amount)
	if err != nil {
		return err
	}
	q.mask = mask
	if t.status == "" {
		t.status = status
	}
	if t.shopper == "" {
		t.shopper = s.addShopper(q.Account, &shopper{person: holder})
	}
	t.merchant, t.id, t.at = q.Account, s.next("transaction"), s.now()
	s.transactions[owned{t.merchant, t.id}] = t
	if t.reference != "" {
		under := owned{t.merchant, t.reference}
		s.references[under] = append(s.references[under], t)
	}
	return nil
}

// view returns the payment as clients see it.
func (t *transaction) view() object {
	shown := object{
		"transactionId": t.id, "amount": t.amount, "currency": t.currency, "vaultedShopperId": number(t.shopper),
		"processingInfo": t.processing(),
	}
	maps.Copy(shown, t.more)
	if t.reference != "" {
		shown["merchantTransactionId"] = t.reference
	}
	if t.kind != "" {
		shown["cardTransactionType"] = t.kind
	}
	if len(t.refunds) > 0 {
		shown["refunds"] = object{"balanceAmount": t.captured - t.refunded, "refund": t.refunds}
	}
	return shown
}

func (s *state) byID(q *request, id string) *transaction { return s.transactions[owned{q.Account, id}] }

// byReference finds the one payment with the caller's reference.
func (s *state) byReference(q *request, reference, merchantID string, passes func(*transaction) bool) (
	*transaction, error,
) {
	if merchantID != s.merchantIDs[q.Account] {
		return nil, hidden()
	}
	var found *transaction
	for _, t := range s.references[owned{q.Account, reference}] {
		switch {
		case !passes(t):
		case found != nil:
			return nil, severalFound()
		default:
			found = t
		}
	}
	if found == nil {
		return nil, hidden()
	}
	return found, nil
}

// source is what a payment is paid from; exactly one is required.
type source struct {
	Shopper  word            `json:"vaultedShopperId"`
	Card     *card           `json:"creditCard"`
	Token    string          `json:"pfToken"`
	Wallet   json.RawMessage `json:"wallet"`
	WalletID word            `json:"walletId"`
}

// check rejects an invalid source.
func (p source) check(s *state, q *request) error {
	switch {
	case p.Card != nil:
		if err := p.Card.check(); err != nil {
			return err
		}
	case p.Shopper == "" && p.Token == "" && len(p.Wallet) == 0 && p.WalletID == "":
		return bad("30", "MISSING_SHOPPER_OR_CARD_HOLDER", "Nobody pays")
	}
	if p.Shopper != "" && s.shopper(q, string(p.Shopper)) == nil {
		return shopperNotFound()
	}
	return s.checkToken(q, p.Token)
}
