package chaos

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// Config describes a [Simulation]. Its zero value is a server with the Reseller
// API's rules on a perfect network.
type Config struct {
	Seed   uint64
	Rules  Rules // zero: BardgeRules
	Faults Faults
	Broken Broken
}

// Simulation is the server, the network in front of it, the clocks and the
// ledger. It lives in a testing/synctest bubble. Make one with [Start].
type Simulation struct {
	// URL is where the server is, without a slash at the end.
	URL    string
	Clock  Clock
	Ledger *Ledger

	rules      Rules
	plan       plan
	keys       *keys
	listener   *memnet.Listener
	server     *http.Server
	requestIDs atomic.Uint64 // numbers the request ids
	rotated    atomic.Uint64 // how often the credentials have changed

	mu       sync.Mutex
	scripts  map[string][]Fault
	underway map[*memnet.Conn][]*departure // the requests on a connection that have left its client's end and not arrived
	users    map[string]string             // the operation for which a connection was last handed out
	extras   map[string]extra              // the response that lies in a connection, by the client's address
}

// Start starts a simulation. The caller closes it.
func Start(cfg Config) *Simulation {
	if cfg.Rules.TTL == 0 {
		cfg.Rules = BardgeRules()
	}
	s := &Simulation{
		Ledger:   newLedger(),
		rules:    cfg.Rules,
		plan:     newPlan(cfg.Seed, cfg.Faults, cfg.Broken),
		keys:     newKeys(cfg.Rules.TTL - cfg.Broken.ForgetsEarly),
		listener: memnet.Listen(),
		scripts:  map[string][]Fault{},
		underway: map[*memnet.Conn][]*departure{},
		users:    map[string]string{},
		extras:   map[string]extra{},
	}
	s.URL = "http://" + s.listener.Addr().String()
	s.Clock.server = between(s.plan.dice("skew", "", 0), -5*time.Minute, 5*time.Minute)
	s.server = &http.Server{
		Handler:     s.handler(),
		ErrorLog:    log.New(io.Discard, "", 0),
		ConnContext: accepted,
	}
	go func() { _ = s.server.Serve(s.listener) }()
	return s
}

// Close stops the server, breaks every connection, and waits until all
// goroutines have ended.
func (s *Simulation) Close() {
	s.breakAll(false)
	_ = s.server.Close()
	s.Resolve()
}

// Resolve waits until nothing can be on its way any more: late and held
// requests, slow executions, suspended dials.
func (s *Simulation) Resolve() { time.Sleep(5*time.Minute + s.plan.broken.LateBy) }

// Restart takes the server down for d. Its connections are reset, or, if
// silent, die without an error; dials are refused; it forgets nothing.
func (s *Simulation) Restart(d time.Duration, silent bool) {
	s.Ledger.note(machines, sideServer, "down for "+d.String())
	s.listener.SetDown(true)
	s.breakAll(silent)
	time.Sleep(d)
	s.listener.SetDown(false)
	s.Ledger.note(machines, sideServer, "up again")
}

func (s *Simulation) breakAll(silent bool) {
	for _, c := range s.listener.Conns() {
		if silent {
			c.Silence()
		} else {
			c.Reset()
		}
	}
}

// Script sets what strikes the requests of an operation, in their order and in
// place of the plan. The zero Fault is none; requests beyond the script meet
// none.
func (s *Simulation) Script(op string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[op] = faults
}

func (s *Simulation) fault(op string, n int) Fault {
	s.mu.Lock()
	script, scripted := s.scripts[op]
	s.mu.Unlock()
	switch {
	case !scripted:
		return s.plan.request(op, n)
	case n <= len(script):
		return script[n-1].sensible()
	}
	return Fault{}
}

type connKey struct{}

func accepted(ctx context.Context, c net.Conn) context.Context {
	c.(*memnet.Conn).SetDelay(latency)
	return context.WithValue(ctx, connKey{}, c)
}

func clientEnd(r *http.Request) *memnet.Conn {
	return r.Context().Value(connKey{}).(*memnet.Conn).Peer()
}
