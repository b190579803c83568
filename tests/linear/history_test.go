package linear

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// history records invocations and their results. Its clock counts events, so
// that it orders them even where virtual time does not move.
type history struct {
	mu   sync.Mutex
	tick int64
	ops  []*operation
	gone bool // nothing is recorded any more
}

// operation is one operation of a history; returned is zero until it ends.
type operation struct {
	client         int
	in             input
	out            output
	call, returned int64
	note           string // for people
}

// The clients of a history other than callers.
const (
	clientServer   = 100
	clientRecovery = 101
	clientOperator = 102
)

func (h *history) now() int64 {
	h.tick++
	return h.tick
}

func (h *history) moment() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now()
}

func (h *history) invoked(client int, in input) *operation {
	h.mu.Lock()
	defer h.mu.Unlock()
	op := &operation{client: client, in: in, call: h.now()}
	h.ops = append(h.ops, op)
	return op
}

func (h *history) answered(op *operation, out output, note string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.gone && op.returned == 0 {
		op.out, op.note, op.returned = out, note, h.now()
	}
}

func (h *history) recovered(since int64, ref string, out output, note string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.gone {
		h.ops = append(h.ops, &operation{
			client: clientRecovery, in: input{kind: kindRecover, ref: ref}, out: out, note: note,
			call: since, returned: h.now(),
		})
	}
}

// executed records an execution; the server holds its lock meanwhile.
func (h *history) executed(ref, call, key, made string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.now()
	h.ops = append(h.ops, &operation{
		client: clientServer, in: input{kind: kindExecute, ref: ref, call: call},
		out: output{outcome: idem.OutcomeDone, made: made, key: key}, call: at, returned: at,
	})
}

func (h *history) end() []operation {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = true
	ops := make([]operation, len(h.ops))
	for i, op := range h.ops {
		ops[i] = *op
	}
	return ops
}

// promising are the operations that promise something. An unknown or unfinished
// call fits into each history at each place, and changes nothing: the checker
// need not try them all.
func promising(ops []operation) []porcupine.Operation {
	var found []porcupine.Operation
	for _, op := range ops {
		if op.returned != 0 && op.out.outcome != idem.OutcomeUnknown {
			found = append(found, op.porcupine())
		}
	}
	return found
}

func (o operation) porcupine() porcupine.Operation {
	returned := o.returned
	if returned == 0 {
		returned = math.MaxInt64 // it may take effect at any later time
	}
	return porcupine.Operation{
		ClientId: o.client, Input: o.in, Output: o.out, Call: o.call, Return: returned, Metadata: o.note,
	}
}

func timeline(ops []operation, ref string) string {
	var lines []string
	slices.SortFunc(ops, func(a, b operation) int { return cmp.Compare(a.call, b.call) })
	for _, op := range ops {
		if op.in.ref != ref {
			continue
		}
		returned := fmt.Sprint(op.returned)
		if op.returned == 0 {
			returned = "never"
		}
		lines = append(lines, fmt.Sprintf("%6d %6s client %3d: %s; %s",
			op.call, returned, op.client, describe(op.in, op.out), op.note))
	}
	return strings.Join(lines, "\n")
}

// counts adds up events, so that a test can show that they occurred.
type counts struct {
	mu sync.Mutex
	by map[string]int
}

func newCounts() *counts { return &counts{by: map[string]int{}} }

func (c *counts) add(what string) { c.addN(what, 1) }

func (c *counts) addN(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[what] += n
}

func (c *counts) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := c.by
	c.by = map[string]int{}
	return by
}

func countOutcomes(c *counts, ops []operation) {
	last := map[string]idem.Outcome{}
	for _, op := range ops {
		switch {
		case op.in.kind == kindExecute:
			c.add("executed")
		case op.returned == 0:
			c.add(string(op.in.kind) + ": unanswered")
		default:
			c.add(string(op.in.kind) + ": " + op.out.outcome.String())
			if op.in.kind == kindCall {
				last[op.in.ref] = op.out.outcome
			}
			if op.out.outcome == idem.OutcomeDone && strings.HasPrefix(op.note, idem.ActionSend.String()+":") {
				c.add("recover: reserved, and done")
			}
		}
	}
	for _, o := range last {
		c.add("in the end: " + o.String())
	}
	c.add("histories")
}

func (c *counts) log(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(c.by)) {
		t.Logf("%6d %s", c.by[what], what)
	}
}

func metServer(f faultKind) string     { return "server: " + string(f) }
func metJournal(f journalFault) string { return "journal: " + string(f) }

// requireMet requires that every possible event occurred: a fault that no
// history meets proves nothing.
func (c *counts) requireMet(t *testing.T) {
	t.Helper()
	wanted := []string{
		"executed", "killed", "stopped", "clock stepped", "journal: away",
		"call: done", "call: not sent", "call: rejected", "call: unknown", "call: unanswered",
		"recover: done", "recover: unknown", "recover: reserved, and done", "reserve: committed",
		"resolve: done", "resolve: rejected", "resolve: unknown", "erase: done", "erase: unknown",
	}
	for _, f := range serverFaults {
		wanted = append(wanted, metServer(f))
	}
	for _, f := range journalFaults {
		wanted = append(wanted, metJournal(f))
	}
	for _, what := range wanted {
		assert.Positive(t, c.by[what], what)
	}
}

var (
	seeds     = flag.Int("seeds", 50, "histories in virtual time of each test")
	firstSeed = flag.Uint64("seed", 1, "the first seed")
	histories = flag.Int("histories", 1, "histories in real time of each durable journal")
	html      = flag.Bool("html", false, "write a page of each illegal history into the temporary directory")
)

// checkTime bounds the check of one ref's history. An illegal one may take for
// ever.
const checkTime = 20 * time.Second

// check returns the refs whose history is illegal, or could not be checked in
// time.
func check(ops []operation) []string {
	var illegal []string
	for _, part := range partition(promising(ops)) {
		if porcupine.CheckOperationsTimeout(model(), part, checkTime) != porcupine.Ok {
			illegal = append(illegal, part[0].Input.(input).ref)
		}
	}
	return append(illegal, forgotten(ops)...)
}

// forgotten returns the refs that were resolved as executed, or erased when
// they were done, but are not done by the last call, which is made when no
// faults occur any more.
func forgotten(ops []operation) []string {
	kept, last := map[string]bool{}, map[string]operation{}
	for _, op := range ops {
		switch op.in.kind {
		case kindResolve, kindErase:
			kept[op.in.ref] = kept[op.in.ref] || op.returned != 0 && op.out.outcome == idem.OutcomeDone
		case kindCall:
			last[op.in.ref] = op
		}
	}
	var lost []string
	for _, ref := range slices.Sorted(maps.Keys(kept)) {
		if kept[ref] && last[ref].out.outcome != idem.OutcomeDone {
			lost = append(lost, ref)
		}
	}
	return lost
}

func draw(t *testing.T, seed uint64, ops []operation) {
	t.Helper()
	if !*html {
		return
	}
	_, info := porcupine.CheckOperationsVerbose(model(), promising(ops), checkTime)
	path := filepath.Join(os.TempDir(), fmt.Sprintf("linear-%d.html", seed))
	require.NoError(t, porcupine.VisualizePath(model(), info, path))
	t.Log("the history is drawn in ", path)
}
