package memnet

import "time"

// window is how many bytes one direction holds, in flight and unread together,
// before its writer waits.
const window = 256 << 10

// ending is how a direction of a connection ends.
type ending int

const (
	open     ending = iota
	finished        // FIN: the sender has sent all
	aborted         // RST: the connection is gone
)

// segment is a piece of a direction: some bytes, or its end.
type segment struct {
	arrives time.Time // when the receiver may see it; zero while it is held in the sender's host
	data    []byte
	end     ending
}

// stream is one direction of a connection: what one end has sent and the other
// has not read. The lock of the pair guards it.
type stream struct {
	queue []segment     // in order of sending; held segments are last
	size  int           // bytes in the queue
	lost  int           // bytes that vanished
	delay time.Duration // between leaving the sender and reaching the receiver
	last  time.Time     // when the latest segment arrives: no later one overtakes it

	held   bool // segments stay in the sender's host
	silent bool // segments vanish on the way
	shut   bool // the sender will send no more data
	gone   bool // the receiver has closed its end

	finishedAt, abortedAt time.Time // when the end arrives; zero: not on its way

	changed chan struct{} // made by a waiter, closed when anything above changes
}

func (s *stream) put(seg segment) {
	s.queue = append(s.queue, seg)
	s.size += len(seg.data)
	switch seg.end {
	case finished:
		s.finishedAt = earlier(s.finishedAt, seg.arrives)
	case aborted:
		s.abortedAt = earlier(s.abortedAt, seg.arrives)
	}
	s.notify()
}

// arrival is when a segment that leaves at a moment reaches the receiver.
func (s *stream) arrival(leaves time.Time) time.Time {
	at := leaves.Add(s.delay)
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	return at
}

// take reads what has arrived. Without any it returns the ending that has
// arrived, or when to look again: zero means not before a change.
func (s *stream) take(p []byte, now time.Time) (n int, end ending, next time.Time) {
	if len(s.queue) == 0 {
		return 0, open, time.Time{}
	}
	head := &s.queue[0]
	if !head.arrived(now) {
		return 0, open, head.arrives
	}
	if head.end != open {
		return 0, head.end, time.Time{}
	}
	n = copy(p, head.data)
	head.data = head.data[n:]
	s.size -= n
	if len(head.data) == 0 {
		s.queue = s.queue[1:]
	}
	s.notify()
	return n, open, time.Time{}
}

// keep throws away the queued segments that do not pass; the writer gets their
// room.
func (s *stream) keep(passes func(segment) bool) {
	queue := s.queue
	s.queue, s.size, s.finishedAt, s.abortedAt = nil, 0, time.Time{}, time.Time{}
	for _, seg := range queue {
		if passes(seg) {
			s.put(seg)
		}
	}
	s.notify()
}

// unread is when the first byte that is unread reached or will reach the
// receiver.
func (s *stream) unread() (at time.Time, ok bool) {
	for _, seg := range s.queue {
		if len(seg.data) > 0 && !seg.arrives.IsZero() {
			return seg.arrives, true
		}
	}
	return time.Time{}, false
}

func (s *stream) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *stream) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func (seg segment) arrived(now time.Time) bool { return passed(seg.arrives, now) }

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func passed(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }
