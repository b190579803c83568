package bluesnaptest

import (
	"fmt"
	"slices"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// seedFile is the content of a user's seed; see [WithSeed].
type seedFile struct {
	Shoppers     []seedShopper     `json:"shoppers"`
	Plans        []seedPlan        `json:"plans"`
	Transactions []seedTransaction `json:"transactions"`
}

type seedShopper struct {
	Account   string   `json:"account"`
	Reference string   `json:"merchantShopperId"`
	FirstName string   `json:"firstName"`
	LastName  string   `json:"lastName"`
	Email     string   `json:"email"`
	Country   string   `json:"country"`
	Zip       string   `json:"zip"`
	Cards     []string `json:"cards"` // their numbers
}

type seedPlan struct {
	Account   string `json:"account"`
	Name      string `json:"name"`
	Frequency string `json:"chargeFrequency"`
	Currency  string `json:"currency"`
	Amount    string `json:"recurringChargeAmount"`
}

type seedTransaction struct {
	Account   string `json:"account"`
	Reference string `json:"merchantTransactionId"`
	Shopper   string `json:"merchantShopperId"`
	Type      string `json:"cardTransactionType"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
}

// readSeed reads a seed and makes all of it once, in a state of its own: what
// an operation would reject is an error with its line.
func readSeed(data []byte, accounts []string, now func() time.Time) (*seedFile, error) {
	users := &seedFile{}
	if data == nil {
		return users, nil
	}
	file, err := fakeserver.ReadSeed(data, users)
	if err != nil {
		return nil, err
	}
	for path, account := range users.accounts() {
		if account != "" && !slices.Contains(accounts, account) {
			return nil, file.Errorf(path, "%w", &fakeserver.UnknownAccountError{Name: account})
		}
	}
	for _, account := range accounts {
		trial := newState(now)
		if account != otherMerchant {
			trial.plant(account)
		}
		if path, err := trial.plantFile(account, users); err != nil {
			return nil, file.Errorf(path, "%v", err)
		}
	}
	return users, nil
}

// accounts returns the account of each item, by its path.
func (f *seedFile) accounts() map[string]string {
	all := map[string]string{}
	for i, one := range f.Shoppers {
		all[fmt.Sprintf("shoppers[%d].account", i)] = one.Account
	}
	for i, one := range f.Plans {
		all[fmt.Sprintf("plans[%d].account", i)] = one.Account
	}
	for i, one := range f.Transactions {
		all[fmt.Sprintf("transactions[%d].account", i)] = one.Account
	}
	return all
}

// begins reports whether an account begins with an item of a seed.
func begins(account, with string) bool {
	return with == account || with == "" && account != otherMerchant
}

// plantFile makes what an account begins with besides the built-in seed. With
// an error it returns the path of the item.
func (s *state) plantFile(account string, f *seedFile) (path string, err error) {
	q := &request{Call: &fakeserver.Call{Account: account}}
	for i, one := range f.Shoppers {
		if begins(account, one.Account) {
			if err := s.plantShopper(account, one); err != nil {
				return fmt.Sprintf("shoppers[%d]", i), err
			}
		}
	}
	for i, one := range f.Plans {
		if begins(account, one.Account) {
			_, err := s.createPlan(q, planParams{
				Name: one.Name, Frequency: one.Frequency, Currency: one.Currency, Amount: word(one.Amount),
			})
			if err != nil {
				return fmt.Sprintf("plans[%d]", i), described(err)
			}
		}
	}
	for i, one := range f.Transactions {
		if begins(account, one.Account) {
			if err := s.plantTransaction(q, one); err != nil {
				return fmt.Sprintf("transactions[%d]", i), described(err)
			}
		}
	}
	return "", nil
}

func (s *state) plantShopper(account string, one seedShopper) error {
	made := &shopper{reference: one.Reference, person: person{
		FirstName: one.FirstName, LastName: one.LastName, Email: one.Email, Country: one.Country, Zip: one.Zip,
	}}
	for _, number := range one.Cards {
		held := &card{Number: word(number)}
		if err := held.check(); err != nil {
			return described(err)
		}
		made.cards = append(made.cards, object{"creditCard": held.view()})
	}
	s.addShopper(account, made)
	return nil
}

func (s *state) plantTransaction(q *request, one seedTransaction) error {
	payers := s.shopperRefs[owned{q.Account, one.Shopper}]
	if len(payers) != 1 {
		return fmt.Errorf("%d shoppers have the reference %q, not one", len(payers), one.Shopper)
	}
	_, err := s.createTransaction(q, transactionParams{
		source: source{Shopper: word(payers[0].id)}, Type: one.Type, Reference: one.Reference,
		Amount: word(one.Amount), Currency: one.Currency,
	})
	return err
}

// described returns an API error as a sentence.
func described(err error) error {
	if shown, ok := err.(*apiError); ok { //nolint:errorlint // operations wrap none
		return fmt.Errorf("%s: %s", shown.name, shown.description)
	}
	return err
}
