package bluesnaptest

import (
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const basePath = "/services/2" // documented

// Sandbox is an emulated server of the API with a state of its own. Its methods may be called from several goroutines
// at once. Make one with [Start] or [New].
type Sandbox struct {
	// URL is what the paths of the vendor's pages are added to ("/services/2/transactions"). It leads to the server
	// through [Sandbox.Client] only: nothing listens on a port of this machine.
	URL string

	// Username and Password are the API credentials of the merchant that the sandbox belongs to.
	Username, Password string
	// MerchantID is that merchant's id, the second part of GET /transactions/{merchantTransactionId},{merchantId}.
	MerchantID string
	// Seed holds the ids of what exists from the start.
	Seed Seed

	server *fakeserver.Server[Operation]
}

// Start makes a sandbox that closes itself when the test ends. Inside a bubble of testing/synctest all its time is
// virtual. A bad option fails the test.
func Start(t fakeserver.TB, opts ...fakeserver.Option) *Sandbox {
	t.Helper()
	sb, err := New(opts...)
	return fakeserver.CloseAfter(t, sb, err)
}

// New makes a sandbox, which is in memory: no other process can reach it. The
// caller closes it. It fails only on a bad option. Options are those of this
// package and of package fakeserver; keys are remembered for 24 h by default. The
// vendor stores them for "up to" that time, so a server that forgets earlier
// ([fakeserver.WithKeyMemory]) keeps its word too.
func New(opts ...fakeserver.Option) (*Sandbox, error) {
	chosen, err := fakeserver.NewSettings(keyRules(), opts)
	if err != nil {
		return nil, err
	}
	state := newState(chosen.Now)
	sb := &Sandbox{
		Username: ownMerchant.username, Password: ownMerchant.password, MerchantID: ownMerchant.id, Seed: state.plant(),
	}
	sb.server = fakeserver.Serve(fakeserver.Vendor[Operation]{
		Operations:   operations(),
		RandomFaults: append(fakeserver.EverydayFaults(), fakeserver.KeyStoreFailure),
		Account:      admit,
		Refuse:       refuse,
		Routes:       state.serve,
	}, chosen)
	sb.URL = sb.server.URL
	return sb, nil
}
