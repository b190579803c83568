package safety

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/chaos"
)

// RunOrders lets a client perform the second table's operations for a day, with
// the first's faults. It must run in a testing/synctest bubble.
func RunOrders(c Client, seed uint64, operations int) (*Day, error) {
	d := &Day{kindOf: kindOf}
	return d.run(c, config(Remembers, seed), orders(operations))
}

// Orderers returns the clients of the second table, this SDK last: first
// without recovery, then with it.
func Orderers() []Client {
	var all []Client
	for _, p := range []peers.Peer{peers.NetHTTP, peers.RetryableHTTPKeyed, peers.RetryableHTTPPatient} {
		all = append(all, orderer(p))
	}
	return append(all, SDKCalls(), SDKRecovers())
}

// SDKCalls is this SDK with a journal, without runs of Recover.
func SDKCalls() Client {
	c := SDKRecovers()
	c.Name = peers.SDK.Name + ", calls alone"
	connect := c.connect
	c.connect = func(sim *chaos.Simulation) (performer, error) {
		client, err := connect(sim)
		return struct{ performer }{client}, err // without Recover
	}
	return c
}

// SDKRecovers is this SDK with a journal, and with Recover every minute.
func SDKRecovers() Client {
	name := peers.SDK.Name + ", Recover every minute"
	return Client{Name: name, Version: peers.SDK.Version, connect: func(sim *chaos.Simulation) (performer, error) {
		return newDurable(sim)
	}}
}

// orderer is a hand-written client that performs each kind.
func orderer(p peers.Peer) Client {
	return Client{Name: p.Name, Version: p.Version, connect: func(sim *chaos.Simulation) (performer, error) {
		client, err := connect(p, sim)
		doer, ok := client.(peers.Doer)
		if err == nil && !ok {
			err = errors.New("performs no operation of any kind")
		}
		return byHand{doer}, err
	}}
}

type byHand struct{ peers.Doer }

// Do treats a cancelled booking as success, as programs that cancel do.
func (c byHand) Do(ctx context.Context, op chaos.Op) peers.Result {
	request := peers.Operation{Path: op.Path, Body: op.Body, Keyed: true}
	if kindOf(op) == Cancellation {
		request.Keyed, request.DoneCode = false, "already_cancelled"
	}
	return c.Doer.Do(ctx, request)
}
