package sandbox

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Client returns a client whose Transport, an *[http.Transport], reaches the
// server. It may be cloned.
//
// net/http itself repeats some requests when a reused connection breaks, those
// with an Idempotency-Key among them; the ledger shows each of them.
func (s *Sandbox) Client() *http.Client { return s.server.Client() }

// Handler returns the server without a network, for your own listener; the base
// URL's path is in its routes. State, faults and ledger are shared with the
// server in memory. Faults close the request's connection or, in HTTP/2, abort
// its stream, as net/http lets a handler do.
func (s *Sandbox) Handler() http.Handler { return s.server.Handler() }

// Close stops the server, ends delays and waits for active requests. A second
// Close does nothing.
func (s *Sandbox) Close() { s.server.Close() }

// Next queues faults for the next requests of an operation: the first fault for
// the first of them, and so on. They take precedence over [FaultHeader], which
// takes precedence over random faults. Next panics if the operation or a fault
// does not exist; the constants and functions of this package exist, except for
// a status out of range.
func (s *Sandbox) Next(op Operation, faults ...Fault) { s.server.Next(op, faults...) }

// Down takes the server off the network until [Sandbox.Up]: dials are refused
// and all connections are reset, including active requests', which are
// executed but whose responses are lost. The state is kept.
//
// Your own server with [Sandbox.Handler] still takes connections; the handler
// closes them without a response, and the ledger does not see the requests.
func (s *Sandbox) Down() { s.server.Down() }

// Up ends what [Sandbox.Down] or [Sandbox.Outage] began.
func (s *Sandbox) Up() { s.server.Up() }

// Outage is Down now and Up after d, unless a later Down or Outage replaces it.
func (s *Sandbox) Outage(d time.Duration) { s.server.Outage(d) }

// Ledger returns the result of each request so far. It grows as long as the
// server lives, unless [fakeserver.WithLedgerLimit] bounds it.
func (s *Sandbox) Ledger() Ledger { return s.server.Ledger() }

// Executed returns how often an operation was executed, including lost
// responses but not replays or rejections.
func (s *Sandbox) Executed(op Operation) int { return s.server.Executed(op) }

// Requests returns how many requests for an operation reached the server.
func (s *Sandbox) Requests(op Operation) int { return s.server.Requests(op) }

// Control returns what observes and steers the server: its ledger in full,
// faults, clock, key memory, accounts and outages.
func (s *Sandbox) Control() *fakeserver.Control { return s.server.Control() }
