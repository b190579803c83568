package memnet

import "time"

// Unread is the number of bytes that have arrived at this end and were not
// read, as FIONREAD shows it.
func (c *Conn) Unread() int {
	return c.count(func(now time.Time) int {
		n := 0
		for _, seg := range c.in().queue {
			if seg.arrived(now) {
				n += len(seg.data)
			}
		}
		return n
	})
}

// Unacknowledged is the number of bytes that this end has written and that have
// not arrived at the peer, as SIOCOUTQ shows it. What vanished on the way is
// part of it for good.
func (c *Conn) Unacknowledged() int {
	return c.count(func(now time.Time) int {
		n := c.out().lost
		for _, seg := range c.out().queue {
			if !seg.arrived(now) {
				n += len(seg.data)
			}
		}
		return n
	})
}

func (c *Conn) count(of func(now time.Time) int) int {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	return of(time.Now())
}
