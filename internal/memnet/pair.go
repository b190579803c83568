package memnet

import (
	"net"
	"sync"
	"time"
)

// pair is a connection: two ends and what travels between them. It holds every
// rule of TCP that is modelled here; its methods need mu.
type pair struct {
	mu     sync.Mutex
	ends   [2]Conn   // the client's, the server's
	from   [2]stream // from[i] carries what ends[i] sends
	forget func(*pair)
}

func newPair(client, server net.Addr, forget func(*pair)) *pair {
	p := &pair{forget: forget}
	p.ends[0] = Conn{pair: p, side: 0, local: client, remote: server}
	p.ends[1] = Conn{pair: p, side: 1, local: server, remote: client}
	return p
}

// send lets a segment leave a host. Data that reaches an end which has closed
// is answered with a reset, and that answer has a way to go as well.
func (p *pair) send(side int, seg segment, leaves time.Time) {
	out := &p.from[side]
	switch {
	case out.silent:
		out.lost += len(seg.data)
		return
	case out.held:
		p.hold(side, seg)
		return
	}
	seg.arrives = out.arrival(leaves)
	if out.gone && seg.end == open {
		p.send(1-side, segment{end: aborted}, seg.arrives)
		return
	}
	out.put(seg)
}

// hold keeps a segment in the sender's host. A reset is not kept: it is sent
// once and never repeated, and it drops what waits before it.
func (p *pair) hold(side int, seg segment) {
	out := &p.from[side]
	if seg.end != aborted {
		out.put(seg)
		return
	}
	out.keep(func(s segment) bool { return !s.arrives.IsZero() })
}

func (p *pair) release(side int, now time.Time) {
	out := &p.from[side]
	out.held = false
	var held []segment
	out.keep(func(s segment) bool {
		if s.arrives.IsZero() {
			held = append(held, s)
			return false
		}
		return true
	})
	for _, seg := range held {
		p.send(side, seg, now)
	}
}

// closeEnd is what a host does on close: it sends FIN; but RST if the caller
// requested it or left data unread, and RST in response to later data.
func (p *pair) closeEnd(side int, abort bool, now time.Time) {
	out, in := &p.from[side], &p.from[1-side]
	first, unread := in.unread()
	in.gone = true
	in.keep(func(s segment) bool { return s.arrives.IsZero() })
	switch {
	case abort || unread && passed(first, now):
		p.send(side, segment{end: aborted}, now)
	default:
		p.finish(side, now)
		if unread {
			p.send(side, segment{end: aborted}, first)
		}
	}
	out.shut = true
	out.notify()
}

func (p *pair) finish(side int, now time.Time) {
	p.from[side].shut = true
	p.send(side, segment{end: finished}, now)
}

// reset breaks the connection from outside: both ends see RST behind what has
// arrived, and the rest is lost.
func (p *pair) reset(now time.Time) {
	for side := range p.from {
		s := &p.from[side]
		s.keep(func(seg segment) bool { return seg.arrived(now) })
		s.put(segment{arrives: now, end: aborted})
		s.shut = true
	}
}

// silence makes everything that has not arrived vanish, from now on and for
// good.
func (p *pair) silence(now time.Time) {
	for side := range p.from {
		s := &p.from[side]
		s.silent = true
		s.keep(func(seg segment) bool {
			if !seg.arrived(now) {
				s.lost += len(seg.data)
			}
			return seg.arrived(now)
		})
	}
}
