package linear

import (
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/anishathalye/porcupine"

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
