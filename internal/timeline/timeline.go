// Package timeline draws what became of an operation as a picture: one row for
// each attempt, with when it left, what came back and how long the wait was, and
// the idempotency key's window behind them. The same rows are a table, which is
// the picture's text.
//
// A picture holds what it is given and nothing else: no key, body or secret may
// be in a Timeline.
package timeline

import "time"

// Timeline is an operation's history.
type Timeline struct {
	// Title is the operation's name.
	Title string
	// Subject identifies it further, such as by its ref; empty: nothing does.
	Subject string
	// Outcome is what is known about the operation.
	Outcome Outcome
	// Steps are in the order in which they are shown.
	Steps []Step
	// Window is the time in which the key protects a repetition; zero: none
	// does.
	Window Window
	// Until is how far the axis goes at least, past the last step: the end of the
	// window or the present. The zero time adds nothing.
	Until time.Time
	// Notes are sentences below the picture.
	Notes []string
}

// Step is an attempt, or another moment of an operation.
type Step struct {
	// Number is the attempt's, from 1; 0 is another moment.
	Number int
	// Kind is what came back.
	Kind Kind
	// Status is the response's HTTP status; 0 if none came.
	Status int
	// Detail is the reason in words; of another moment, what happened.
	Detail string
	// Start is when it began, by the wall clock. The zero time is unknown; an
	// attempt is then drawn behind the one before it and its wait.
	Start time.Time
	// Took is how long it ran.
	Took time.Duration
	// Wait is the wait that followed; 0: none did.
	Wait time.Duration
	// Untimed: only its end is known, which is Start; or nothing, if that is
	// zero. It has no bar.
	Untimed bool
}

// Window is a key's.
type Window struct {
	// Start and End bound it, by the wall clock.
	Start, End time.Time
	// Text is what ends then, in words: "The server remembers the key".
	Text string
}

// Kind is what an attempt brought.
type Kind uint8

// The kinds of steps.
const (
	Unclear  Kind = iota // a response that settles nothing
	Done                 // executed, with its response
	Replayed             // a stored response
	Rejected             // not executed
	Lost                 // no response, or one that cannot be read
	TimedOut             // no response in time
	NotSent              // no byte left
	Running              // it still runs
	Moment               // no attempt
)

// kinds are the words and classes of the kinds.
var kinds = [...]struct{ word, class string }{
	Unclear:  {"unclear", "tl-unclear"},
	Done:     {"done", "tl-done"},
	Replayed: {"replayed", "tl-replayed"},
	Rejected: {"rejected", "tl-rejected"},
	Lost:     {"response lost", "tl-lost"}, // "no response" where no status came
	TimedOut: {"timed out", "tl-lost"},
	NotSent:  {"not sent", "tl-idle"},
	Running:  {"running", "tl-replayed"},
	Moment:   {"", "tl-idle"},
}

func (k Kind) known() Kind {
	if int(k) < len(kinds) {
		return k
	}
	return Unclear
}

// String returns the kind in words; "" for another moment.
func (k Kind) String() string { return kinds[k.known()].word }

func (k Kind) class() string { return kinds[k.known()].class }

// Outcome is what is known about an operation.
type Outcome struct {
	// Kind chooses the sign beside the word.
	Kind Kind
	// Word is "done", "rejected", "not sent" or "unknown".
	Word string
	// Text is a sentence about it.
	Text string
}
