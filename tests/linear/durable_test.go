package linear

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// realWindow is how long the server remembers a key in real time: longer than a
// lease, so that some operations of dead processes are sent again, and others
// are not.
const realWindow = 20 * time.Second

const loadTime = 22 * time.Second

const leaseTime = 11 * time.Second

var actual = load{refs: 64, fresh: 350 * time.Millisecond, pause: 300 * time.Millisecond, patience: 40 * time.Second}

// fleet is a history in real time: a server, a journal, and processes that make
// calls and recover, and are stopped and killed.
type fleet struct {
	t       *testing.T
	seed    uint64
	url     string
	journal string
	history *history
	counts  *counts
	plan    plan
	calm    atomic.Bool
	began   time.Time
	started atomic.Int64
}

func newFleet(t *testing.T, seed uint64, journal string, c *counts) *fleet {
	t.Helper()
	f := &fleet{t: t, seed: seed, journal: journal, history: &history{}, counts: c, began: time.Now()}
	f.plan = plan{seed: seed, faultShare: f.serverFaultShare, slowest: 4 * time.Second}
	mux := http.NewServeMux()
	(&recorder{history: f.history, counts: c}).register(mux)
	mux.Handle("/", newServer(f.history, realWindow, f.plan, c).handler())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	web := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = web.Serve(l) }()
	t.Cleanup(func() { _ = web.Close() })
	f.url = "http://" + l.Addr().String()
	return f
}

func (f *fleet) serverFaultShare() float64 {
	if f.calm.Load() {
		return 0
	}
	return 0.35
}

type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan error
}

func (f *fleet) start(mode jobMode, first int) (*child, error) {
	text, err := json.Marshal(job{
		Name: fmt.Sprint("p", f.started.Add(1)), Seed: f.seed + uint64(f.started.Load()), URL: f.url,
		Journal: f.journal, Mode: mode, First: first, Began: f.began,
	})
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(os.Args[0]), ended: make(chan error, 1)}
	c.cmd.Env = append(os.Environ(), envWorker+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { c.ended <- c.cmd.Wait() }()
	return c, nil
}

// run keeps a process of this mode running until the load is over. The process
// is stopped now and then for longer than a lease, and killed in the middle of
// its work.
func (f *fleet) run(mode jobMode, slot int) error {
	dice := f.plan.dice("fate", fmt.Sprint(slot))
	for {
		c, err := f.start(mode, slot*callers/engines)
		if err != nil {
			return err
		}
		left := loadTime - time.Since(f.began)
		life := between(dice, 300*time.Millisecond, 5*time.Second)
		if life >= left {
			time.Sleep(max(left, 0))
			_ = c.stdin.Close()
			return <-c.ended
		}
		time.Sleep(life)
		if chance(dice, 0.15) {
			f.counts.add("stopped")
			_ = c.cmd.Process.Signal(syscall.SIGSTOP)
			time.Sleep(min(leaseTime, max(loadTime-time.Since(f.began), 0)))
			_ = c.cmd.Process.Signal(syscall.SIGCONT)
			time.Sleep(between(dice, 0, 2*time.Second))
		}
		f.counts.add("killed")
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

func (f *fleet) play(disturb func() error) []operation {
	var all sync.WaitGroup
	errs := make(chan error, engines+2)
	for slot := range engines {
		all.Go(func() { errs <- f.run(jobCalls, slot) })
	}
	all.Go(func() { errs <- f.run(jobRecover, engines) })
	all.Go(func() {
		time.Sleep(between(f.plan.dice("disturb"), loadTime/4, loadTime/2))
		f.counts.add("disturbed")
		errs <- disturb()
	})
	all.Wait()
	close(errs)
	for err := range errs {
		assert.NoError(f.t, err)
	}
	f.t.Log("the load ended after ", time.Since(f.began))
	f.calm.Store(true)
	time.Sleep(leaseTime)
	c, err := f.start(jobLast, 0)
	require.NoError(f.t, err)
	assert.NoError(f.t, <-c.ended)
	return f.history.end()
}

func TestLinear_DurableJournals(t *testing.T) {
	t.Parallel()
	rows := map[string]func(t *testing.T) (journal string, disturb func() error){
		"SQLite": func(t *testing.T) (string, func() error) {
			return "sqlite:" + filepath.Join(t.TempDir(), "journal.db"), func() error { return nil }
		},
		"PostgreSQL": func(t *testing.T) (string, func() error) {
			s := pgtest.Start(t)
			return "postgres:" + s.DSN, s.Crash // it recovers from its log
		},
	}
	for name, row := range rows {
		for i := range uint64(*histories) {
			seed := *firstSeed + i
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				journal, disturb := row(t)
				c := newCounts()
				ops := newFleet(t, seed, journal, c).play(disturb)
				countOutcomes(c, ops)
				c.log(t)
				requireLegal(t, seed, ops)
				assert.Greater(t, c.by["in the end: done"], actual.refs/2)
				assert.Positive(t, c.by["killed"])
				assert.Positive(t, c.by["reserve: committed"])
				assert.Positive(t, c.by["erase: done"])
			})
		}
	}
}
