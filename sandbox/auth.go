package sandbox

import (
	"net/http"
	"strings"
	"sync"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The resellers of the sandbox. Both use the same API; each has its own
// clients.
const (
	ownReseller   = "reseller_0001"
	otherReseller = "reseller_0002"
)

type accounts struct {
	mu       sync.Mutex
	keys     map[string]string // API key to reseller
	disabled map[string]bool   // by reseller
	ids      fakeserver.Counters
}

func newAccounts() *accounts {
	return &accounts{keys: map[string]string{}, disabled: map[string]bool{}, ids: fakeserver.Counters{}}
}

// ResetAPIKey gives the reseller a new API key and returns it. The old one
// becomes invalid at once (documented). The field APIKey keeps the first key.
func (s *Sandbox) ResetAPIKey() string { return s.accounts.reset(ownReseller) }

// SetAccountEnabled enables or disables the reseller's account; it starts
// enabled. A disabled one gets 403, code account_disabled, on every request.
func (s *Sandbox) SetAccountEnabled(enabled bool) {
	s.accounts.mu.Lock()
	defer s.accounts.mu.Unlock()
	s.accounts.disabled[ownReseller] = !enabled
}

func (a *accounts) reset(reseller string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, owner := range a.keys {
		if owner == reseller {
			delete(a.keys, key)
		}
	}
	key := a.ids.Next("sandbox_key")
	a.keys[key] = reseller
	return key
}

// admit returns the reseller that sends a request.
func (a *accounts) admit(c *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	defer a.mu.Unlock()
	reseller := a.keys[key]
	switch {
	case !ok || reseller == "":
		return "", errorAnswer(badKey(), c.ID)
	case a.disabled[reseller]:
		return "", errorAnswer(disabled(), c.ID)
	}
	return reseller, nil
}
