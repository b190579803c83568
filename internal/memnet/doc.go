// Package memnet is a TCP loopback in memory, for tests and for the embedded
// server.
//
// A [Listener] and its [Conn]s replace a TCP listener and its connections under
// net/http, crypto/tls and HTTP/2. Errors are the ones a Linux socket gives,
// seen through [errors.Is]: a refused dial is ECONNREFUSED, an aborted
// connection ECONNRESET, a write to an end that has gone ECONNRESET or EPIPE,
// an expired deadline [os.ErrDeadlineExceeded].
//
// Each direction of a connection can be delayed, held back or made silent while
// it is used, and both ends can be reset by a third party, so that a test
// decides what the network does, and when.
//
// There are no goroutines here, and all waiting is on channels and timers.
// Inside a testing/synctest bubble all waiting is therefore durably blocked and
// takes virtual time; outside one it takes real time.
package memnet
