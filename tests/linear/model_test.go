package linear

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
)

type kind string

const (
	kindCall    kind = "call"    // Engine.Do with the ref
	kindRecover kind = "recover" // the ref, as Engine.Recover yields it
	kindReserve kind = "reserve" // Engine.Do with the ref and a transaction
	kindResolve kind = "resolve" // Engine.Resolve, as the server's truth is
	kindErase   kind = "erase"   // Engine.Erase
	kindExecute kind = "execute" // an execution, from the server's own log
)

type input struct {
	kind kind
	ref  string
	// call identifies the call that created the generation. The header of its
	// request carries it, so that the server's log shows it, even if another
	// process sent the request.
	call string
}

type output struct {
	outcome idem.Outcome
	made    string // the id of what was made; empty: the response does not say
	key     string // the idempotency key; empty: none is known
}

// register is the state of one ref: what was made, or nothing yet. It is a
// register that the server writes, once, and that calls read.
type register struct {
	made string
	// dead are the keys and calls of generations that callers know as not
	// executed: these must not be executed later either. Each is enclosed in
	// bars.
	dead string
}

func (s register) isDead(name string) bool { return name != "" && strings.Contains(s.dead, bar(name)) }

func (s register) kill(names ...string) register {
	for _, name := range names {
		if name != "" && !s.isDead(name) {
			s.dead += bar(name)
		}
	}
	return s
}

func bar(name string) string { return "|" + name + "|" }

// step defines the promise of each outcome.
//
// The server's executions are the only writes, each at its own moment: a second
// one of the same ref is illegal, and so is one of a generation that a caller
// knows as not executed. Done promises that the operation was executed before
// the call returned, with this result. Not sent and rejected promise that the
// ref was not executed at some moment of the call, and that their own
// generation never will be. So does a resolution as executed or as not
// executed; and an erased operation was done. Unknown promises nothing, and
// neither does a call that never returned: both may take effect at any later
// time.
func step(s register, in input, out output) (bool, register) {
	switch {
	case in.kind == kindExecute:
		legal := s.made == "" && !s.isDead(in.call) && !s.isDead(out.key)
		return legal, register{made: out.made} // no execution may follow
	case out.outcome == idem.OutcomeDone:
		return s.made != "" && (out.made == "" || out.made == s.made), s
	case out.outcome == idem.OutcomeUnknown:
		return true, s
	case s.made != "":
		return false, s
	default:
		return true, s.kill(in.call, out.key)
	}
}

var hashSeed = maphash.MakeSeed()

func model() porcupine.Model {
	return porcupine.Model{
		Partition: partition,
		Init:      func() any { return register{} },
		Step: func(state, in, out any) (bool, any) {
			return step(state.(register), in.(input), out.(output))
		},
		Hash:              func(state any) uint64 { return maphash.Comparable(hashSeed, state.(register)) },
		DescribeOperation: func(in, out any) string { return describe(in.(input), out.(output)) },
		DescribeState: func(state any) string {
			s := state.(register)
			return fmt.Sprintf("made %q, dead %s", s.made, s.dead)
		},
	}
}

func partition(history []porcupine.Operation) [][]porcupine.Operation {
	at := map[string]int{}
	var parts [][]porcupine.Operation
	for _, op := range history {
		ref := op.Input.(input).ref
		i, ok := at[ref]
		if !ok {
			i = len(parts)
			at[ref], parts = i, append(parts, nil)
		}
		parts[i] = append(parts[i], op)
	}
	return parts
}

func describe(in input, out output) string {
	words := []string{string(in.kind), in.ref, in.call}
	if in.kind != kindExecute {
		words = append(words, "->", out.outcome.String())
	}
	return strings.Join(append(words, out.made, out.key), " ")
}

