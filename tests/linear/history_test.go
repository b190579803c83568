package linear

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/anishathalye/porcupine"

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

// recovered records a result of Recover, since a moment before its call.
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

// end ends the recording. Operations without a result stay so.
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

// timeline prints the operations of one ref in the order in which they began.
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
