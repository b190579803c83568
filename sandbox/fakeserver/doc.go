// Package fakeserver is the vendor-independent part of an emulated server: the
// idempotency layer, faults, outages, the ledger, and a network in memory. Each
// vendor's sandbox is a [Server] with that vendor's operations, state and
// words; see packages sandbox, which names the faults anew, and
// sandbox/bluesnaptest, whose users take them from here.
//
// A request arrives and is recorded in the [Ledger], may meet a [Fault], is
// authenticated, passes the idempotency layer, is executed, and its response is
// sent. An operation itself reports that it was executed, independent of the
// response.
//
// The package shares no code with the clients that are tested with it, so that
// it is an independent witness. It may change together with the sandboxes in
// it.
package fakeserver
