package bluesnaptest

import (
	"net/http"
	"time"
)

// Client returns a client whose Transport, an *[http.Transport], reaches the
// server. It may be cloned.
//
// On its own net/http sends some requests again when a reused connection
// breaks, those with an Idempotency-Key among them; the ledger shows each of
// them.
func (s *Sandbox) Client() *http.Client { return s.server.Client() }

// Handler returns the server without a network, for a listener of your own; the
// base URL's path is in its routes. State, faults and ledger are shared with
// the server in memory. Faults close the request's connection or, in HTTP/2,
// abort its stream, as net/http lets a handler do.
func (s *Sandbox) Handler() http.Handler { return s.server.Handler() }

// Close stops the server, ends delays and waits for requests in work. A second
// Close does nothing.
func (s *Sandbox) Close() { s.server.Close() }

// Next queues faults for the next requests of an operation: the first fault for
// the first of them, and so on. They go before a fault in [FaultHeader], and
// that before one at random. Next panics if the operation or a fault does not
// exist, which the constants and functions of this package rule out, a status
// out of range aside.
func (s *Sandbox) Next(op Operation, faults ...Fault) { s.server.Next(op, faults...) }

// Down takes the server off the network until [Sandbox.Up]: dials are refused
// and all connections are reset, those of requests in work as well. Such a
// request is executed all the same, and its response is lost. The server
// forgets nothing.
//
// A server of your own that uses [Sandbox.Handler] still takes connections; the
// handler closes them without a response, and the ledger does not see the
// requests.
func (s *Sandbox) Down() { s.server.Down() }

// Up ends what [Sandbox.Down] or [Sandbox.Outage] began.
func (s *Sandbox) Up() { s.server.Up() }

// Outage is Down now and Up after d, unless a later Down or Outage takes its
// place.
func (s *Sandbox) Outage(d time.Duration) { s.server.Outage(d) }

// Ledger returns what became of each request so far, unknown routes aside. It
// grows as long as the server lives.
func (s *Sandbox) Ledger() Ledger { return s.server.Ledger() }

// Executed returns how often an operation was executed: responses that were
// lost count, replays and refusals do not.
func (s *Sandbox) Executed(op Operation) int { return s.server.Executed(op) }

// Requests returns how many requests for an operation reached the server.
func (s *Sandbox) Requests(op Operation) int { return s.server.Requests(op) }
