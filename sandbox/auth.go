package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The resellers of every sandbox. All resellers use the same API and catalog;
// each has its own clients.
const (
	ownReseller   = "reseller_0001"
	otherReseller = "reseller_0002"
)

type reseller struct {
	name, key string
	disabled  bool
}

type accounts struct {
	mu     sync.Mutex
	byName map[string]*reseller
	byKey  map[string]*reseller
	ids    fakeserver.Counters
}

func newAccounts() *accounts {
	a := &accounts{byName: map[string]*reseller{}, byKey: map[string]*reseller{}, ids: fakeserver.Counters{}}
	for _, name := range []string{ownReseller, otherReseller} {
		a.ids.Next("reseller")
		if _, err := a.create(name, ""); err != nil { // the names are ours
			panic(err)
		}
	}
	return a
}

// ResetAPIKey gives the reseller a new API key and returns it. The old one
// becomes invalid at once (documented). The field APIKey keeps the first key.
func (s *Sandbox) ResetAPIKey() string {
	changed, err := s.world.accounts.rotate(ownReseller, "")
	if err != nil { // the account is ours
		panic(err)
	}
	return changed.key
}

// SetAccountEnabled enables or disables the reseller's account; it starts
// enabled. A disabled one gets 403, code account_disabled, on every request.
func (s *Sandbox) SetAccountEnabled(enabled bool) {
	if err := s.world.accounts.enable(ownReseller, enabled); err != nil { // likewise
		panic(err)
	}
}

var (
	accountName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	accountKey  = regexp.MustCompile(`^[!-~]{1,255}$`)
)

// create makes an account; an empty name or key is chosen.
func (a *accounts) create(name, key string) (reseller, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name == "" {
		if next := a.ids.Next("reseller"); a.byName[next] == nil {
			name = next
		}
	}
	switch {
	case !accountName.MatchString(name):
		return reseller{}, errors.New("sandbox: an account's name has 1 to 64 letters, digits, '.', '_' and '-'")
	case a.byName[name] != nil:
		return reseller{}, fmt.Errorf("%w: %s", fakeserver.ErrAccountExists, name)
	}
	made := &reseller{name: name}
	if err := a.setKey(made, key); err != nil {
		return reseller{}, err
	}
	a.byName[name] = made
	return *made, nil
}

// setKey gives an account its API key, in place of the one before.
func (a *accounts) setKey(of *reseller, key string) error {
	for key == "" {
		if next := a.ids.Next("sandbox_key"); a.byKey[next] == nil {
			key = next
		}
	}
	switch owner := a.byKey[key]; {
	case !accountKey.MatchString(key):
		return errors.New("sandbox: an API key has 1 to 255 visible ASCII characters and no space")
	case owner != nil && owner != of:
		return fakeserver.ErrAccountExists
	}
	delete(a.byKey, of.key)
	of.key, a.byKey[key] = key, of
	return nil
}

func (a *accounts) rotate(name, key string) (reseller, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := a.byName[name]
	if found == nil {
		return reseller{}, fmt.Errorf("%w: %s", fakeserver.ErrNoAccount, name)
	}
	err := a.setKey(found, key)
	return *found, err
}

func (a *accounts) enable(name string, enabled bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := a.byName[name]
	if found == nil {
		return fmt.Errorf("%w: %s", fakeserver.ErrNoAccount, name)
	}
	found.disabled = !enabled
	return nil
}

// key returns the API key of an account that exists.
func (a *accounts) key(name string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byName[name].key
}

func (a *accounts) has(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byName[name] != nil
}

func (a *accounts) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.byName))
}

// view returns accounts as others see them, without their keys.
func (a *accounts) view() []fakeserver.Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []fakeserver.Account
	for _, name := range slices.Sorted(maps.Keys(a.byName)) {
		all = append(all, fakeserver.Account{Name: name, Enabled: !a.byName[name].disabled})
	}
	return all
}

// admit returns the reseller that sends a request, a disabled one too.
func (a *accounts) admit(c *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	defer a.mu.Unlock()
	sender := a.byKey[key]
	switch {
	case !ok || sender == nil:
		return "", errorAnswer(badKey(), c.ID)
	case sender.disabled:
		return sender.name, errorAnswer(disabled(), c.ID)
	}
	return sender.name, nil
}
