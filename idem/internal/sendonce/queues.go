package sendonce

import "net"

// queues is what a platform shows of a connection's buffers: -1 where it shows
// nothing.
type queues interface {
	// Unread is the number of bytes that have arrived and were not read.
	Unread() int
	// Unacknowledged is the number of bytes that were written and that the
	// peer's host has not acknowledged.
	Unacknowledged() int
}

// queuesOf queries the connection itself, or the platform.
func queuesOf(c net.Conn) queues {
	if q, ok := c.(queues); ok {
		return q
	}
	return socketQueues(c)
}

// noQueues shows nothing.
type noQueues struct{}

func (noQueues) Unread() int         { return -1 }
func (noQueues) Unacknowledged() int { return -1 }
