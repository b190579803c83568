package fakeserver

import (
	"errors"
	"sync"
)

// Accounts are the accounts of a vendor's server. Its methods may be called
// from several goroutines at once.
type Accounts interface {
	// List returns all accounts in the order of their names, without
	// credentials.
	List() []Account
	// Create adds an account and returns it with its credentials. An empty name
	// or secret is chosen. It fails with [ErrAccountExists].
	Create(name, secret string) (Account, error)
	// SetEnabled enables or disables an account. A disabled one is refused on
	// every request. It fails with [ErrNoAccount].
	SetEnabled(name string, enabled bool) error
	// Rotate gives an account a new secret, its API key or password, and
	// returns it with its credentials. The old one becomes invalid at once. An
	// empty secret is chosen. It fails with [ErrNoAccount].
	Rotate(name, secret string) (Account, error)
}

// Account is an account of a vendor's server. Nothing in it is real.
type Account struct {
	// Name is the account's name, as in the ledger.
	Name string `json:"name"`
	// Enabled reports whether its requests are served.
	Enabled bool `json:"enabled"`
	// Credentials are what its requests carry, by their names: "api_key", or
	// "username" and "password". Nil in a list.
	Credentials map[string]string `json:"credentials,omitempty"`
}

// NewAccount is an account that exists from the start; see [WithAccount].
type NewAccount struct {
	// Name is the account's name.
	Name string
	// Secret is its API key or password; "" is chosen.
	Secret string
}

// Errors of [Accounts].
var (
	// ErrNoAccount: no account has this name.
	ErrNoAccount = errors.New("sandbox: no such account")
	// ErrAccountExists: an account with this name or secret exists.
	ErrAccountExists = errors.New("sandbox: the account exists, or its secret is in use")
)

// quietAccounts lets no operation run while accounts are changed.
type quietAccounts struct {
	Accounts

	working *sync.Mutex
}

// Create is the vendor's.
func (q *quietAccounts) Create(name, secret string) (Account, error) {
	q.working.Lock()
	defer q.working.Unlock()
	return q.Accounts.Create(name, secret)
}

// Rotate is the vendor's.
func (q *quietAccounts) Rotate(name, secret string) (Account, error) {
	q.working.Lock()
	defer q.working.Unlock()
	return q.Accounts.Rotate(name, secret)
}
