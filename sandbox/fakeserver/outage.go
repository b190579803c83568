package fakeserver

import (
	"context"
	"sync"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// network is whether the server can be reached.
type network struct {
	clock    *Clock
	listener *memnet.Listener

	mu         sync.Mutex
	down       bool
	until      time.Time // when the outage ends; zero: with Up
	outages    int       // so far
	closed     bool
	running    sync.WaitGroup // active requests
	background sync.WaitGroup // outages that wait for their end
	done       chan struct{}  // closed when the server closes
}

func newNetwork(clock *Clock) *network {
	return &network{clock: clock, listener: memnet.Listen(), done: make(chan struct{})}
}

// Down takes the server off the network until [Control.Up]: dials are refused
// and all connections are reset, including active requests', which are
// executed but whose responses are lost. The state is kept.
//
// Your own server with [Server.Handler] still takes connections; the handler
// closes them without a response, and the ledger does not see the requests.
func (c *Control) Down() { c.network.goDown(time.Time{}) }

// Up ends what [Control.Down] or [Control.Outage] began.
func (c *Control) Up() { c.network.up() }

// Outage is Down now and Up after d of the server's time, unless a later Down
// or Outage replaces it.
func (c *Control) Outage(d time.Duration) { c.network.outage(d) }

// OutageState reports whether the server is off the network, and until when by
// its own clock; a zero time is until [Control.Up].
func (c *Control) OutageState() (down bool, until time.Time) {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	return c.network.down, c.network.until
}

func (n *network) goDown(until time.Time) (outage int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down, n.until = true, until
	n.outages++
	n.listener.SetDown(true)
	for _, conn := range n.listener.Conns() {
		conn.Reset()
	}
	return n.outages
}

func (n *network) up() {
	n.mu.Lock()
	outage := n.outages
	n.mu.Unlock()
	n.comeBack(outage)
}

func (n *network) outage(d time.Duration) {
	outage := n.goDown(n.clock.Now().Add(d))
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	due := n.clock.in(d)
	n.background.Go(func() {
		if n.clock.wait(context.Background(), n.done, due) {
			n.comeBack(outage)
		}
	})
}

// comeBack ends an outage unless another one has begun.
func (n *network) comeBack(outage int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.outages == outage {
		n.down, n.until = false, time.Time{}
		n.listener.SetDown(false)
	}
}

// enter admits a request, unless the server is closed or down, and returns the
// number of outages so far.
func (n *network) enter() (outages int, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed || n.down {
		return 0, false
	}
	n.running.Add(1)
	return n.outages, true
}

// cutOff reports whether the server has gone down since a call arrived, which
// breaks its connection.
func (n *network) cutOff(c *Call) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.outages != c.outages
}

// shut refuses further requests and reports whether the server was open.
func (n *network) shut() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return false
	}
	n.closed = true
	close(n.done)
	return true
}
