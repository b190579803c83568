package bluesnaptest

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Client is [fakeserver.Server.Client]: an HTTP client that reaches the server.
func (s *Sandbox) Client() *http.Client { return s.server.Client() }

// Handler is [fakeserver.Server.Handler]: the server without a network.
func (s *Sandbox) Handler() http.Handler { return s.server.Handler() }

// Close is [fakeserver.Server.Close]: it stops the server and waits for it.
func (s *Sandbox) Close() { s.server.Close() }

// Next is [fakeserver.Server.Next]: it queues faults for an operation's next
// requests. It panics if the operation or a fault does not exist.
func (s *Sandbox) Next(op Operation, faults ...fakeserver.Fault) { s.server.Next(op, faults...) }

// Down is [fakeserver.Server.Down]: it takes the server off the network.
func (s *Sandbox) Down() { s.server.Down() }

// Up is [fakeserver.Server.Up]: it ends Down or Outage.
func (s *Sandbox) Up() { s.server.Up() }

// Outage is Down now and Up after d, unless a later Down or Outage replaces it.
func (s *Sandbox) Outage(d time.Duration) { s.server.Outage(d) }

// Ledger is [fakeserver.Server.Ledger]: the result of each request so far.
func (s *Sandbox) Ledger() fakeserver.Ledger[Operation] { return s.server.Ledger() }

// Executed is [fakeserver.Server.Executed]: how often an operation was
// executed, including lost responses.
func (s *Sandbox) Executed(op Operation) int { return s.server.Executed(op) }

// Requests is [fakeserver.Server.Requests]: how many requests for an operation
// reached the server.
func (s *Sandbox) Requests(op Operation) int { return s.server.Requests(op) }

// Control is [fakeserver.Server.Control]: what observes and steers the server.
func (s *Sandbox) Control() *fakeserver.Control { return s.server.Control() }
