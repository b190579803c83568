package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Limits of the server. A page that reads an API waits for it at most pageTime.
const (
	headTime  = 10 * time.Second
	bodyTime  = 15 * time.Second
	pageTime  = 90 * time.Second
	idleTime  = 2 * time.Minute
	endTime   = 3 * time.Second // for active requests, at the end
	maxHeader = 1 << 14         // bytes
	maxBody   = 1 << 16         // bytes
)

// Config describes a console.
type Config struct {
	// Addr is the address to listen on, a loopback address with a port. Port 0
	// is any free one. Empty is 127.0.0.1:0.
	Addr string
	// AllowWrites lets requests pass that change something. By default GET and
	// HEAD alone do.
	AllowWrites bool
	// Sections are the console's pages, in the order of the navigation. "/"
	// leads to the first.
	Sections []Section
}

// Section is a group of pages.
type Section struct {
	// Title is the section's entry in the navigation, Path where it leads.
	Title, Path string
	// OwnWrites lets requests below Path pass that change something, also
	// without [Config].AllowWrites: they change nothing that is real.
	OwnWrites bool
	// Register adds the section's routes and templates. It is called once.
	Register func(*Site)
}

// Server is a console that listens. Make one with [Listen].
type Server struct {
	listener net.Listener
	http     *http.Server
	session  *session
	origin   string

	allowsWrites bool
}

// Listen opens a console's port. [Server.Serve] answers, or [Server.Close] gives
// up.
func Listen(ctx context.Context, config Config) (*Server, error) {
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	if err := onLoopback(config.Addr); err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{listener: listener, origin: "http://" + listener.Addr().String(), allowsWrites: config.AllowWrites}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.session = newSession(port)
	streams, stop := context.WithCancel(context.WithoutCancel(ctx))
	site := newSite(streams, config)
	s.http = &http.Server{
		Handler:           guarded(site, s.session, port, config.AllowWrites),
		ReadHeaderTimeout: headTime, ReadTimeout: bodyTime, WriteTimeout: pageTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
	}
	s.http.RegisterOnShutdown(stop) // Shutdown waits for streams
	return s, nil
}

// onLoopback refuses addresses that other machines can reach, and names that the
// check of the Host header does not know.
func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the address is not HOST:PORT: %w", err)
	}
	ip, err := netip.ParseAddr(host)
	known := err == nil && (ip == netip.IPv6Loopback() || ip == netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if host != "localhost" && !known {
		return errors.New("the console listens on localhost, 127.0.0.1 or [::1] alone; " +
			"from another machine, forward the port, as with ssh -L")
	}
	return nil
}

// Serve answers until ctx ends. Then streams end, and active requests have 3 s.
func (s *Server) Serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := s.http.Shutdown(patient); err != nil {
		_ = s.http.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close closes the port and all connections.
func (s *Server) Close() error {
	return errors.Join(s.http.Close(), ignoreClosed(s.listener.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
