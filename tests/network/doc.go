// Package network tests the client on real sockets with components of other
// authors: a fault proxy, a server that breaks HTTP/2 on purpose, invalid
// certificates, and idempotency middlewares, one of them run by Node. The
// server's ledger shows what was executed.
package network