func TestLinear_TheModelKnowsLegalFromIllegal(t *testing.T) {
	type event func(h *history)
	executes := func(call, key, made string) event {
		return func(h *history) { h.executed("ref", call, key, made) }
	}
	// during is a call whose time has the events in it.
	during := func(call string, out output, events ...event) event {
		return func(h *history) {
			op := h.invoked(0, input{kind: kindCall, ref: "ref", call: call})
			for _, e := range events {
				e(h)
			}
			h.answered(op, out, "")
		}
	}
	unanswered := func(call string) event {
		return func(h *history) { h.invoked(0, input{kind: kindCall, ref: "ref", call: call}) }
	}
	// person is an acknowledged act of the kind, with the result out.
	person := func(k kind, out output, events ...event) event {
		return func(h *history) {
			op := h.invoked(clientOperator, input{kind: k, ref: "ref"})
			for _, e := range events {
				e(h)
			}
			h.answered(op, out, "")
		}
	}
	recovers := func(out output) event {
		return func(h *history) { h.recovered(h.moment(), "ref", out, "") }
	}
	done := func(made string) output { return output{outcome: idem.OutcomeDone, made: made} }
	rejected := func(key string) output { return output{outcome: idem.OutcomeRejected, key: key} }
	notSent := output{outcome: idem.OutcomeNotSent}
	unknown := output{outcome: idem.OutcomeUnknown}
	rows := map[string]struct {
		events []event
		legal  bool
	}{
		"nothing":                                           {legal: true},
		"executed in a call":                                {events: []event{during("1", done("a"), executes("1", "k", "a"))}, legal: true},
		"executed before a call":                            {events: []event{executes("1", "k", "a"), during("2", done("a"))}, legal: true},
		"done, its response lost":                           {events: []event{executes("1", "k", "a"), during("2", done(""))}, legal: true},
		"done and never executed":                           {events: []event{during("1", done("a"))}},
		"done and executed later":                           {events: []event{during("1", done("a")), executes("1", "k", "a")}},
		"done with the result of another":                   {events: []event{during("1", done("b"), executes("1", "k", "a"))}},
		"executed twice":                                    {events: []event{executes("1", "k", "a"), executes("2", "l", "b")}},
		"executed twice in unknown calls":                   {events: []event{during("1", unknown, executes("1", "k", "a")), during("2", unknown, executes("2", "l", "b"))}},
		"unknown and executed later":                        {events: []event{during("1", unknown), executes("1", "k", "a"), during("2", done("a"))}, legal: true},
		"unanswered and executed later":                     {events: []event{unanswered("1"), during("2", notSent), executes("1", "k", "a"), during("3", done("a"))}, legal: true},
		"unanswered and never executed":                     {events: []event{unanswered("1"), during("2", rejected("l"))}, legal: true},
		"rejected, then executed anew":                      {events: []event{during("1", rejected("k")), during("2", done("a"), executes("2", "l", "a"))}, legal: true},
		"rejected while another executes":                   {events: []event{during("1", rejected("k"), executes("2", "l", "a"))}, legal: true},
		"rejected after it was executed":                    {events: []event{executes("1", "k", "a"), during("2", rejected("l"))}},
		"rejected, then executed all the same, by the key":  {events: []event{during("2", rejected("k")), executes("1", "k", "a")}},
		"rejected, then executed all the same, by the call": {events: []event{during("1", rejected("")), executes("1", "k", "a")}},
		"not sent, and executed meanwhile under its key":    {events: []event{during("2", output{outcome: idem.OutcomeNotSent, key: "k"}, executes("1", "k", "a"))}},
		"not sent after it was executed":                    {events: []event{executes("1", "k", "a"), during("2", notSent)}},
		"done, then not sent":                               {events: []event{during("1", done("a"), executes("1", "k", "a")), during("2", notSent)}},
		"resolved as executed, and it was":                  {events: []event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", done("a"))}, legal: true},
		"resolved as executed, and it was not":              {events: []event{person(kindResolve, done("a")), during("2", done("a"))}},
		"resolved as executed, and executed again":          {events: []event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", done("b"), executes("2", "l", "b"))}},
		"resolved as executed, and forgotten":               {events: []event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", unknown)}},
		"resolved as not executed, then executed anew":      {events: []event{person(kindResolve, rejected("k")), during("2", done("a"), executes("2", "l", "a"))}, legal: true},
		"resolved as not executed, and executed later":      {events: []event{person(kindResolve, rejected("k")), executes("1", "k", "a")}},
		"resolved as not executed after it was executed":    {events: []event{executes("1", "k", "a"), person(kindResolve, rejected("k"))}},
		"erased, and done":                                  {events: []event{executes("1", "k", "a"), person(kindErase, done("")), during("2", done(""))}, legal: true},
		"erased, and executed again":                        {events: []event{executes("1", "k", "a"), person(kindErase, done("")), during("2", done("b"), executes("2", "l", "b"))}},
		"erased, and forgotten":                             {events: []event{executes("1", "k", "a"), person(kindErase, done("")), during("2", unknown)}},
		"reserved, and executed later":                      {events: []event{person(kindReserve, unknown), executes("1", "k", "a"), recovers(done("a"))}, legal: true},
		"recovered and never executed":                      {events: []event{recovers(done("a"))}},
		"recovered after it was executed":                   {events: []event{unanswered("1"), executes("1", "k", "a"), recovers(done("a"))}, legal: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := &history{}
			for _, e := range row.events {
				e(h)
			}
			assert.Equal(t, row.legal, len(check(h.end())) == 0)
		})
	}
}
