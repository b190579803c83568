package linear

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/memnet"
)

var errKilled = errors.New("the process was killed")

// process is an engine on a machine of its own, in virtual time: it can be
// stopped, its wall clock can be set, and it can be killed.
type process struct {
	engine *idem.Engine
	ctx    context.Context // ends with the process
	kill   context.CancelFunc

	mu      sync.Mutex
	dice    *rand.Rand
	step    time.Duration // what the wall clock is ahead
	resumed chan struct{} // nil while it runs
	killed  bool
	conns   []*memnet.Conn
}

// maxStep bounds the error of a process's wall clock: two of them then differ
// by less than the engine allows.
const maxStep = 2400 * time.Millisecond

func (w *world) start(t *testing.T, name string) *process {
	t.Helper()
	p := &process{dice: w.plan.dice("process", name)}
	p.ctx, p.kill = context.WithCancel(context.Background())
	c := config("http://"+w.listener.Addr().String(), &faulty{
		Journal: w.journal, gate: p, faultShare: w.journalFaultShare, slowest: 20 * time.Second, counts: w.counts,
		dice: w.plan.dice("journal", name),
	}, w.server.window)
	c.Policy = idem.Policy{DisableRetryBudget: true}
	c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		return p.dial(ctx, w, network, address)
	}}
	c.WallClock = p.wall
	if chance(p.dice, 0.5) {
		c.SleptClock = func() time.Duration { return 0 } // so that a step is seen as one
	}
	e, err := idem.New(c)
	require.NoError(t, err)
	p.engine = e
	return p
}

func (p *process) wall() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Round(0).Add(p.step)
}

func (p *process) setClock() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step = between(p.dice, -maxStep, maxStep)
}

func (p *process) pass() error {
	p.mu.Lock()
	resumed, killed := p.resumed, p.killed
	p.mu.Unlock()
	if resumed != nil {
		<-resumed
		return p.pass()
	}
	if killed {
		return errKilled
	}
	return nil
}

func (p *process) stop(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resumed != nil || p.killed {
		return
	}
	resumed := make(chan struct{})
	p.resumed = resumed
	time.AfterFunc(d, func() {
		p.mu.Lock()
		p.resumed = nil
		p.mu.Unlock()
		close(resumed)
	})
}

// end kills the process. Only what has left its machine still arrives.
func (p *process) end() {
	p.mu.Lock()
	conns := p.conns
	p.killed, p.conns = true, nil
	p.mu.Unlock()
	for _, c := range conns {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
	p.kill()
	p.engine.CloseIdleConnections()
}

func (p *process) gone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

func (p *process) dial(ctx context.Context, w *world, network, address string) (net.Conn, error) {
	if err := p.pass(); err != nil {
		return nil, err
	}
	if p.rolls(w.serverFaultShare() / 4) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	c, err := w.listener.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	own := c.(*memnet.Conn)
	own.SetDelay(latency)
	own.Peer().SetDelay(latency)
	if !p.owns(own) {
		_ = own.Close()
		return nil, errKilled
	}
	return &conn{Conn: own, process: p}, nil
}

// latency is how long everything takes in each direction.
const latency = 10 * time.Millisecond

func (p *process) rolls(chanceOf float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return chance(p.dice, chanceOf)
}

func (p *process) owns(c *memnet.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
	return !p.killed
}

type conn struct {
	*memnet.Conn

	process *process
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if gone := c.process.pass(); gone != nil {
		return 0, gone
	}
	return n, err
}
