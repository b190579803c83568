package chaos

import (
	"fmt"
	"sync"
	"time"
)

// Ledger records what happened to each operation. It may be used from several
// goroutines at once.
type Ledger struct {
	mu       sync.Mutex
	began    time.Time
	records  map[string]*record
	requests int
	events   int
}

type record struct {
	dials, conns int
	departures   []time.Time // when each request left; zero: not a byte of it did
	executions   []Execution
	cancelled    bool
	calls        []call
	panics       int            // calls that ended by one
	callbacks    map[string]int // invocations, by name
	events       []event
}

// Execution is one time that an operation was executed.
type Execution struct {
	At      time.Time // by the server's clock
	Key     string    // the key of the request that did it; empty: none
	Request int       // the number of that request, from 1
}

type call struct {
	ended    time.Time
	claim    Claim
	executed bool // the operation had been, by then
}

func newLedger() *Ledger {
	return &Ledger{began: time.Now(), records: map[string]*record{}}
}

// Executed returns how often an operation was executed.
func (l *Ledger) Executed(op string) int { return len(l.Executions(op)) }

// Executions returns each execution of an operation, in their order.
func (l *Ledger) Executions(op string) []Execution {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(op).executions
}

// Cancelled reports whether the booking that an idempotent operation cancels is
// cancelled.
func (l *Ledger) Cancelled(op string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(op).cancelled
}

// Requests returns how many requests have left the clients for an operation,
// those included that broke before their first byte.
func (l *Ledger) Requests(op string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.of(op).departures)
}

func (l *Ledger) of(op string) *record {
	r, ok := l.records[op]
	if !ok {
		r = &record{}
		l.records[op] = r
	}
	return r
}

func (l *Ledger) dialing(op string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(op).dials++
	return l.of(op).dials
}

func (l *Ledger) connected(op string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(op).conns++
	return l.of(op).conns
}

func (l *Ledger) invoked(name, op string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op)
	if r.callbacks == nil {
		r.callbacks = map[string]int{}
	}
	r.callbacks[name]++
	return r.callbacks[name]
}

func (l *Ledger) panicked(op string) {
	l.note(op, sideClient, "the call panics")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(op).panics++
}

func (l *Ledger) depart(op string, ahead time.Duration) *departure {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op)
	r.departures = append(r.departures, time.Time{})
	l.requests++
	return &departure{op: op, n: len(r.departures), at: time.Now(), ahead: ahead}
}

func (l *Ledger) left(d *departure, bytes int) {
	if bytes == 0 {
		l.note(d.op, sideClient, fmt.Sprintf("request %d: not a byte of it left", d.n))
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(d.op).departures[d.n-1] = d.at
}

func (l *Ledger) execute(x *exchange, key string) {
	x.note("executed" + keyed(key))
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(x.op)
	r.executions = append(r.executions, Execution{x.from.serverTime(), key, x.from.n})
}

func (l *Ledger) cancel(x *exchange) bool {
	if !l.markCancelled(x) {
		return false
	}
	x.note("cancelled")
	return true
}

func (l *Ledger) markCancelled(x *exchange) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(x.op)
	if r.cancelled {
		return false
	}
	r.cancelled = true
	r.executions = append(r.executions, Execution{At: x.from.serverTime(), Request: x.from.n})
	return true
}

func (l *Ledger) claimed(op string, claim Claim) {
	l.note(op, sideClient, "call ended: "+string(claim))
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op)
	r.calls = append(r.calls, call{time.Now(), claim, len(r.executions) > 0})
}
