// Package network puts the client on real sockets, between things that nobody
// here wrote: a proxy that networkFaults connections, a server that breaks HTTP/2 on
// purpose, certificates that are wrong, and an idempotency middleware of another
// project. The ledger of the server has the last word.
package network
