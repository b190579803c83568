package control

import (
	"errors"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Bounds of what accounts may be created.
const (
	maxAccounts = 1_000
	maxName     = 64
)

type accounts struct {
	Accounts []fakeserver.Account `json:"accounts"`
}

var errNoAccounts = &failure{http.StatusNotImplemented, "not_supported", "This sandbox has fixed accounts."}

// accounts lists the accounts, without credentials.
func (a *API) accounts(*http.Request) (accounts, error) {
	if a.control.Accounts == nil {
		return accounts{}, errNoAccounts
	}
	return accounts{append([]fakeserver.Account{}, a.control.Accounts.List()...)}, nil
}

type newAccount struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
}

// createAccount returns an account with its credentials.
func (a *API) createAccount(_ *http.Request, in newAccount) (fakeserver.Account, error) {
	switch {
	case a.control.Accounts == nil:
		return fakeserver.Account{}, errNoAccounts
	case len(in.Name) > maxName || len(in.Secret) > maxName:
		return fakeserver.Account{}, invalid("A name or secret has at most %d bytes.", maxName)
	case len(a.control.Accounts.List()) >= maxAccounts:
		return fakeserver.Account{}, invalid("There are %d accounts already.", maxAccounts)
	}
	account, err := a.control.Accounts.Create(in.Name, in.Secret)
	return account, accountFailure(err)
}

type accountChange struct {
	Enabled *bool `json:"enabled"`
}

// changeAccount enables or disables an account.
func (a *API) changeAccount(r *http.Request, in accountChange) (fakeserver.Account, error) {
	name := r.PathValue("name")
	switch {
	case a.control.Accounts == nil:
		return fakeserver.Account{}, errNoAccounts
	case in.Enabled == nil:
		return fakeserver.Account{}, invalid("The field \"enabled\" is missing.")
	}
	if err := a.control.Accounts.SetEnabled(name, *in.Enabled); err != nil {
		return fakeserver.Account{}, accountFailure(err)
	}
	all := a.control.Accounts.List()
	at := slices.IndexFunc(all, func(one fakeserver.Account) bool { return one.Name == name })
	if at < 0 {
		return fakeserver.Account{}, accountFailure(fakeserver.ErrNoAccount)
	}
	return all[at], nil
}

type newSecret struct {
	Secret string `json:"secret"`
}

// rotateAccount gives an account a new API key or password.
func (a *API) rotateAccount(r *http.Request, in newSecret) (fakeserver.Account, error) {
	switch {
	case a.control.Accounts == nil:
		return fakeserver.Account{}, errNoAccounts
	case len(in.Secret) > maxName:
		return fakeserver.Account{}, invalid("A secret has at most %d bytes.", maxName)
	}
	account, err := a.control.Accounts.Rotate(r.PathValue("name"), in.Secret)
	return account, accountFailure(err)
}

func accountFailure(err error) error {
	switch {
	case errors.Is(err, fakeserver.ErrNoAccount):
		return &failure{http.StatusNotFound, "not_found", "There is no such account."}
	case errors.Is(err, fakeserver.ErrAccountExists):
		return &failure{http.StatusConflict, "exists", "The account exists, or its secret is in use."}
	default:
		return err
	}
}
