package sandbox

import "github.com/bardge/bardge-go/sandbox/fakeserver"

// world is what a sandbox holds. It is the [fakeserver.Accounts] of the
// sandbox. The server lets no two of its operations, snapshots, resets and
// changes of accounts run at once.
type world struct {
	*fakeserver.Roster

	strict bool // reject what the contract does not name
	bends  []Bend
	state  *state
}

// newWorld makes the state of a sandbox's settings. An account that
// exists already gets the given key.
func newWorld(chosen fakeserver.Settings) (*world, error) {
	w := &world{Roster: newRoster(), strict: chosen.Strict, bends: chosen.Bends}
	if err := w.AddAll(chosen.Accounts); err != nil {
		return nil, err
	}
	seed, err := readSeed(chosen.Seed, w.Names())
	if err != nil {
		return nil, err
	}
	w.state = newState(chosen.Now, chosen.Preview)
	w.state.seed = seed
	w.reset()
	return w, nil
}

// reset makes the state what the seed describes. Accounts stay.
func (w *world) reset() {
	fresh := newState(w.state.now, w.state.preview)
	fresh.plant(w.state.seed)
	for _, name := range w.Names() {
		fresh.plantClients(name)
	}
	*w.state = *fresh
}

// Create makes an account, which begins with the seed's clients. An empty name
// or key is chosen.
func (w *world) Create(name, key string) (fakeserver.Account, error) {
	made, err := w.Add(name, key)
	if err != nil {
		return fakeserver.Account{}, err
	}
	w.state.plantClients(made.Name)
	return shown(made), nil
}

// Rotate gives an account a new API key; an empty one is chosen.
func (w *world) Rotate(name, key string) (fakeserver.Account, error) {
	changed, err := w.Roster.Rotate(name, key)
	if err != nil {
		return fakeserver.Account{}, err
	}
	return shown(changed), nil
}

func shown(m fakeserver.Member) fakeserver.Account {
	return fakeserver.Account{
		Name: m.Name, Enabled: !m.Disabled, Credentials: map[string]string{"api_key": m.Secret},
	}
}
