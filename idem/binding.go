package idem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Account is whom a journal belongs to (J12). The API key is no part of it, so
// that it can be rotated.
type Account struct {
	// Vendor is the vendor's name, from Profile.Vendor.
	Vendor string `json:"vendor"`
	// BaseURL is where the operations are sent.
	BaseURL string `json:"base_url"`
	// Name is the account's name at the vendor, as the caller chose it.
	Name string `json:"name"`
}

// String returns all three.
func (a Account) String() string { return fmt.Sprintf("%q at %s (%s)", a.Name, a.BaseURL, a.Vendor) }

var (
	// ErrOtherAccount: the journal belongs to another account; see
	// [OtherAccountError].
	ErrOtherAccount = errors.New("the journal belongs to another account")
	// ErrJournalVersion: the record was written by a later version of this
	// package, which this one must not interpret.
	ErrJournalVersion = claim.ErrVersion
	// ErrJournalSecret: the journal's record was sealed with a secret that is
	// not among those given. Nothing was changed.
	ErrJournalSecret = claim.ErrSecret
)

// OtherAccountError reports that the journal belongs to another account than
// the engine, so that nothing was sent. It is [ErrOtherAccount].
type OtherAccountError struct {
	// Bound is the account that the journal belongs to, Client the engine's
	// own.
	Bound, Client Account
}

// Error names both accounts.
func (e *OtherAccountError) Error() string {
	return fmt.Sprintf("the journal belongs to account %v, not to %v", e.Bound, e.Client)
}

// Is reports whether target is ErrOtherAccount.
func (*OtherAccountError) Is(target error) bool { return target == ErrOtherAccount }

// binding says which account a journal belongs to. It is stored sealed.
type binding struct {
	Account
	// Previous are accounts that the journal has belonged to: records that were
	// sealed for them can be opened.
	Previous []Account `json:"previous,omitempty"`
}

// bindingAssociated is the associated data of a sealed binding.
var bindingAssociated = []byte("idem journal binding")

// bindingAge is how long an engine relies on the binding that it has read. Then
// what begins reads it once more.
const bindingAge = 10 * time.Second

// binder makes sure that the journal belongs to the engine's account.
type binder struct {
	account Account
	bound   atomic.Pointer[binding] // nil until it is known
	readAt  atomic.Int64            // the last time that it was read, by the monotonic clock
	rebound atomic.Bool             // it was another account's then
}

// due reports whether the binding is to be read again: to one of several
// callers.
func (b *binder) due(now clock.Timestamp) bool {
	if b.rebound.Load() {
		return true
	}
	last := b.readAt.Load()
	return now.Mono-time.Duration(last) >= bindingAge && b.readAt.CompareAndSwap(last, int64(now.Mono))
}

// accounts are those whose records can be opened, the engine's own first.
func (b *binder) accounts() []claim.Account {
	all := []claim.Account{claim.Account(b.account)}
	if bound := b.bound.Load(); bound != nil {
		for _, a := range bound.Previous {
			all = append(all, claim.Account(a))
		}
	}
	return all
}

// bind binds the journal to the engine's account if it has none (J12). It fails
// with ErrOtherAccount if it belongs to another one.
func (l sealedJournal) bind(ctx context.Context) error {
	if l.binder.bound.Load() != nil {
		return nil
	}
	stored, b, err := l.binding(ctx)
	if err == nil && stored == nil {
		b = binding{Account: l.binder.account}
		stored, b, err = l.storeBinding(ctx, nil, b)
	}
	if err == nil && b.Account == l.binder.account && !l.seal.IsCurrent(stored) { // the secret was rotated
		_, b, err = l.storeBinding(ctx, stored, b)
	}
	if err == nil {
		err = l.checkOwner(b)
	}
	if err == nil {
		l.know(b)
	}
	return err
}

