package doctor

import (
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Verdict is what a check has found out about one thing.
type Verdict string

// The verdicts.
const (
	Confirmed Verdict = "confirmed" // it is as it should be
	Differs   Verdict = "differs"   // it is not, or it is in the way
	NotTried  Verdict = "not tried" // nothing has shown it
	Noted     Verdict = "noted"     // a fact, neither good nor bad
)

// Report is what a check has found out. It has the public report's fields.
type Report struct {
	BaseURL         string
	Started         time.Time
	Duration        time.Duration
	Problem, Advice string
	Connection      []Fact
	Operations      []Operation
	Write           *Write
}

// Fact is what is known of one thing.
type Fact struct {
	Verdict                     Verdict
	Subject, Seen, Advice, YAML string
}

// Operation is what is known of one operation.
type Operation struct {
	Operation, Method, Path string
	Verdict                 Verdict
	Seen, Advice            string
	Calls                   int
	Latency                 Latency
	RequestID               string
	Fields                  []Fact
}

// Latency is how long responses took.
type Latency struct{ Min, Median, Max time.Duration }

// Write is an operation that changed something, sent twice under one key.
type Write struct {
	Operation string
	Outcome   idem.Outcome
	ID        string
	Key       string
	Repeated  bool
	Replayed  bool
	SameID    bool
	SecondID  string
	Error     string
	SafeUntil time.Time
}

// Differing counts what differs.
func (r *Report) Differing() int {
	n := differing(r.Connection)
	for i := range r.Operations {
		op := &r.Operations[i]
		fields := differing(op.Fields)
		if n += fields; op.Verdict == Differs && fields == 0 {
			n++
		}
	}
	if r.Write.verdict() == Differs {
		n++
	}
	return n
}

// differing counts the findings that differ.
func differing(all []Fact) (n int) {
	for _, f := range all {
		if f.Verdict == Differs {
			n++
		}
	}
	return n
}

// LatencyOf sorts the times. All are zero if there are none.
func LatencyOf(times []time.Duration) Latency {
	if len(times) == 0 {
		return Latency{}
	}
	slices.Sort(times)
	n := len(times)
	return Latency{times[0], (times[(n-1)/2] + times[n/2]) / 2, times[n-1]}
}
