package safety

import (
	"net/http"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

type Client struct {
	Name, Version string
	connect       func(sim *chaos.Simulation) (performer, error)
}

// Clients returns the clients for a server's mode, this SDK last.
func Clients(mode Mode) []Client {
	var all []Client
	for _, p := range peers.All() {
		switch p.Name {
		case peers.SDK.Name:
			all = append(all, Peer(peers.RetryableHTTPPatient), SDK())
		default:
			all = append(all, Peer(p))
		}
	}
	if mode == Forgets {
		all = append(all, SDKFinal())
	}
	return all
}

// Peer makes a contestant of a client.
func Peer(p peers.Peer) Client {
	return Client{Name: p.Name, Version: p.Version, connect: func(sim *chaos.Simulation) (performer, error) {
		client, err := connect(p, sim)
		return passes{client}, err
	}}
}

func connect(p peers.Peer, sim *chaos.Simulation) (peers.Client, error) {
	return p.New(peers.Setup{BaseURL: sim.URL, Transport: transport(sim)})
}

func SDK() Client { return sdk(peers.SDK.Name, idem.Policy{}) }

// SDKFinal is this SDK with the policy for a server that forgets.
func SDKFinal() Client {
	return sdk(peers.SDK.Name+", NoRetryOn500", idem.Policy{NoRetryOn500: true})
}

func sdk(name string, policy idem.Policy) Client {
	return Client{Name: name, Version: peers.SDK.Version, connect: func(sim *chaos.Simulation) (performer, error) {
		e, err := newEngine(sim, idem.Config{Policy: policy})
		return passes{e}, err
	}}
}

func transport(sim *chaos.Simulation) *http.Transport {
	return &http.Transport{DialContext: sim.DialContext}
}
