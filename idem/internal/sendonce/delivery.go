package sendonce

// delivery is how far the bytes of an attempt have come.
type delivery uint8

const (
	unknownDelivery delivery = iota
	// undelivered: bytes are still in this machine, or on their way.
	undelivered
	// delivered: the request was written to its end, and no byte of it is
	// without an acknowledgement.
	delivered
)

func (a *Attempt) delivery() delivery {
	c, use, before := a.tracked()
	if c == nil {
		return unknownDelivery
	}
	open := c.exchange.queues.Unacknowledged()
	whole, _ := c.writtenSoFar(use, before, a.size)
	switch {
	case open > 0:
		return undelivered
	case open == 0 && whole:
		return delivered
	default:
		return unknownDelivery
	}
}

// timeUp notes whether the server had the request when the attempt's time was
// over, before the connection is closed (R36).
func (a *Attempt) timeUp() {
	atServer := a.delivery() == delivered
	a.mu.Lock()
	defer a.mu.Unlock()
	a.atServer = atServer
}

// mayBeHeard reports whether a response may be read although the time is over
// (R37): the request has left, and it is the only one that may have been
// executed. After another one, bytes of this one must not be delivered. A write
// that the sleep has interrupted has left, too, if the kernel has nothing of it
// any more.
func (a *Attempt) mayBeHeard() bool {
	c, use, before := a.tracked()
	if c == nil {
		return false
	}
	whole, busy := c.writtenSoFar(use, before, a.size)
	open := c.exchange.queues.Unacknowledged()
	left := whole && open <= 0 || busy && open == 0
	return left && a.sender.Gate.Only()
}
