// Package fakeserver is the part of an emulated server that knows no vendor: the idempotency layer, faults, outages,
// the ledger, and a network in memory.
// Each vendor's sandbox is a [Server] with that vendor's operations, state and words;
// see packages sandbox, which names the faults anew, and sandbox/bluesnaptest, whose users take them from here.
//
// A request goes one way: it arrives and is written into the [Ledger], may meet a [Fault], is admitted, passes the
// idempotency layer, is executed, and its answer goes back. Executed is what the operation itself says it has done,
// whatever the client is told or not told of it.
//
// The package shares nothing with the clients that are tested with it, so that it can bear witness. It may change
// together with the sandboxes in it.
package fakeserver
