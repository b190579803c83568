package linear

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// envWorker makes the test binary a process of a history; it holds a job.
const envWorker = "LINEAR_WORKER"

// job is the work of a process until its standard input ends, or until it is
// killed.
type job struct {
	Name    string    `json:"name"`
	Seed    uint64    `json:"seed"`
	URL     string    `json:"url"`
	Journal string    `json:"journal"` // "sqlite:PATH" or "postgres:DSN"
	Mode    jobMode   `json:"mode"`
	First   int       `json:"first"` // the number of its first caller
	Began   time.Time `json:"began"`
}

type jobMode string

const (
	jobCalls   jobMode = "calls"   // callers, while everything fails
	jobRecover jobMode = "recover" // a recoverer, likewise
	jobLast    jobMode = "last"    // recovers once and calls each ref once, while nothing fails
)

func TestMain(m *testing.M) {
	if text := os.Getenv(envWorker); text != "" {
		var j job
		err := json.Unmarshal([]byte(text), &j)
		if err == nil {
			err = j.run()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type worker struct {
	job

	engine  *idem.Engine
	outbox  outbox
	history *remote
	plan    plan
	calls   atomic.Int64
	ahead   atomic.Int64 // of the wall clock
}

func (j job) run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent closes it
		cancel()
	}()
	w := &worker{job: j, plan: plan{seed: j.Seed}}
	w.history = &remote{url: j.URL, client: &http.Client{Transport: &http.Transport{}}, counts: newCounts()}
	stored, err := j.open(ctx)
	switch {
	case ctx.Err() != nil:
		return nil // the store was not there in time
	case err != nil:
		return err
	}
	defer stored.Close()
	if w.engine, err = idem.New(w.config(stored)); err != nil {
		return err
	}
	if w.outbox, err = j.openOutbox(stored); err != nil {
		return err
	}
	defer w.outbox.Close()
	switch j.Mode {
	case jobCalls:
		w.callers(ctx)
	case jobRecover:
		w.recoverer(ctx)
	case jobLast:
		w.last(ctx)
	}
	return nil
}

type durable interface {
	journal.Journal
	io.Closer
}

func (j job) open(ctx context.Context) (durable, error) {
	kind, where, _ := strings.Cut(j.Journal, ":")
	for {
		var opened durable
		var err error
		if kind == "postgres" {
			opened, err = postgres.Open(ctx, where)
		} else {
			opened, err = sqlite.Open(where)
		}
		if err == nil || pause(ctx, 100*time.Millisecond) != nil {
			return opened, err
		}
	}
}

func (w *worker) config(stored journal.Journal) idem.Config {
	c := config(w.URL, &faulty{
		Journal: stored, gate: always{}, faultShare: w.faultShare, slowest: 3 * time.Second, counts: w.history.counts,
		dice: w.plan.dice("journal", w.Name),
	}, realWindow)
	c.JournalTimeout = 2 * time.Second
	c.Policy = idem.Policy{
		KeyTTLMargin: time.Second, AttemptTimeout: 3 * time.Second, BaseDelay: 20 * time.Millisecond,
		MaxDelay: 500 * time.Millisecond, DisableRetryBudget: true,
	}
	c.WallClock = func() time.Time { return time.Now().Round(0).Add(time.Duration(w.ahead.Load())) }
	if w.Seed%2 == 0 {
		c.SleptClock = func() time.Duration { return 0 } // so that a step is seen as one
	}
	return c
}

func (w *worker) faultShare() float64 {
	if w.Mode == jobLast {
		return 0
	}
	return 0.04
}

// always never blocks: a real process is stopped by a signal.
type always struct{}

func (always) pass() error { return nil }

func (w *worker) callers(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { w.steps(ctx) })
	all.Go(func() { w.operator(ctx) })
	for i := range callers / engines {
		all.Go(func() {
			dice := w.plan.dice("caller", w.Name, fmt.Sprint(i))
			for pause(ctx, between(dice, 0, actual.pause)) == nil {
				ref := refName(actual.choose(dice, w.Began))
				if chance(dice, 0.1) {
					w.reserve(ctx, w.First+i, ref, chance(dice, 0.8))
					continue
				}
				w.call(ctx, w.First+i, ref, actual.timeout(dice))
			}
		})
	}
	all.Wait()
}

func (w *worker) steps(ctx context.Context) {
	dice := w.plan.dice("clock", w.Name)
	for pause(ctx, between(dice, 0, 4*time.Second)) == nil {
		w.ahead.Store(int64(between(dice, -maxStep, maxStep)))
		w.history.counts.add("clock stepped")
	}
}

func (w *worker) call(ctx context.Context, client int, ref string, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	id := fmt.Sprint(w.Name, "-", w.calls.Add(1))
	w.history.record(client, input{kind: kindCall, ref: ref, call: id}, func() (output, string) {
		r := w.engine.Do(ctx, ask(ref, id))
		return outputOf(r), note(r)
	})
}

func (w *worker) reserve(ctx context.Context, client int, ref string, commit bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	tx, err := w.outbox.begin(ctx)
	if err != nil {
		return // the store is away
	}
	id := fmt.Sprint(w.Name, "-", w.calls.Add(1))
	w.history.record(client, input{kind: kindReserve, ref: ref, call: id}, func() (output, string) {
		out, words, reserved := reservation(ctx, w.engine, ref, id, tx.reserver)
		switch {
		case !reserved || !commit:
			_ = tx.rollback()
		case tx.commit() == nil:
			w.history.counts.add("reserve: committed")
		}
		return out, words
	})
}

func (w *worker) operator(ctx context.Context) {
	dice, o := w.plan.dice("operator", w.Name), w.person()
	for pause(ctx, between(dice, 0, 200*time.Millisecond)) == nil {
		o.think = between(dice, 0, 500*time.Millisecond)
		o.act(ctx, dice, refName(actual.choose(dice, w.Began)))
	}
}

func (w *worker) person() operator {
	return operator{engine: w.engine, made: w.history.made, record: func(in input, act func() (output, string)) {
		w.history.record(clientOperator, in, act)
	}}
}

func (w *worker) recoverer(ctx context.Context) {
	dice := w.plan.dice("recoverer", w.Name)
	for pause(ctx, between(dice, 0, time.Second)) == nil {
		w.recover(ctx, dice)
	}
}

func (w *worker) recover(ctx context.Context, dice *rand.Rand) {
	ctx, cancel := context.WithTimeout(ctx, between(dice, 0, 10*time.Second))
	defer cancel()
	_ = recoverSome(ctx, w.history, w.engine, actual.refs, func() bool { return false }) // the journal may be away
}

func (w *worker) last(ctx context.Context) {
	// The load may have ended without a reservation or an erasure, if the machine
	// was busy.
	w.reserve(ctx, 0, refName(actual.refs), true)
	w.recover(ctx, w.plan.dice("last"))
	dice := w.plan.dice("last operator")
	for n := range actual.refs / 4 {
		w.person().act(ctx, dice, refName(n))
	}
	next := make(chan int)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for n := range next {
				w.call(ctx, n%callers, refName(n), 8*time.Second)
			}
		})
	}
	for n := range actual.refs + 1 {
		next <- n
	}
	close(next)
	all.Wait()
}
