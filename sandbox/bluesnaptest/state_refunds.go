package bluesnaptest

import (
	"bytes"
	"io"
)

type refundParams struct {
	Amount word   `json:"amount"`
	Reason string `json:"reason"`
}

// refund refunds a payment, the whole rest unless an amount is given. Two of a
// part are two refunds.
func (s *state) refund(q *request) (*made, error) {
	return s.giveBack(q, s.byID(q, q.id()))
}

// refundByReference refunds by "merchantTransactionId" or
// "merchantTransactionId,merchantId".
func (s *state) refundByReference(q *request) (*made, error) {
	reference, merchantID, ok := cutLast(q.id())
	if !ok {
		merchantID = s.merchantIDs[q.Account]
	}
	t, err := s.byReference(q, reference, merchantID, func(*transaction) bool { return true })
	if err != nil {
		return nil, err
	}
	return s.giveBack(q, t)
}

func (s *state) giveBack(q *request, t *transaction) (*made, error) {
	if t == nil {
		return nil, hidden()
	}
	in, err := readRefund(q)
	if err != nil {
		return nil, err
	}
	amount := t.captured - t.refunded
	if in.Amount != "" {
		if amount, err = readMoney("amount", in.Amount); err != nil {
			return nil, err
		}
	}
	if amount == 0 || amount > t.captured-t.refunded {
		return nil, processing("REFUND_FAILED")
	}
	id := s.next("refund")
	shown := object{
		"refundTransactionId": number(id), "refundStatus": statusSuccess, "amount": amount, "currency": t.currency,
		"date": s.now().UTC().Format("01/02/2006"),
	}
	if in.Reason != "" {
		shown["reason"] = in.Reason
	}
	t.refunded += amount
	t.refunds = append(t.refunds, shown)
	s.refunds[owned{q.Account, id}] = t
	return &made{id: id, json: shown}, nil
}

// readRefund reads the body of a refund, which may be missing.
func readRefund(q *request) (refundParams, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil { // it is in memory
		return refundParams{}, invalid("body", "cannot be read")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return refundParams{}, nil
	}
	if !sends(q.Request, "application/json") {
		return refundParams{}, wrongContent()
	}
	return readJSON[refundParams](bytes.NewReader(body))
}
