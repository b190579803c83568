// Package conformance tries whether a server keeps the promise of idempotency
// keys: an operation is executed once for a key, and its repetition brings the
// first response. It is for authors of servers, in a test with [Test], and for
// clients that want to know what a server does before they trust it: [Run], or
// the command "bardge conform".
//
// It talks to a real server over HTTP, with plain requests that nothing repeats,
// each on a connection of its own, and executes some dozens of operations there.
// Which of them were executed it reads from the ids of resources in responses,
// and from a counter where the server's author has one.
//
// A [Result] reports what was sent and seen, and what it means for a client. It
// never has a key, a credential or a body.
package conformance
