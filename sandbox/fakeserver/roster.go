package fakeserver

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
)

// Roster keeps accounts by name, each with a secret of its own: an API key or
// password. Its methods may be called from several goroutines at once. Vendors
// make their [Accounts] of it.
type Roster struct {
	newName, newSecret func() string

	mu       sync.Mutex
	byName   map[string]*Member
	bySecret map[string]*Member
}

// Member is an account in a [Roster].
type Member struct {
	// Name is the account's name.
	Name string
	// Secret is its API key or password.
	Secret string
	// Disabled means that its requests are to be rejected.
	Disabled bool
}

// NewRoster makes an empty roster. The functions return candidates for names
// and secrets that are to be chosen, each time another one.
func NewRoster(newName, newSecret func() string) *Roster {
	return &Roster{
		newName: newName, newSecret: newSecret, byName: map[string]*Member{}, bySecret: map[string]*Member{},
	}
}

var (
	accountName   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	accountSecret = regexp.MustCompile(`^[[:graph:]]{1,255}$`)
)

// Add makes an account; an empty name or secret is chosen.
func (r *Roster) Add(name, secret string) (Member, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name == "" {
		if next := r.newName(); r.byName[next] == nil {
			name = next
		}
	}
	switch {
	case !accountName.MatchString(name):
		return Member{}, errors.New("sandbox: an account's name has 1 to 64 letters, digits, '.', '_' and '-'")
	case r.byName[name] != nil:
		return Member{}, fmt.Errorf("%w: %s", ErrAccountExists, name)
	}
	made := &Member{Name: name}
	if err := r.setSecret(made, secret); err != nil {
		return Member{}, err
	}
	r.byName[name] = made
	return *made, nil
}

func (r *Roster) setSecret(of *Member, secret string) error {
	for secret == "" {
		if next := r.newSecret(); r.bySecret[next] == nil {
			secret = next
		}
	}
	switch owner := r.bySecret[secret]; {
	case !accountSecret.MatchString(secret):
		return errors.New("sandbox: a secret has 1 to 255 visible ASCII characters and no space")
	case owner != nil && owner != of:
		return ErrAccountExists
	}
	delete(r.bySecret, of.Secret)
	of.Secret, r.bySecret[secret] = secret, of
	return nil
}

// AddAll makes accounts; those that exist get the given secret.
func (r *Roster) AddAll(accounts []NewAccount) error {
	for _, one := range accounts {
		add := r.Add
		if _, exists := r.Find(one.Name); exists {
			add = r.Rotate
		}
		if _, err := add(one.Name, one.Secret); err != nil {
			return err
		}
	}
	return nil
}

// Rotate gives an account a new secret in place of the old one; an empty one is
// chosen.
func (r *Roster) Rotate(name, secret string) (Member, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.byName[name]
	if found == nil {
		return Member{}, fmt.Errorf("%w: %s", ErrNoAccount, name)
	}
	err := r.setSecret(found, secret)
	return *found, err
}

// SetEnabled enables or disables an account.
func (r *Roster) SetEnabled(name string, enabled bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.byName[name]
	if found == nil {
		return fmt.Errorf("%w: %s", ErrNoAccount, name)
	}
	found.Disabled = !enabled
	return nil
}

// Find returns the account with a name.
func (r *Roster) Find(name string) (Member, bool) { return r.find(r.byName, name) }

// FindSecret returns the account with a secret.
func (r *Roster) FindSecret(secret string) (Member, bool) { return r.find(r.bySecret, secret) }

func (r *Roster) find(in map[string]*Member, text string) (Member, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := in[text]; found != nil {
		return *found, true
	}
	return Member{}, false
}

// Names returns all names in order.
func (r *Roster) Names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.byName))
}

// List returns all accounts in the order of their names, without credentials.
func (r *Roster) List() []Account {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Account, 0, len(r.byName))
	for _, name := range slices.Sorted(maps.Keys(r.byName)) {
		all = append(all, Account{Name: name, Enabled: !r.byName[name].Disabled})
	}
	return all
}
