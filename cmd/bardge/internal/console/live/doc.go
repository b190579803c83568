// Package live is the console's page of a sandbox's requests: one lane per
// idempotency key, the API's data beside it, and buttons that steer the sandbox.
//
// It reads and steers over the sandbox's control API, also where the sandbox is
// in the same process. The ledger's stream is what wakes it: it then reads the
// ledger's end anew, so that a page never depends on having seen each event. A
// browser gets the page's parts as they are now; what it has missed does not
// matter, and one that is slow skips states.
//
// Its buttons work in a console without --allow-writes, too. That flag protects
// a journal; a sandbox exists to be steered, and nothing in it is real.
package live
