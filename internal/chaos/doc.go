// Package chaos is a bad day on the network, with a witness.
//
// A [World] is a server that keeps a vendor's idempotency rules to the letter, the network in front of it, and two
// clocks, all under virtual time. Faults strike the requests as a seed decides, and a [Ledger] notes what truly
// happened. [Run] drives a client through many operations and judges every claim that it makes: an operation executed
// twice is a duplicate, a claim that the ledger contradicts is a lie.
//
// The witness is independent. It is written from the vendors' published rules and from what networks do, and imports
// none of the code it judges.
//
// A fault is a function of the seed, the operation and the number of the request, never of the order in which
// goroutines happen to run, so a seed brings the same faults each time. It does not bring the same day: how long a
// client waits is the client's own chance, and with that what an outage or a pause meets. Timelines tell what happened.
package chaos
