package pgtest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy forwards TCP connections to a server, and can swallow their data like a
// firewall that has forgotten a connection: it stays open, and nothing passes.
type Proxy struct {
	DSN string // the server's DSN through the proxy

	listener net.Listener
	running  sync.WaitGroup

	mu       sync.Mutex
	target   string
	closed   bool
	swallows bool // new connections too
	links    []*link
}

type link struct {
	client, server net.Conn // server is nil where nothing was ever to pass

	mu     sync.Mutex
	silent bool
}

// StartProxy starts a proxy in front of the server. It ends with the test.
func StartProxy(tb testing.TB, server *Server) *Proxy {
	tb.Helper()
	dsn, err := url.Parse(server.DSN)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{target: dsn.Host}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil { //nolint:noctx // local
		tb.Fatal(err)
	}
	dsn.Host = p.listener.Addr().String()
	p.DSN = dsn.String()
	p.running.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Swallow makes all existing connections silent, for good. New ones pass.
func (p *Proxy) Swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.silence()
	}
}

// SwallowAll makes new connections silent too, until Restore.
func (p *Proxy) SwallowAll() {
	p.mu.Lock()
	p.swallows = true
	p.mu.Unlock()
	p.Swallow()
}

// Restore lets new connections pass. The silent ones stay silent.
func (p *Proxy) Restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.swallows = false
}

// Lead connects new connections to another DSN's server, and ends the others.
func (p *Proxy) Lead(dsn string) error {
	to, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = to.Host
	for _, l := range p.links {
		l.end()
	}
	return nil
}

func (l *link) end() {
	_ = l.client.Close()
	if l.server != nil {
		_ = l.server.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.pass(client)
	}
}

func (p *Proxy) pass(client net.Conn) {
	l := &link{client: client}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = client.Close()
		return
	}
	p.links = append(p.links, l)
	if p.swallows {
		l.silent = true
		return
	}
	server, err := net.Dial("tcp", p.target) //nolint:noctx // local
	if err != nil {
		_ = client.Close()
		return
	}
	l.server = server
	p.running.Go(func() { l.copy(server, client) })
	p.running.Go(func() { l.copy(client, server) })
}

// copy forwards bytes until one side closes. While silent it goes on reading,
// so that buffers do not fill, and one side's end does not reach the other.
func (l *link) copy(to, from net.Conn) {
	_, _ = io.Copy(gate{l, to}, from)
	if !l.isSilent() {
		_ = to.Close()
	}
}

func (l *link) silence() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent = true
}

func (l *link) isSilent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.silent
}

type gate struct {
	link *link
	to   net.Conn
}

func (g gate) Write(b []byte) (int, error) {
	if g.link.isSilent() {
		return len(b), nil
	}
	return g.to.Write(b)
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	_ = p.listener.Close()
	for _, l := range p.links {
		l.end()
	}
	p.mu.Unlock()
	p.running.Wait()
}
