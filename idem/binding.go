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

// Account is whom a journal belongs to (J12), however its API key changes.
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
	// ErrJournalSecret: the record was sealed with a secret that is not among
	// those given. Nothing was changed.
	ErrJournalSecret = claim.ErrSecret
)

// OtherAccountError reports that the journal belongs to another account than
// the engine, so that nothing was sent. It is [ErrOtherAccount].
type OtherAccountError struct {
	// Bound is the journal's account, Client the engine's.
	Bound, Client Account
}

// Error names both accounts.
func (e *OtherAccountError) Error() string {
	return fmt.Sprintf("the journal belongs to account %v, not to %v", e.Bound, e.Client)
}

// Is reports whether target is ErrOtherAccount.
func (*OtherAccountError) Is(target error) bool { return target == ErrOtherAccount }

type binding struct {
	Account
	// Previous are earlier accounts of the journal, whose records can be
	// opened.
	Previous []Account `json:"previous,omitempty"`

	stored []byte // nil: there is none
}

var bindingAssociated = []byte("idem journal binding")

// bindingAge is how long an engine relies on the binding that it has read.
const bindingAge = 10 * time.Second

// binder makes sure that the journal belongs to the engine's account.
type binder struct {
	account Account
	bound   atomic.Pointer[binding] // nil until it is known
	readAt  atomic.Int64            // the last time that it was read, by the monotonic clock
	rebound atomic.Bool             // it was another account's then
}

// due reports, to one of several callers, whether the binding is to be read
// again.
func (b *binder) due(now clock.Timestamp) bool {
	if b.rebound.Load() {
		return true
	}
	last := b.readAt.Load()
	return now.Mono-time.Duration(last) >= bindingAge && b.readAt.CompareAndSwap(last, int64(now.Mono))
}

// expire makes the next operation read the binding.
func (b *binder) expire(now clock.Timestamp) { b.readAt.Store(int64(now.Mono - bindingAge)) }

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
	b, err := l.exchangeBinding(ctx, nil, nil)
	if err == nil && b.stored == nil {
		b, err = l.exchangeBinding(ctx, nil, &binding{Account: l.binder.account})
	}
	if err == nil && b.Account == l.binder.account && !l.seal.IsCurrent(b.stored) { // the secret was rotated
		b, err = l.exchangeBinding(ctx, b.stored, &b)
	}
	return l.accept(b, err)
}

// accept keeps a binding of the engine's own account, and refuses another's.
func (l sealedJournal) accept(b binding, err error) error {
	if err != nil {
		return err
	}
	other := b.Account != l.binder.account
	l.binder.rebound.Store(other)
	if other {
		return &OtherAccountError{Bound: b.Account, Client: l.binder.account}
	}
	l.binder.readAt.Store(int64(l.clock.Now().Mono))
	l.binder.bound.Store(&b)
	return nil
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
	b, err := l.exchangeBinding(ctx, nil, nil)
	switch {
	case l.binder.rebound.Load() && err != nil:
		return err
	case err != nil:
		return nil //nolint:nilerr // see above
	case b.stored == nil: // a transaction that bound it was rolled back
		l.binder.bound.Store(nil)
		return l.bind(ctx)
	default:
		return l.accept(b, nil)
	}
}

func (l sealedJournal) rebind(ctx context.Context, from Account) error {
	b, err := l.exchangeBinding(ctx, nil, nil)
	if err == nil && b.stored == nil {
		return l.bind(ctx)
	}
	if err == nil && b.Account == from && from != l.binder.account {
		previous := slices.DeleteFunc(append([]Account{from}, b.Previous...), func(a Account) bool {
			return a == l.binder.account
		})
		b, err = l.exchangeBinding(ctx, b.stored, &binding{Account: l.binder.account, Previous: previous})
	}
	if err == nil && b.Account != l.binder.account {
		return &OtherAccountError{Bound: b.Account, Client: from}
	}
	return l.accept(b, err)
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
	return e.changeJournal(ctx, "rebind", func() (bool, error) {
		if err := e.sealed.rebind(ctx, from); err != nil {
			return false, journalFailure(err)
		}
		return true, nil
	})
}

// exchangeBinding stores a binding (nil: none) if the one that is stored is
// from, and returns the one that is there afterwards.
func (l sealedJournal) exchangeBinding(ctx context.Context, from []byte, to *binding) (b binding, err error) {
	var sealed []byte
	if to != nil {
		text, err := json.Marshal(to)
		if err != nil {
			return b, err
		}
		sealed = l.seal.Close(bindingAssociated, text)
	}
	stored, err := ask(ctx, l, to != nil, func(ctx context.Context) ([]byte, error) {
		return l.journal.Bind(ctx, from, sealed)
	})
	if err != nil || stored == nil {
		return b, err
	}
	return l.parseBinding(stored)
}

func (l sealedJournal) parseBinding(stored []byte) (binding, error) {
	b := binding{stored: stored}
	text, err := l.seal.Open(bindingAssociated, stored)
	switch {
	case err != nil:
		return binding{}, err
	case json.Unmarshal(text, &b) != nil:
		return binding{}, ErrJournalSecret
	}
	return b, nil
}
