package linear

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
)

// The checker itself: which histories are legal.
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
		"nothing":                                           {nil, true},
		"executed in a call":                                {[]event{during("1", done("a"), executes("1", "k", "a"))}, true},
		"executed before a call":                            {[]event{executes("1", "k", "a"), during("2", done("a"))}, true},
		"done, its response lost":                           {[]event{executes("1", "k", "a"), during("2", done(""))}, true},
		"done and never executed":                           {[]event{during("1", done("a"))}, false},
		"done and executed later":                           {[]event{during("1", done("a")), executes("1", "k", "a")}, false},
		"done with the result of another":                   {[]event{during("1", done("b"), executes("1", "k", "a"))}, false},
		"executed twice":                                    {[]event{executes("1", "k", "a"), executes("2", "l", "b")}, false},
		"executed twice in unknown calls":                   {[]event{during("1", unknown, executes("1", "k", "a")), during("2", unknown, executes("2", "l", "b"))}, false},
		"unknown and executed later":                        {[]event{during("1", unknown), executes("1", "k", "a"), during("2", done("a"))}, true},
		"unanswered and executed later":                     {[]event{unanswered("1"), during("2", notSent), executes("1", "k", "a"), during("3", done("a"))}, true},
		"unanswered and never executed":                     {[]event{unanswered("1"), during("2", rejected("l"))}, true},
		"rejected, then executed anew":                      {[]event{during("1", rejected("k")), during("2", done("a"), executes("2", "l", "a"))}, true},
		"rejected while another executes":                   {[]event{during("1", rejected("k"), executes("2", "l", "a"))}, true},
		"rejected after it was executed":                    {[]event{executes("1", "k", "a"), during("2", rejected("l"))}, false},
		"rejected, then executed all the same, by the key":  {[]event{during("2", rejected("k")), executes("1", "k", "a")}, false},
		"rejected, then executed all the same, by the call": {[]event{during("1", rejected("")), executes("1", "k", "a")}, false},
		"not sent, and executed meanwhile under its key":    {[]event{during("2", output{outcome: idem.OutcomeNotSent, key: "k"}, executes("1", "k", "a"))}, false},
		"not sent after it was executed":                    {[]event{executes("1", "k", "a"), during("2", notSent)}, false},
		"done, then not sent":                               {[]event{during("1", done("a"), executes("1", "k", "a")), during("2", notSent)}, false},
		"resolved as executed, and it was":                  {[]event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", done("a"))}, true},
		"resolved as executed, and it was not":              {[]event{person(kindResolve, done("a")), during("2", done("a"))}, false},
		"resolved as executed, and executed again":          {[]event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", done("b"), executes("2", "l", "b"))}, false},
		"resolved as executed, and forgotten":               {[]event{executes("1", "k", "a"), person(kindResolve, done("a")), during("2", unknown)}, false},
		"resolved as not executed, then executed anew":      {[]event{person(kindResolve, rejected("k")), during("2", done("a"), executes("2", "l", "a"))}, true},
		"resolved as not executed, and executed later":      {[]event{person(kindResolve, rejected("k")), executes("1", "k", "a")}, false},
		"resolved as not executed after it was executed":    {[]event{executes("1", "k", "a"), person(kindResolve, rejected("k"))}, false},
		"erased, and done":                                  {[]event{executes("1", "k", "a"), person(kindErase, done("")), during("2", done(""))}, true},
		"erased, and executed again":                        {[]event{executes("1", "k", "a"), person(kindErase, done("")), during("2", done("b"), executes("2", "l", "b"))}, false},
		"erased, and forgotten":                             {[]event{executes("1", "k", "a"), person(kindErase, done("")), during("2", unknown)}, false},
		"reserved, and executed later":                      {[]event{person(kindReserve, unknown), executes("1", "k", "a"), recovers(done("a"))}, true},
		"recovered and never executed":                      {[]event{recovers(done("a"))}, false},
		"recovered after it was executed":                   {[]event{unanswered("1"), executes("1", "k", "a"), recovers(done("a"))}, true},
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
