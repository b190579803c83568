package safety

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Below returns other vendors' SDKs: each as it is, and over the engine's
// transport, with retries of its own and without them. Their timeout bounds the
// whole operation there, so it is the call's.
func Below() []Client {
	return []Client{
		Peer(peers.Stripe),
		over(peers.Stripe, callTimeout, ""),
		over(peers.StripeOnce, callTimeout, ", own retries off"),
		Peer(peers.OpenAI),
		over(peers.OpenAI, callTimeout, ""),
		over(peers.OpenAIOnce, callTimeout, ", own retries off"),
	}
}

const attemptTimeout = 15 * time.Second // the peers' own

// Settings returns SDKs over the transport with settings that matter there: a
// timeout of their default or of one attempt, and no key of their own.
func Settings() []Client {
	return []Client{
		over(peers.Stripe, 80*time.Second, ", its default timeout of 80 s"),
		over(peers.Stripe, attemptTimeout, ", timeout 15 s"),
		over(peers.OpenAI, attemptTimeout, ", timeout 15 s"),
		over(peers.OpenAIKeyless, callTimeout, ", no key"),
		over(peers.OpenAIKeylessOnce, callTimeout, ", no key, own retries off"),
		keyInContext(over(peers.OpenAIKeyless, callTimeout, ", a key in the context")),
	}
}

// over is an SDK with the engine's transport as its HTTP client's.
func over(p peers.Peer, timeout time.Duration, how string) Client {
	connect := func(sim *chaos.Simulation) (performer, error) {
		below, err := idem.NewTransport(profile(), issuesPass, func(c *idem.Config) {
			c.BaseURL = sim.URL
			c.Transport = transport(sim)
			c.WallClock = sim.Clock.ClientWall
		})
		if err != nil {
			return nil, err
		}
		client, err := p.New(peers.Setup{BaseURL: sim.URL, Transport: below, Timeout: timeout})
		return passes{client}, err
	}
	return Client{Name: p.Name + " over idem" + how, Version: p.Version, connect: connect}
}

// issuesPass knows the day's one operation. It declares nothing of the response:
// a JSON object that is no error proves it.
func issuesPass(r *http.Request) (idem.Operation, bool) {
	op := idem.Operation{Name: "IssuePass", Class: idem.Keyed, Success: []int{http.StatusOK, http.StatusCreated}}
	return op, r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, peers.Path)
}

// keyInContext lets the program choose each call's key.
func keyInContext(c Client) Client {
	connect := c.connect
	c.connect = func(sim *chaos.Simulation) (performer, error) {
		client, err := connect(sim)
		return keyChooser{client}, err
	}
	return c
}

type keyChooser struct{ performer }

func (c keyChooser) Do(ctx context.Context, op chaos.Op) peers.Result {
	return c.performer.Do(idem.ContextWithKey(ctx, idem.NewKey()), op)
}
