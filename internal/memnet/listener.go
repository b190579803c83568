package memnet

import (
	"context"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

const (
	firstPort = 20000
	ports     = 40000
	backlog   = 128 // dials that may wait for an Accept, as with a TCP listener
)

// lastPort counts the ports handed out, so that no two listeners or connections
// of a process share an address.
var lastPort atomic.Uint32

func nextAddr() *net.TCPAddr {
	port := firstPort + int(lastPort.Add(1)%ports)
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
}

// Listener is a [net.Listener] whose connections come from its own DialContext.
// Its methods may be called from several goroutines at once. Make one with
// [Listen].
type Listener struct {
	addr     *net.TCPAddr
	incoming chan *Conn
	done     chan struct{}

	mu    sync.Mutex
	down  bool
	pairs map[*pair]struct{}
}

// Listen returns a listener on a loopback address of its own.
func Listen() *Listener {
	return &Listener{
		addr:     nextAddr(),
		incoming: make(chan *Conn, backlog),
		done:     make(chan struct{}),
		pairs:    map[*pair]struct{}{},
	}
}

// Addr returns the listener's address, 127.0.0.1 and a port.
func (l *Listener) Addr() net.Addr { return l.addr }

// Accept waits for the next dial and returns the server's end of it, a *[Conn].
// Once the listener is closed it fails with [net.ErrClosed].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, l.closedError("accept")
	default:
	}
	select {
	case c := <-l.incoming:
		return c, nil
	case <-l.done:
		return nil, l.closedError("accept")
	}
}

// DialContext connects to the listener and returns the client's end, a *[Conn].
// It is made for [net/http.Transport].
//
// A dial is refused with ECONNREFUSED when the listener is closed or down, and
// when address is not the listener's own: there is no other listener in this
// network. It waits, at most as long as ctx, when 128 dials are unaccepted.
func (l *Listener) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, l.dialError(network, err)
	}
	if address != l.addr.String() {
		return nil, l.dialError(network, refused())
	}
	client, server, ok := l.connect()
	if !ok {
		return nil, l.dialError(network, refused())
	}
	if err := l.enqueue(ctx, server); err != nil {
		l.discard(server)
		return nil, l.dialError(network, err)
	}
	return client, nil
}

func (l *Listener) connect() (client, server *Conn, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return nil, nil, false
	}
	p := newPair(nextAddr(), l.addr, l.forget)
	l.pairs[p] = struct{}{}
	return &p.ends[0], &p.ends[1], true
}

// enqueue hands a connection to Accept. A listener that closes at the same
// moment may not see it any more, hence the look afterwards.
func (l *Listener) enqueue(ctx context.Context, server *Conn) error {
	select {
	case l.incoming <- server:
		if l.closed() {
			return refused()
		}
		return nil
	case <-l.done:
		return refused()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SetDown makes the listener refuse dials, as the port of a stopped server
// does, or take them again. Connections that exist are left alone.
func (l *Listener) SetDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

// Conns returns the server's ends of all connections, in no order, that are not
// closed at both ends.
func (l *Listener) Conns() []*Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	conns := make([]*Conn, 0, len(l.pairs))
	for p := range l.pairs {
		conns = append(conns, &p.ends[1])
	}
	return conns
}

// Close stops the listener. Dials that were never accepted are reset; accepted
// connections live on.
func (l *Listener) Close() error {
	if !l.stop() {
		return l.closedError("close")
	}
	for {
		select {
		case c := <-l.incoming:
			l.discard(c)
		default:
			return nil
		}
	}
}

// stop ends listening and reports whether it had not ended before.
func (l *Listener) stop() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed() {
		return false
	}
	close(l.done)
	return true
}

func (l *Listener) closed() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// discard breaks a connection that was not accepted.
func (l *Listener) discard(c *Conn) {
	c.Reset()
	l.forget(c.pair)
}

func (l *Listener) forget(p *pair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pairs, p)
}

func (l *Listener) closedError(op string) error {
	return &net.OpError{Op: op, Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
}

func (l *Listener) dialError(network string, err error) error {
	return &net.OpError{Op: "dial", Net: network, Addr: l.addr, Err: err}
}

func refused() error { return os.NewSyscallError("connect", syscall.ECONNREFUSED) }
