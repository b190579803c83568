package sandbox

import (
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The resellers of every sandbox. All resellers use the same API and catalog;
// each has its own clients.
const (
	ownReseller   = "reseller_0001"
	otherReseller = "reseller_0002"
)

// newRoster makes the resellers of every sandbox. Their secrets are API keys.
func newRoster() *fakeserver.Roster {
	ids := fakeserver.Counters{}
	next := func(prefix string) func() string { return func() string { return ids.Next(prefix) } }
	r := fakeserver.NewRoster(next("reseller"), next("sandbox_key"))
	for range 2 { // ownReseller and otherReseller
		if _, err := r.Add("", ""); err != nil { // what it chooses is free
			panic(err)
		}
	}
	return r
}

// ResetAPIKey gives the reseller a new API key and returns it. The old one
// becomes invalid at once (documented). The field APIKey keeps the first key.
func (s *Sandbox) ResetAPIKey() string {
	changed, err := s.world.Roster.Rotate(ownReseller, "")
	if err != nil { // the account is ours
		panic(err)
	}
	return changed.Secret
}

// SetAccountEnabled enables or disables the reseller's account; it starts
// enabled. A disabled one gets 403, code account_disabled, on every request.
func (s *Sandbox) SetAccountEnabled(enabled bool) {
	if err := s.world.SetEnabled(ownReseller, enabled); err != nil { // likewise
		panic(err)
	}
}

// admit returns the reseller that sends a request, a disabled one too.
func (w *world) admit(c *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sender, known := w.FindSecret(key)
	switch {
	case !ok || !known:
		return "", errorAnswer(badKey(), c.ID)
	case sender.Disabled:
		return sender.Name, errorAnswer(disabled(), c.ID)
	}
	return sender.Name, nil
}
