package fakeserver

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is an emulated server; Op is the type of its vendor's operations. Its
// methods may be called from several goroutines at once. Make one with [Serve].
type Server[Op ~string] struct {
	// URL is the base URL, the vendor's path included. Only [Server.Client]
	// reaches it: no port of this machine is open.
	URL string

	vendor  Vendor[Op]
	control *Control
	mux     http.Handler

	server *http.Server
	client *http.Client
	served chan struct{}  // closed when the server has stopped to accept
	conns  sync.WaitGroup // connections that net/http serves, some a little longer than their requests
}

// Serve starts a vendor's server in memory: no other process can reach it. The
// caller closes it.
func Serve[Op ~string](vendor Vendor[Op], chosen Settings) *Server[Op] {
	s := &Server[Op]{vendor: vendor, control: newControl(vendor, chosen)}
	s.mux = vendor.Routes(s.around)
	s.listen()
	return s
}

// Control returns what observes and steers the server.
func (s *Server[Op]) Control() *Control { return s.control }

// listen serves over a network in memory.
func (s *Server[Op]) listen() {
	listener := s.control.network.listener
	s.URL = "http://" + listener.Addr().String() + s.vendor.BasePath
	s.client = &http.Client{Transport: &http.Transport{DialContext: listener.DialContext}}
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: time.Minute, ConnState: s.count}
	s.served = make(chan struct{})
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // ends with Close
	}()
}

func (s *Server[Op]) count(_ net.Conn, is http.ConnState) {
	switch is {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

// Client returns a client whose Transport, an *[http.Transport], reaches the
// server. It may be cloned.
//
// net/http itself repeats some requests when a reused connection breaks, those
// with an Idempotency-Key among them; the ledger shows each of them.
func (s *Server[Op]) Client() *http.Client { return s.client }

// Handler returns the server without a network, for your own listener; the base
// URL's path is in its routes. State, faults and ledger are shared with the
// server in memory. Faults close the request's connection or, in HTTP/2, abort
// its stream, as net/http lets a handler do.
func (s *Server[Op]) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Close stops the server, ends delays and waits for active requests. A second
// Close does nothing.
func (s *Server[Op]) Close() {
	if !s.control.shut() {
		return
	}
	_ = s.server.Close() // the listener is closed already
	<-s.served
	s.control.network.running.Wait()
	s.control.network.background.Wait()
	s.conns.Wait()
	s.client.CloseIdleConnections()
}

// Down is [Control.Down].
func (s *Server[Op]) Down() { s.control.Down() }

// Up is [Control.Up].
func (s *Server[Op]) Up() { s.control.Up() }

// Outage is [Control.Outage].
func (s *Server[Op]) Outage(d time.Duration) { s.control.Outage(d) }
