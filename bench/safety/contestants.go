package safety

import (
	"net/http"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Contestant is a client in a table.
type Contestant struct {
	Name, Version string
	connect       func(w *chaos.Simulation) (performer, error)
}

// Contestants returns the clients of the table for a server's mode. This SDK comes last.
func Contestants(mode Mode) []Contestant {
	var all []Contestant
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

// Peer is a client as it is compared everywhere.
func Peer(p peers.Peer) Contestant {
	return Contestant{Name: p.Name, Version: p.Version, connect: func(w *chaos.Simulation) (performer, error) {
		client, err := connect(p, w)
		return passes{client}, err
	}}
}

func connect(p peers.Peer, w *chaos.Simulation) (peers.Client, error) {
	return p.New(peers.Setup{BaseURL: w.URL, Transport: transport(w)})
}

// SDK is this SDK with its defaults.
func SDK() Contestant { return sdk(peers.SDK.Name, idem.Policy{}) }

// SDKFinal is this SDK set up for a server that forgets.
func SDKFinal() Contestant {
	return sdk(peers.SDK.Name+", NoRetryOn500", idem.Policy{NoRetryOn500: true})
}

func sdk(name string, policy idem.Policy) Contestant {
	return Contestant{Name: name, Version: peers.SDK.Version, connect: func(w *chaos.Simulation) (performer, error) {
		e, err := newEngine(w, idem.Config{Policy: policy})
		return passes{e}, err
	}}
}

func transport(w *chaos.Simulation) *http.Transport { return &http.Transport{DialContext: w.DialContext} }
