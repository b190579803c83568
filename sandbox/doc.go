// Package sandbox is the API's server, emulated in memory, to test an integration with: state, idempotency keys, and
// things that go wrong on purpose.
package sandbox
