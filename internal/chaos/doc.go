// Package chaos simulates a server, the faults around it, and a ledger of what
// was executed.
//
// A [Simulation] is a server that keeps a vendor's idempotency rules, the
// network in front of it, and two clocks, all in virtual time. Faults strike
// requests as a seed decides, and a [Ledger] records what happened. [Run]
// drives a client through many operations and judges each of its claims: an
// operation executed twice is a duplicate, a claim that the ledger contradicts
// is a lie.
//
// The package is independent of the code that it judges: it imports none of it,
// and is written from the vendors' published rules and from what networks do.
//
// A fault is a function of the seed, the operation and the number of the
// request, not of the order in which goroutines run: a seed brings the same
// faults each time. It does not bring the same run, because a client's waits
// are random, and with them what an outage or a pause meets. A timeline shows
// what happened.
//
// Most of the simulation is checked by the properties that use it: a server
// that executes twice, or loses a key, makes them fail. The tests of this
// package hold what those cannot show: that each fault strikes, that keys are
// forgotten in time, and that a duplicate or a false claim is counted.
package chaos
