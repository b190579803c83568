package sandbox

import (
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/memnet"
)

// BasePath is the path of the API's base URL.
const BasePath = "/v3/api/business/reseller"

// Sandbox is an emulated server of the API with a state of its own. Its methods may be called from several goroutines
// at once. Make one with [Start] or [New].
type Sandbox struct {
	// URL is the base URL, BasePath included. It leads to the server through [Sandbox.Client] only: nothing listens on
	// a port of this machine.
	URL string
	// APIKey is the key of the reseller that the sandbox belongs to.
	APIKey string
	// Seed holds the ids of what exists from the start.
	Seed Seed

	accounts *accounts
	book     *book
	plan     *faultPlan
	keys     *keyring
	state    *state
	mux      http.Handler

	listener *memnet.Listener
	server   *http.Server
	client   *http.Client
	served   chan struct{}  // closed when the server has stopped to accept
	conns    sync.WaitGroup // connections that net/http serves, some a little longer than their requests

	mu      sync.Mutex
	down    bool
	outages int // so far
	closed  bool
	running sync.WaitGroup // requests in work
	done    chan struct{}  // closed by Close
}

// TB is what [Start] needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	// Helper marks the caller as no part of the test's story.
	Helper()
	// Cleanup runs a function when the test is over.
	Cleanup(cleanup func())
	// Fatalf ends the test with a message.
	Fatalf(format string, args ...any)
}

// Start makes a sandbox that closes itself when the test ends. Inside a bubble of testing/synctest all its time is
// virtual. A bad option fails the test.
func Start(t TB, opts ...Option) *Sandbox {
	t.Helper()
	sb, err := New(opts...)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(sb.Close)
	return sb
}

// New makes a sandbox, which is in memory: nobody else can reach it. The caller closes it. It fails only on a bad
// option.
func New(opts ...Option) (*Sandbox, error) {
	chosen, err := settingsOf(opts)
	if err != nil {
		return nil, err
	}
	sb := &Sandbox{
		accounts: newAccounts(),
		book:     newBook(),
		plan:     &faultPlan{random: chosen.random, queues: map[Operation][]Fault{}},
		keys:     newKeyring(chosen.rules, chosen.now),
		state:    newState(chosen.now),
		done:     make(chan struct{}),
	}
	sb.APIKey = sb.accounts.reset(ownReseller)
	sb.Seed = sb.state.plant(sb.accounts.reset(otherReseller))
	sb.mux = gen.Handler(sb.state, gen.ServerOptions{BasePath: BasePath, Wrap: sb.wrap, Respond: respond})
	sb.listen()
	return sb, nil
}

// listen serves the sandbox over a network in memory.
func (s *Sandbox) listen() {
	s.listener = memnet.Listen()
	s.URL = "http://" + s.listener.Addr().String() + BasePath
	s.client = &http.Client{Transport: &http.Transport{DialContext: s.listener.DialContext}}
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: time.Minute, ConnState: s.count}
	s.served = make(chan struct{})
	go func() {
		defer close(s.served)
		_ = s.server.Serve(s.listener) // ends with Close
	}()
}

// count keeps track of the server's connections.
func (s *Sandbox) count(_ net.Conn, is http.ConnState) {
	switch is {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

// Client returns a client whose Transport, an *[http.Transport], reaches the server. It may be cloned.
//
// On its own net/http sends some requests again when a reused connection breaks, those with an Idempotency-Key among
// them; the ledger shows each of them.
func (s *Sandbox) Client() *http.Client { return s.client }

// Handler returns the server without a network, for a listener of your own; [BasePath] is in its routes. State, faults
// and ledger are shared with the server in memory. Faults close the request's connection or, in HTTP/2, abort its
// stream, as net/http lets a handler do.
func (s *Sandbox) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Close stops the server, ends delays and waits for requests in work. A second Close does nothing.
func (s *Sandbox) Close() {
	if !s.shut() {
		return
	}
	_ = s.server.Close() // the listener's error says that it was closed before
	<-s.served
	s.running.Wait()
	s.conns.Wait()
	s.client.CloseIdleConnections()
}

// shut refuses further requests and reports whether that was news.
func (s *Sandbox) shut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed = true
	close(s.done)
	return true
}

// enter lets a request in, unless the sandbox is closed or down, and returns how many outages there were.
func (s *Sandbox) enter() (outages int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.down {
		return 0, false
	}
	s.running.Add(1)
	return s.outages, true
}
