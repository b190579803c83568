package bluesnaptest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Snapshot is the sandbox's data as plain values: what
// [fakeserver.Control.State] returns in JSON. Amounts are decimal texts.
type Snapshot struct {
	// Accounts are the merchants in the order of their names.
	Accounts []AccountSnapshot `json:"accounts"`
}

// AccountSnapshot is the data of one merchant.
type AccountSnapshot struct {
	// Name is the account's name, as in the ledger.
	Name string `json:"name"`
	// MerchantID is the merchant's id.
	MerchantID string `json:"merchant_id"`
	// Shoppers are the merchant's shoppers in the order of their ids.
	Shoppers []ShopperSnapshot `json:"shoppers"`
}

// ShopperSnapshot is one shopper with the payments.
type ShopperSnapshot struct {
	// ID is the vaulted shopper's id.
	ID string `json:"vaulted_shopper_id"`
	// Reference is the merchant's own id of the shopper; "" is none.
	Reference string `json:"merchant_shopper_id"`
	// FirstName is the shopper's first name.
	FirstName string `json:"first_name"`
	// LastName is the shopper's last name.
	LastName string `json:"last_name"`
	// Transactions are the shopper's payments in the order of their ids.
	Transactions []TransactionSnapshot `json:"transactions"`
}

// TransactionSnapshot is a payment.
type TransactionSnapshot struct {
	// ID is the payment's id.
	ID string `json:"transaction_id"`
	// Reference is the merchant's own id of the payment; "" is none.
	Reference string `json:"merchant_transaction_id"`
	// Type is the cardTransactionType of the last change; "" where the payment
	// is not by card.
	Type string `json:"type"`
	// Status is the processing status.
	Status string `json:"status"`
	// Currency is the payment's currency.
	Currency string `json:"currency"`
	// Amount is what is authorized.
	Amount string `json:"amount"`
	// Captured is what was captured.
	Captured string `json:"captured"`
	// Refunded is what was refunded.
	Refunded string `json:"refunded"`
	// Reversed reports whether the authorization was reversed.
	Reversed bool `json:"reversed"`
}

// snapshot returns a part of the data. A client is a shopper, by id or
// reference.
func (w *world) snapshot(query fakeserver.StateQuery) any {
	whole := Snapshot{Accounts: []AccountSnapshot{}}
	for _, name := range w.Names() {
		if query.Account == "" || query.Account == name {
			whole.Accounts = append(whole.Accounts, AccountSnapshot{
				Name: name, MerchantID: w.state.merchantIDs[name], Shoppers: w.state.shownShoppers(name, query.Client),
			})
		}
	}
	return whole
}

func (s *state) shownShoppers(account, client string) []ShopperSnapshot {
	payments := map[string][]TransactionSnapshot{}
	for _, t := range s.transactions {
		if t.merchant == account {
			payments[t.shopper] = append(payments[t.shopper], t.snapshot())
		}
	}
	all := []ShopperSnapshot{}
	for _, id := range slices.Sorted(maps.Keys(s.shoppers)) {
		one := s.shoppers[id]
		if one.merchant != account || client != "" && client != id && client != one.reference {
			continue
		}
		paid := append([]TransactionSnapshot{}, payments[id]...)
		slices.SortFunc(paid, func(a, b TransactionSnapshot) int { return cmp.Compare(a.ID, b.ID) })
		all = append(all, ShopperSnapshot{id, one.reference, one.FirstName, one.LastName, paid})
	}
	return all
}

func (t *transaction) snapshot() TransactionSnapshot {
	return TransactionSnapshot{
		ID: t.id, Reference: t.reference, Type: t.kind, Status: t.status, Currency: t.currency,
		Amount: t.amount.String(), Captured: t.captured.String(), Refunded: t.refunded.String(), Reversed: t.reversed,
	}
}
