package memnet

import "time"

// SetDelay sets how long this end's data takes to reach the peer, from the next
// Write or Close on. Zero, the default, is no time. Order is kept: nothing
// overtakes data already on its way.
func (c *Conn) SetDelay(d time.Duration) {
	c.applyFault(func(time.Time) { c.out().delay = d })
}

// Hold keeps in this host what this end sends from now on, as a lost route
// does: Write and Close succeed, and the peer receives nothing until
// [Conn.Release]. A Close after SetLinger(0) drops what is kept, and the peer
// is not notified.
func (c *Conn) Hold() {
	c.applyFault(func(time.Time) { c.out().held = true })
}

// Release ends a Hold: what was kept leaves now, also if this end was closed
// meanwhile.
func (c *Conn) Release() {
	c.applyFault(func(now time.Time) { c.pair.release(c.side, now) })
}

// Silence makes the connection dead without an error: writes succeed at both
// ends, nothing arrives, reads block. Only Reset and the ends' own Close and
// deadlines still have an effect.
func (c *Conn) Silence() {
	c.applyFault(func(now time.Time) { c.pair.silence(now) })
}

// Reset aborts the connection from outside. Both ends read what has arrived,
// then ECONNRESET; what was on its way is lost.
func (c *Conn) Reset() {
	c.applyFault(func(now time.Time) { c.pair.reset(now) })
}

func (c *Conn) applyFault(fault func(now time.Time)) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	fault(time.Now())
}
