package bluesnaptest

import (
	"errors"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const basePath = "/services/2" // documented

// Sandbox is an emulated server of the API with a state of its own. Its methods
// may be called from several goroutines at once. Make one with [Start] or
// [New].
type Sandbox struct {
	// URL is the prefix of the paths in the vendor's pages
	// ("/services/2/transactions"). Only [Sandbox.Client] reaches it: no port
	// of this machine is open.
	URL string

	// Username and Password are the API credentials of the sandbox's merchant.
	Username, Password string
	// MerchantID is that merchant's id, the second part of GET
	// /transactions/{merchantTransactionId},{merchantId}.
	MerchantID string
	// Seed holds the ids of what exists from the start.
	Seed Seed

	server *fakeserver.Server[Operation]
	world  *world
}

// Start makes a sandbox that closes itself when the test ends. Inside a bubble
// of testing/synctest all its time is virtual. A bad option fails the test.
func Start(t fakeserver.TB, opts ...fakeserver.Option) *Sandbox {
	t.Helper()
	sb, err := New(opts...)
	return fakeserver.CloseAfter(t, sb, err)
}

// New makes a sandbox, which is in memory: no other process can reach it. The
// caller closes it. Only a bad option is an error. Options come from this
// package and package fakeserver; keys are remembered for 24 h by default. The
// vendor stores them for "up to" that time, so a shorter time
// ([fakeserver.WithKeyMemory]) is also valid.
func New(opts ...fakeserver.Option) (*Sandbox, error) {
	chosen, err := fakeserver.NewSettings(keyRules(), opts, switches()...)
	if err != nil {
		return nil, err
	}
	if len(chosen.Bends) > 0 {
		return nil, errors.New("sandbox: BlueSnap's sandbox cannot be bent")
	}
	world, err := newWorld(chosen)
	if err != nil {
		return nil, err
	}
	own, _ := world.Find(ownMerchant)
	other, _ := world.Find(otherMerchant)
	sb := &Sandbox{
		Username: usernameOf(ownMerchant), Password: own.Secret, MerchantID: ownMerchant,
		Seed: world.seed, world: world,
	}
	sb.Seed.OtherPassword = other.Secret
	sb.server = fakeserver.Serve(fakeserver.Vendor[Operation]{
		Operations:   operations(),
		RandomFaults: append(fakeserver.EverydayFaults(), fakeserver.KeyStoreFailure),
		Account:      world.admit,
		Accounts:     world,
		State:        world.snapshot,
		Reset:        world.reset,
		Refuse:       refuse,
		Routes:       world.serve,
	}, chosen)
	sb.URL = sb.server.URL
	return sb, nil
}
