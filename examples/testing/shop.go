// Package shop sells passes. Its tests show how to test with the sandbox.
package shop

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go"
)

type State string

// The states of an order.
const (
	// Open: as far as is known not issued. Fulfil may be called again.
	Open State = "open"
	// Issued: the pass is issued.
	Issued State = "issued"
	// Refused: Bardge does not issue this pass. Nothing was charged.
	Refused State = "refused"
	// Unclear: perhaps issued, and the key is too old. A person must check.
	Unclear State = "unclear"
)

// Order is one sold pass, as the shop's database holds it.
type Order struct {
	Number   string
	ClientID string // the pass's client
	PassID   string // which package
	State    State
	Key      string // idempotency key, stored before it is sent; empty if there is none
	IssuedID string // id of the issued pass
}

type Orders interface {
	Save(ctx context.Context, o *Order) error
}

type Shop struct {
	Bardge *bardge.Client
	Orders Orders
}

// Fulfil issues the pass of an order, once, however often it is called. The
// order has the result; the error is why the pass is not issued.
func (s *Shop) Fulfil(ctx context.Context, o *Order) error {
	if o.State != Open {
		return nil
	}
	key, err := s.keyOf(ctx, o)
	if err != nil {
		return err
	}
	pass, _, err := s.Bardge.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: o.ClientID, PassID: o.PassID,
	}, bardge.WithIdempotencyKey(key))
	if err == nil {
		o.IssuedID = pass.ID
	}
	o.settle(err)
	// The result is stored even if the caller has given up.
	return errors.Join(err, s.Orders.Save(context.WithoutCancel(ctx), o))
}

// keyOf returns the order's key. A stored key may have been sent, by this
// process or by one that crashed; it contains its time of creation.
func (s *Shop) keyOf(ctx context.Context, o *Order) (bardge.Key, error) {
	if o.Key != "" {
		return bardge.SentKey(o.Key, time.Time{})
	}
	key := bardge.NewKey()
	o.Key = key.String()
	return key, s.Orders.Save(ctx, o)
}

// settle updates an order with the call's result.
func (o *Order) settle(err error) {
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeDone:
		o.State = Issued
	case bardge.OutcomeNotSent:
		o.Key = ""
	case bardge.OutcomeRejected:
		o.Key = ""
		if !passing(err) {
			o.State = Refused
		}
	default:
		if !bardge.CanRepeat(err) {
			o.State = Unclear
		}
	}
}

// passing reports whether a rejection is temporary or about the account, so
// that the order stays open.
func passing(err error) bool {
	for _, code := range []error{bardge.ErrInvalidAPIKey, bardge.ErrAccountDisabled} {
		if errors.Is(err, code) {
			return true
		}
	}
	e := (*bardge.Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	switch e.Response.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	default:
		return false
	}
}
