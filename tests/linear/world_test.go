package linear

import (
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal"
)

// world is a history in virtual time: a server, a journal and two processes
// that make calls and recover, while faults occur.
type world struct {
	history  *history
	plan     plan
	server   *server
	web      *http.Server
	listener *memnet.Listener
	journal  journal.Journal
	counts   *counts
	calm     atomic.Bool // nothing fails any more
	began    time.Time

	mu        sync.Mutex
	processes [engines]*process
	calls     atomic.Int64
}

const (
	engines = 2
	callers = 12
	calls   = 12 // of each caller
	// window is how long the server remembers a key.
	window = 90 * time.Second
)

var virtual = load{refs: 16, fresh: 20 * time.Second, pause: 40 * time.Second, patience: 10 * time.Minute}

func play(t *testing.T, seed uint64, j journal.Journal, c *counts) []operation {
	t.Helper()
	w := newWorld(seed, j, c)
	for i := range w.processes {
		w.processes[i] = w.start(t, fmt.Sprint("first of ", i))
	}
	over := make(chan struct{})
	var background, all sync.WaitGroup
	for i := range engines {
		background.Go(func() { w.fates(t, i, over) })
	}
	background.Go(func() { w.recoverer(over) })
	background.Go(func() { w.operator(over) })
	for i := range callers {
		all.Go(func() { w.caller(i) })
	}
	all.Wait()
	close(over)
	background.Wait()
	w.settle(t)
	ops := w.history.end()
	w.close()
	return ops
}

func newWorld(seed uint64, j journal.Journal, c *counts) *world {
	w := &world{history: &history{}, listener: memnet.Listen(), journal: j, counts: c, began: time.Now()}
	w.plan = plan{seed: seed, faultShare: w.serverFaultShare, slowest: 25 * time.Second}
	w.server = newServer(w.history, window, w.plan, c)
	w.web = &http.Server{Handler: w.server.handler(), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = w.web.Serve(w.listener) }()
	return w
}

func (w *world) serverFaultShare() float64 {
	if w.calm.Load() {
		return 0
	}
	return 0.45
}

func (w *world) journalFaultShare() float64 {
	if w.calm.Load() {
		return 0
	}
	return 0.08
}

func (w *world) process(i int) *process {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.processes[i]
}

// fates stops and kills a process now and then, and sets its clock.
func (w *world) fates(t *testing.T, i int, over <-chan struct{}) {
	dice := w.plan.dice("fate", fmt.Sprint(i))
	for n := 0; ; n++ {
		select {
		case <-over:
			return
		case <-time.After(between(dice, 0, 40*time.Second)):
		}
		p := w.process(i)
		switch dice.IntN(4) {
		case 0:
			p.setClock()
			w.counts.add("clock stepped")
		case 1, 2:
			p.stop(between(dice, time.Second, 30*time.Second))
			w.counts.add("stopped")
		case 3:
			p.end()
			w.counts.add("killed")
			time.Sleep(between(dice, 0, 5*time.Second))
			p = w.start(t, fmt.Sprint("next of ", i, n))
			w.mu.Lock()
			w.processes[i] = p
			w.mu.Unlock()
		}
	}
}

func (w *world) caller(client int) {
	dice := w.plan.dice("caller", fmt.Sprint(client))
	for range calls {
		time.Sleep(between(dice, 0, virtual.pause))
		p, ref := w.process(dice.IntN(engines)), refName(virtual.choose(dice, w.began))
		if chance(dice, 0.15) {
			w.reserve(client, p, ref, chance(dice, 0.8))
			continue
		}
		w.call(client, p, ref, virtual.timeout(dice))
	}
}

func (w *world) reserve(client int, p *process, ref string, commit bool) {
	id := fmt.Sprint("call-", w.calls.Add(1))
	op := w.history.invoked(client, input{kind: kindReserve, ref: ref, call: id})
	b, isBroken := w.journal.(*broken)
	tx := &transaction{journal: w.journal, anew: isBroken && b.reservesAnew}
	out, words, reserved := reservation(p.ctx, p.engine, ref, id, tx)
	if p.gone() {
		return // unanswered, and rolled back
	}
	if reserved && commit && tx.commit(p.ctx) {
		w.counts.add("reserve: committed")
	}
	w.history.answered(op, out, words)
}

func (w *world) operator(over <-chan struct{}) {
	dice := w.plan.dice("operator")
	for {
		select {
		case <-over:
			return
		case <-time.After(between(dice, 0, 10*time.Second)):
			w.operateBy(w.process(dice.IntN(engines)), dice)
		}
	}
}

func (w *world) operateBy(p *process, dice *rand.Rand) {
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	o := operator{engine: p.engine, made: w.server.madeFor, think: between(dice, 0, 30*time.Second), record: func(in input, act func() (output, string)) {
		op := w.history.invoked(clientOperator, in)
		if out, words := act(); !p.gone() {
			w.history.answered(op, out, words)
		}
	}}
	if b, ok := w.journal.(*broken); ok && b.guesses {
		o.made = func(string) string { return "" }
	}
	o.act(ctx, dice, refName(dice.IntN(virtual.refs)))
}

func (w *world) call(client int, p *process, ref string, patience time.Duration) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	id := fmt.Sprint("call-", w.calls.Add(1))
	op := w.history.invoked(client, input{kind: kindCall, ref: ref, call: id})
	r := p.engine.Do(ctx, ask(ref, id))
	if p.gone() {
		return // unanswered
	}
	w.history.answered(op, outputOf(r), note(r))
}

func (w *world) recoverer(over <-chan struct{}) {
	dice := w.plan.dice("recoverer")
	for {
		select {
		case <-over:
			return
		case <-time.After(between(dice, 0, 8*time.Second)):
			w.recoverBy(w.process(dice.IntN(engines)), between(dice, 0, time.Minute))
		}
	}
}

func (w *world) recoverBy(p *process, patience time.Duration) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_ = recoverSome(ctx, w.history, p.engine, virtual.refs, p.gone) // the journal may be away
}

// settle ends all faults, and calls each ref once more.
func (w *world) settle(t *testing.T) {
	w.calm.Store(true)
	time.Sleep(40 * time.Second) // what is stopped goes on, leases end, what is late arrives
	for i := range engines {
		p := w.process(i)
		p.end()
		w.mu.Lock()
		w.processes[i] = w.start(t, fmt.Sprint("last of ", i))
		w.mu.Unlock()
	}
	time.Sleep(15 * time.Second)
	w.recoverBy(w.process(0), time.Minute)
	for n := range virtual.refs {
		w.call(n, w.process(n%engines), refName(n), 3*time.Minute)
	}
}

func (w *world) close() {
	for i := range engines {
		w.process(i).end()
	}
	_ = w.web.Close()
	_ = w.listener.Close()
	time.Sleep(10 * time.Minute)
}

// requireLegal checks a history. On failure it prints what is needed to repeat
// it.
func requireLegal(t *testing.T, seed uint64, ops []operation) {
	t.Helper()
	illegal := check(ops)
	if len(illegal) == 0 {
		return
	}
	draw(t, seed, ops)
	for _, ref := range illegal {
		t.Logf("seed %d, %s:\n%s", seed, ref, timeline(ops, ref))
	}
	require.Empty(t, illegal, "illegal histories: repeat with -seed=%d -seeds=1 -histories=1", seed)
}
