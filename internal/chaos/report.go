package chaos

import (
	"fmt"
	"strings"
)

// Report is how a run ended.
//
//nolint:recvcheck // printed as a value, added to in place
type Report struct {
	Calls, Done, Rejected, NotSent, Unknown int // what the client claimed
	Acceptable                              int // calls that the server would not refuse for good
	Operations, Executions, Requests        int // by the ledger
	Duplicates, Lies                        int // both must be zero
	Panicked                                int // calls that ended by the panic of a callback; they count as unknown
	// Failures holds the timelines of the operations behind Duplicates and
	// Lies, at most ten.
	Failures []string
}

const mostFailures = 10

func (d *driver) report() Report {
	l := d.sim.Ledger
	r := Report{Operations: len(d.ops), Requests: l.requests}
	for _, op := range d.ops {
		_, refused := d.sim.plan.refused(op.ID)
		r.count(l, op, !refused || op.Class == Safe)
	}
	return r
}

func (r *Report) count(l *Ledger, op Op, acceptable bool) {
	rec := l.of(op.ID)
	for _, c := range rec.calls {
		r.Calls++
		if acceptable {
			r.Acceptable++
		}
		r.countClaim(c.claim)
	}
	verdict := l.Judge(op)
	r.Panicked += rec.panics
	r.Executions += len(rec.executions)
	r.Duplicates += verdict.Duplicates
	r.Lies += len(verdict.Lies)
	if !verdict.OK() && len(r.Failures) < mostFailures {
		r.Failures = append(r.Failures, l.Timeline(op))
	}
}

func (r *Report) countClaim(claim Claim) {
	switch claim {
	case Done:
		r.Done++
	case Rejected:
		r.Rejected++
	case NotSent:
		r.NotSent++
	case Unknown:
		r.Unknown++
	default:
		panic("chaos: a client claimed " + string(claim))
	}
}

// Success is the share of the calls that ended done, among those that the
// server would not refuse for good.
func (r Report) Success() float64 { return float64(r.Done) / float64(max(1, r.Acceptable)) }

// Add adds the figures of another run.
func (r *Report) Add(other Report) {
	r.Calls += other.Calls
	r.Done += other.Done
	r.Rejected += other.Rejected
	r.NotSent += other.NotSent
	r.Unknown += other.Unknown
	r.Acceptable += other.Acceptable
	r.Operations += other.Operations
	r.Executions += other.Executions
	r.Requests += other.Requests
	r.Duplicates += other.Duplicates
	r.Lies += other.Lies
	r.Panicked += other.Panicked
	r.Failures = append(r.Failures, other.Failures...)
	r.Failures = r.Failures[:min(len(r.Failures), mostFailures)]
}

// String gives the figures in a line, and the timelines below it.
func (r Report) String() string {
	return fmt.Sprintf("%d calls for %d operations: %d done (%.1f%% of the acceptable), %d rejected, %d not sent, %d unknown; "+
		"%d requests, %d executions; %d duplicates, %d lies, %d panics\n%s", r.Calls, r.Operations, r.Done, 100*r.Success(), r.Rejected,
		r.NotSent, r.Unknown, r.Requests, r.Executions, r.Duplicates, r.Lies, r.Panicked, strings.Join(r.Failures, "\n"))
}
