package sandboxserver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	patience  = 2 * time.Second // with active requests, at the end
	idleTime  = 2 * time.Minute
	headTime  = 30 * time.Second
	maxHeader = 1 << 16 // bytes
)

// Server is a sandbox that listens on a port. Make one with [Start].
type Server struct {
	sandbox  *emulated
	origin   string       // "http://127.0.0.1:8787"
	control  *control.API // nil if it is off
	listener net.Listener
	http     *http.Server
	file     *os.File // of the ledger; nil without one
	console  Console  // nil without one

	certificate []byte // its own; nil without TLS
	warn        func(text string)
}

// Start makes a sandbox and listens. [Server.Serve] answers, or [Server.Close]
// gives up.
func Start(ctx context.Context, config Config) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	addr, err := config.listenAddr()
	if err != nil {
		return nil, err
	}
	secure, err := config.tls()
	if err != nil {
		return nil, err
	}
	s := &Server{warn: config.Warn}
	if err := s.open(ctx, &config, addr); err != nil {
		s.Close()
		return nil, err
	}
	s.build(&config, secure)
	if config.ListenAnywhere {
		s.warnf("other machines may reach the sandbox at %s; everyone can read its credentials and ledger, "+
			"and steer it", s.origin)
	}
	return s, nil
}

// open makes all that can fail.
func (s *Server) open(ctx context.Context, config *Config, addr string) error {
	var lines io.Writer
	var err error
	if config.LedgerFile != "" {
		if s.file, err = os.OpenFile(config.LedgerFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return fmt.Errorf("--ledger: %w", err)
		}
		lines = s.file
	}
	opts, err := config.options(lines)
	if err != nil {
		return err
	}
	if s.sandbox, err = config.emulate(opts); err != nil {
		return withAccountFlag(err)
	}
	if err := config.queue(s.Control()); err != nil {
		return err
	}
	var listen net.ListenConfig
	s.listener, err = listen.Listen(ctx, "tcp", addr)
	return err
}

// build puts the server together.
func (s *Server) build(config *Config, secure *tls.Config) {
	scheme := "http"
	if secure != nil {
		scheme, s.certificate = "https", secure.Certificates[0].Certificate[0]
	}
	s.origin = scheme + "://" + reachable(s.listener.Addr())
	s.http = &http.Server{
		Handler: inTime(s.route(config, secure != nil)), TLSConfig: secure,
		ReadHeaderTimeout: headTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
	}
	if s.control != nil {
		s.http.RegisterOnShutdown(s.control.Close) // Shutdown waits for streams
	}
}

// route returns the API with the control API beside it.
func (s *Server) route(config *Config, secure bool) http.Handler {
	api := s.sandbox.Handler()
	if len(config.CORSOrigins) > 0 {
		api = &cors{config.CORSOrigins, api}
	}
	if config.NoControl {
		return api
	}
	guard := control.GuardOf(s.listener.Addr(), secure, config.ListenAnywhere, config.Hosts)
	s.control = control.New(s.Control(), control.Info{
		Vendor: s.sandbox.vendor, Version: config.Version, Guide: s.guide(),
	}, guard)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, control.Prefix) {
			s.control.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// reachable returns the address to call: the loopback one of a server that
// listens on all.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}).String()
}

// tls returns the configuration of a server with a certificate; nil without.
func (c *Config) tls() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil //nolint:nilnil // no certificate is no failure
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

func (s *Server) warnf(format string, args ...any) {
	if s.warn != nil {
		s.warn(fmt.Sprintf(format, args...))
	}
}

// Origin is the sandbox's address: "http://127.0.0.1:8787".
func (s *Server) Origin() string { return s.origin }

// Client returns a client that reaches the sandbox: it trusts its certificate.
func (s *Server) Client() (*http.Client, error) {
	if s.certificate == nil {
		return &http.Client{Transport: &http.Transport{}}, nil
	}
	leaf, err := x509.ParseCertificate(s.certificate)
	if err != nil {
		return nil, err
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: nameOf(leaf), MinVersion: tls.VersionTLS12}
	trusted.RootCAs.AddCert(leaf)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}, nil
}

// nameOf returns a name for which a certificate is valid.
func nameOf(leaf *x509.Certificate) string {
	switch {
	case len(leaf.DNSNames) > 0:
		return leaf.DNSNames[0]
	case len(leaf.IPAddresses) > 0:
		return leaf.IPAddresses[0].String()
	default:
		return ""
	}
}

// Control returns what observes and steers the sandbox.
func (s *Server) Control() *fakeserver.Control { return s.sandbox.Control() }

// Serve answers until ctx ends, and then lets active requests finish for 2 s.
// The sandbox can be observed until [Server.Close]. It warns of a ledger's file
// that lacks lines.
func (s *Server) Serve(ctx context.Context) error {
	err := s.serveUntil(ctx)
	if cause := s.Control().LedgerError(); cause != nil {
		s.warnf("the ledger's file is not complete: %v", cause)
	}
	return err
}

func (s *Server) serveUntil(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.serve() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.http.Shutdown(patient); err != nil {
		_ = s.http.Close() // does not wait for a delayed response
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) serve() error {
	if s.http.TLSConfig != nil {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}

// Close frees what the server holds, and waits for active requests.
func (s *Server) Close() {
	if s.http != nil {
		_ = s.http.Close()
	}
	if s.listener != nil {
		_ = s.listener.Close() // it may be closed already
	}
	if s.sandbox != nil {
		s.sandbox.Close()
	}
	if s.file != nil {
		_ = s.file.Close()
	}
}

// Run serves a sandbox until ctx ends. It prints what a user needs to begin,
// and at the end what was executed, or only a [Ready] in JSON.
func Run(ctx context.Context, config Config) error {
	s, err := Start(ctx, config)
	if err != nil {
		return err
	}
	defer s.Close()
	out := config.Out
	if out == nil {
		out = io.Discard
	}
	if config.Console != nil && s.control != nil {
		if s.console, err = config.Console(ctx, s); err != nil {
			return err
		}
	}
	if err := s.announce(out, config.ReadyJSON); err != nil {
		return err
	}
	if err := s.serveWithConsole(ctx); err != nil || config.ReadyJSON {
		return err
	}
	_, err = io.WriteString(out, "\n"+s.summary())
	return err
}

// serveWithConsole serves the console, if there is one, as long as the sandbox.
func (s *Server) serveWithConsole(ctx context.Context) error {
	if s.console == nil {
		return s.Serve(ctx)
	}
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	go func() { ended <- s.console.Serve(ctx) }()
	err := s.Serve(ctx)
	stop()
	return errors.Join(err, <-ended)
}

func (s *Server) announce(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(s.Ready())
	}
	_, err := io.WriteString(out, s.describe())
	return err
}

const maxPrinted = 1_000 // lines of the ledger at the end

// summary returns the last lines of the ledger.
func (s *Server) summary() string {
	ledger := s.Control().Ledger()
	last := s.Control().Lines(fakeserver.Match{}, 1).Last
	shown := ledger[max(0, len(ledger)-maxPrinted):]
	if int(last) > len(shown) {
		return fmt.Sprintf("%d requests; the last %d:\n%s", last, len(shown), shown)
	}
	return shown.String()
}