// checkOwner fails if the journal is bound to another account than the
// engine's.
func (l sealedJournal) checkOwner(b binding) error {
	if b.Account != l.binder.account {
		return &OtherAccountError{Bound: b.Account, Client: l.binder.account}
	}
	return nil
}

// know keeps a binding of the engine's own account.
func (l sealedJournal) know(b binding) {
	l.binder.readAt.Store(int64(l.clock.Now().Mono))
	l.binder.rebound.Store(false)
	l.binder.bound.Store(&b)
}

// admit is bind for what begins. It notices, too, that another process has
// rebound the journal since (J12); what has begun by then is finished and
// recorded. A binding that cannot be read now refuses nothing: the secret may
// have been rotated, and a journal that is away fails where it is needed.
func (l sealedJournal) admit(ctx context.Context) error {
	if err := l.bind(ctx); err != nil {
		return err
	}
	if !l.binder.due(l.clock.Now()) {
		return nil
	}
	stored, b, err := l.binding(ctx)
	switch {
	case l.binder.rebound.Load() && err != nil:
		return err
	case stored == nil: // nor can it be read where there is an error
		return nil
	}
	if err := l.checkOwner(b); err != nil {
		l.binder.rebound.Store(true)
		return err
	}
	l.know(b)
	return nil
}

// rebind gives the journal of account from to the engine's account.
func (l sealedJournal) rebind(ctx context.Context, from Account) error {
	stored, b, err := l.binding(ctx)
	switch {
	case err != nil:
		return err
	case stored == nil:
		return l.bind(ctx)
	case b.Account == l.binder.account:
	case b.Account != from:
		return &OtherAccountError{Bound: b.Account, Client: from}
	default:
		previous := slices.DeleteFunc(append([]Account{from}, b.Previous...), func(a Account) bool {
			return a == l.binder.account
		})
		_, b, err = l.storeBinding(ctx, stored, binding{Account: l.binder.account, Previous: previous})
		if err != nil {
			return err
		}
		if b.Account != l.binder.account {
			return &OtherAccountError{Bound: b.Account, Client: from}
		}
	}
	l.know(b)
	return nil
}

// Rebind gives the journal of account from to the engine's account (J12): the
// API's base URL or the account's name has changed, and the operations are the
// same account's. Records of both are then believed. It fails with
// ErrOtherAccount if the journal does not belong to from. Rebinding what is
// bound already does nothing.
//
// Engines of account from in other processes notice it within ten seconds: what
// begins there is then refused with ErrOtherAccount, and what has begun is
// finished and recorded.
//
// Warning: rebinding the journal of a different account lets Recover send that
// account's operations at this one.
func (e *Engine) Rebind(ctx context.Context, from Account) error {
	switch {
	case e.sealed.journal == nil:
		return &InvalidError{Field: "journal", Reason: "is needed to rebind"}
	case ctx == nil:
		return errNilContext
	}
	if !e.drain.enter(ctx) {
		return ErrClosed
	}
	defer e.drain.leave()
	if err := e.sealed.rebind(ctx, from); err != nil {
		return journalFailure(err)
	}
	return nil
}

// binding reads the stored binding; nil bytes if there is none.
func (l sealedJournal) binding(ctx context.Context) ([]byte, binding, error) {
	return l.parseBinding(l.bindStored(ctx, nil, nil))
}

// storeBinding replaces the stored binding, and returns what is stored
// afterwards.
func (l sealedJournal) storeBinding(ctx context.Context, from []byte, b binding) ([]byte, binding, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return nil, b, err
	}
	return l.parseBinding(l.bindStored(ctx, from, l.seal.Close(bindingAssociated, text)))
}

func (l sealedJournal) parseBinding(stored []byte, err error) ([]byte, binding, error) {
	var b binding
	if err != nil || stored == nil {
		return nil, b, err
	}
	text, err := l.seal.Open(bindingAssociated, stored)
	if err != nil {
		return nil, b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, b, ErrJournalSecret
	}
	return stored, b, nil
}
