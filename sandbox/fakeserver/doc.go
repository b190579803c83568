// Package fakeserver is the vendor-independent part of an emulated server: the
// idempotency layer, faults, outages, the ledger, and a network in memory.
// Packages sandbox and bluesnaptest add a vendor's operations and state to a
// [Server].
//
// A request is recorded in the [Ledger], may meet a [Fault], is authenticated,
// passes the idempotency layer, is executed, and its response is sent. An
// operation itself reports that it was executed, independently of the response.
//
// [Control] observes and steers a server, whichever vendor's it is.
//
// The package shares no code with the clients that are tested with it, so that
// it is an independent witness. It may change together with the sandboxes.
package fakeserver
