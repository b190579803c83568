// Package control is the HTTP API of a running sandbox, below /_sandbox/: its
// ledger as pages and as a stream, counts, expectations, state, faults, outages,
// the clock, key memory, accounts and switches. openapi.json describes it, and
// is served with it.
//
// It is for tests in any language and on this machine alone. Every request
// passes [Guard] first: a web page must neither read nor steer a sandbox that
// runs on its visitor's machine.
package control
