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

// Config describes a [World]. Its zero value is a server with the Reseller API's rules on a perfect network.
type Config struct {
	Seed   uint64
	Rules  Rules // zero: BardgeRules
	Faults Faults
	Broken Broken
}

// World is the server, the network in front of it, the clocks and the ledger. It lives in a testing/synctest bubble.
// Make one with [Start].
type World struct {
	// URL is where the server is, without a slash at the end.
	URL    string
	Clock  Clock
	Ledger *Ledger

	rules    Rules
	plan     plan
	keys     *keys
	listener *memnet.Listener
	server   *http.Server
	answers  atomic.Uint64 // numbers the request ids
	rotated  atomic.Uint64 // how often the credentials have changed

	mu       sync.Mutex
	scripts  map[string][]Fault
	underway map[*memnet.Conn][]*departure // the requests on a connection that have left its client's end and not arrived
	users    map[string]string             // the operation for which a connection was last handed out
	extras   map[string]extra              // the response that lies in a connection, by the client's address
}

// Start starts a world. The caller closes it.
func Start(cfg Config) *World {
	if cfg.Rules.TTL == 0 {
		cfg.Rules = BardgeRules()
	}
	w := &World{
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
	w.URL = "http://" + w.listener.Addr().String()
	w.Clock.server = between(w.plan.dice("skew", "", 0), -5*time.Minute, 5*time.Minute)
	w.server = &http.Server{
		Handler:     w.handler(),
		ErrorLog:    log.New(io.Discard, "", 0),
		ConnContext: accepted,
	}
	go func() { _ = w.server.Serve(w.listener) }()
	return w
}

// Close stops the server, breaks every connection, and waits for what settles, so that no goroutine stays behind.
func (w *World) Close() {
	w.breakAll(false)
	_ = w.server.Close()
	w.Resolve()
}

// Resolve waits until nothing can be on its way any more: late and held requests, slow executions, suspended dials.
func (w *World) Resolve() { time.Sleep(5*time.Minute + w.plan.broken.LateBy) }

// Restart takes the server down for d. Its connections are reset, or, if silent, die without telling; dials are
// refused; what it knows it keeps.
func (w *World) Restart(d time.Duration, silent bool) {
	w.Ledger.note(everybody, sideServer, "down for "+d.String())
	w.listener.SetDown(true)
	w.breakAll(silent)
	time.Sleep(d)
	w.listener.SetDown(false)
	w.Ledger.note(everybody, sideServer, "up again")
}

func (w *World) breakAll(silent bool) {
	for _, c := range w.listener.Conns() {
		if silent {
			c.Silence()
		} else {
			c.Reset()
		}
	}
}

// Script sets what strikes the requests of an operation, in their order and in place of the plan. The zero Fault is
// none; requests beyond the script meet none either.
func (w *World) Script(op string, faults ...Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scripts[op] = faults
}

// fault is what strikes the n-th request of an operation.
func (w *World) fault(op string, n int) Fault {
	w.mu.Lock()
	script, scripted := w.scripts[op]
	w.mu.Unlock()
	switch {
	case !scripted:
		return w.plan.request(op, n)
	case n <= len(script):
		return script[n-1].sensible()
	}
	return Fault{}
}

type connKey struct{}

// accepted prepares a connection on the server's side.
func accepted(ctx context.Context, c net.Conn) context.Context {
	c.(*memnet.Conn).SetDelay(latency)
	return context.WithValue(ctx, connKey{}, c)
}

// clientEnd is the client's end of the connection that a request came on.
func clientEnd(r *http.Request) *memnet.Conn {
	return r.Context().Value(connKey{}).(*memnet.Conn).Peer()
}
