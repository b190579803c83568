package sandbox

import (
	"net/http"
	"sync"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// world is what a sandbox holds. It is the [fakeserver.Accounts] of the
// sandbox.
type world struct {
	accounts *accounts
	strict   bool // reject what the contract does not name

	mu    sync.Mutex // guards state, for operations and for those who steer
	state *state
}

// newWorld makes the state that a sandbox's settings ask for. An account that
// exists already gets the given key.
func newWorld(chosen fakeserver.Settings) (*world, error) {
	w := &world{accounts: newAccounts(), strict: chosen.Strict}
	for _, one := range chosen.Accounts {
		var err error
		if w.accounts.has(one.Name) {
			_, err = w.accounts.rotate(one.Name, one.Secret)
		} else {
			_, err = w.accounts.create(one.Name, one.Secret)
		}
		if err != nil {
			return nil, err
		}
	}
	seed, err := readSeed(chosen.Seed, w.accounts.names())
	if err != nil {
		return nil, err
	}
	w.state = newState(chosen.Now)
	w.state.seed = seed
	w.reset()
	return w, nil
}

// reset makes the state what the seed describes. Accounts stay.
func (w *world) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := newState(w.state.now)
	fresh.plant(w.state.seed)
	for _, name := range w.accounts.names() {
		fresh.plantClients(name)
	}
	*w.state = *fresh
}

// alone runs an operation while nothing else looks at the state.
func (w *world) alone(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		next.ServeHTTP(rw, r)
	})
}

// List returns the accounts without their keys, sorted by name.
func (w *world) List() []fakeserver.Account { return w.accounts.view() }

// Create makes an account, which begins with the seed's clients. An empty name
// or key is chosen.
func (w *world) Create(name, key string) (fakeserver.Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	made, err := w.accounts.create(name, key)
	if err != nil {
		return fakeserver.Account{}, err
	}
	w.state.plantClients(made.name)
	return made.shown(), nil
}

// SetEnabled enables or disables an account.
func (w *world) SetEnabled(name string, enabled bool) error { return w.accounts.enable(name, enabled) }

// Rotate gives an account a new API key; an empty one is chosen.
func (w *world) Rotate(name, key string) (fakeserver.Account, error) {
	changed, err := w.accounts.rotate(name, key)
	if err != nil {
		return fakeserver.Account{}, err
	}
	return changed.shown(), nil
}

func (r reseller) shown() fakeserver.Account {
	return fakeserver.Account{
		Name: r.name, Enabled: !r.disabled, Credentials: map[string]string{"api_key": r.key},
	}
}
