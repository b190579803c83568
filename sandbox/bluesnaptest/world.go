package bluesnaptest

import (
	"maps"
	"regexp"
	"slices"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// world is what a sandbox holds. It is the [fakeserver.Accounts] of the
// sandbox. The server lets no two of its operations, snapshots, resets and
// changes of accounts run at once.
type world struct {
	*fakeserver.Roster

	strict bool // reject what the vendor's pages do not name
	users  *seedFile

	state *state
	seed  Seed
}

func newWorld(chosen fakeserver.Settings) (*world, error) {
	w := &world{Roster: newRoster(), strict: chosen.Strict, state: newState(chosen.Now)}
	err := w.AddAll(chosen.Accounts)
	for _, one := range chosen.Accounts {
		if reserved(one.Name) {
			err = fakeserver.ErrAccountExists
		}
	}
	if err != nil {
		return nil, err
	}
	if w.users, err = readSeed(chosen.Seed, w.Names(), chosen.Now); err != nil {
		return nil, err
	}
	w.reset()
	return w, nil
}

// reset makes the state what it was at first. Accounts stay.
func (w *world) reset() {
	fresh := newState(w.state.now)
	fresh.merchantIDs, fresh.made["merchant"] = w.state.merchantIDs, w.state.made["merchant"]
	*w.state = *fresh
	w.seed = w.state.plant(ownMerchant)
	w.plantUsers(ownMerchant)
	for _, name := range w.Names() {
		w.adopt(name)
	}
}

// adopt gives an account its merchant id and what it begins with.
func (w *world) adopt(account string) {
	if w.state.merchantIDs[account] == "" {
		w.state.merchantIDs[account] = w.state.merchantIDFor(account)
	}
	if account != ownMerchant && account != otherMerchant {
		w.state.plant(account)
	}
	if account != ownMerchant {
		w.plantUsers(account)
	}
}

func (w *world) plantUsers(account string) {
	if path, err := w.state.plantFile(account, w.users); err != nil { // it was checked
		panic(path + err.Error())
	}
}

var digits = regexp.MustCompile(`^\d+$`)

// merchantIDFor returns the merchant id of a new account: its name, if that is
// a number, else the next that is free.
func (s *state) merchantIDFor(account string) string {
	if digits.MatchString(account) {
		return account
	}
	taken := slices.Collect(maps.Values(s.merchantIDs))
	for {
		if id := s.next("merchant"); !slices.Contains(taken, id) {
			return id
		}
	}
}

// Create makes a merchant, which begins with what the sandbox's own has. An
// empty name or password is chosen.
func (w *world) Create(name, password string) (fakeserver.Account, error) {
	if reserved(name) {
		return fakeserver.Account{}, fakeserver.ErrAccountExists
	}
	made, err := w.Add(name, password)
	if err != nil {
		return fakeserver.Account{}, err
	}
	w.adopt(made.Name)
	return w.shown(made), nil
}

// reserved reports whether a name is the username of another account.
func reserved(name string) bool {
	return name == usernames[ownMerchant] || name == usernames[otherMerchant]
}

// Rotate gives an account a new password; an empty one is chosen.
func (w *world) Rotate(name, password string) (fakeserver.Account, error) {
	changed, err := w.Roster.Rotate(name, password)
	if err != nil {
		return fakeserver.Account{}, err
	}
	return w.shown(changed), nil
}

func (w *world) shown(m fakeserver.Member) fakeserver.Account {
	return fakeserver.Account{Name: m.Name, Enabled: !m.Disabled, Credentials: map[string]string{
		"username": usernameOf(m.Name), "password": m.Secret, "merchant_id": w.state.merchantIDs[m.Name],
	}}
}
