// Package pace spreads the requests of a client over time, so that a server
// which limits their rate rejects few of them.
//
// One turnstile lets requests through in their order, retries first, and one
// timer waits for its next slot: a pause and a new rate count at once. A rate
// is kept only where it is known, or once the server has rejected a request
// with 429: it then begins a third below what the server has done until then, is
// cut once per episode, and grows while requests wait for it. Before that a client may have as many requests in
// flight as have gone well before, and half as many again.
package pace
