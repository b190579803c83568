package chaos

import "time"

// Verdict is what the ledger shows of an operation when everything is over.
type Verdict struct {
	// Duplicates is how often it was executed beyond the first time.
	Duplicates int
	// Lies are the claims that the ledger contradicts.
	Lies []Claim
}

// OK reports whether the operation was executed at most once and no claim about
// it was false.
func (v Verdict) OK() bool { return v.Duplicates == 0 && len(v.Lies) == 0 }

// Judge holds every claim about an operation against what happened. It is
// called when nothing can be on its way any more, see [Simulation.Resolve]:
// "rejected" is a lie also if the operation is executed later, "done" if it is
// only then.
//
// Where several calls were made for an operation, a claim answers for the
// requests that had left when it was made: later ones may be another call's. A
// claim about a [Safe] reports only whether a response came, and is not judged.
func (l *Ledger) Judge(op Op) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op.ID)
	if op.Class == Safe {
		return Verdict{}
	}
	v := Verdict{Duplicates: max(0, len(r.executions)-1)}
	for _, c := range r.calls {
		if r.contradicts(c) {
			v.Lies = append(v.Lies, c.claim)
		}
	}
	return v
}

func (r *record) contradicts(c call) bool {
	switch c.claim {
	case NotSent:
		return r.sentBy(c)
	case Rejected:
		return r.executedBy(c)
	case Done:
		return !c.executed
	}
	return false
}

func (r *record) sentBy(c call) bool {
	for _, at := range r.departures {
		if !at.IsZero() && r.answersFor(c, at) {
			return true
		}
	}
	return false
}

func (r *record) executedBy(c call) bool {
	for _, e := range r.executions {
		if r.answersFor(c, r.departures[e.Request-1]) {
			return true
		}
	}
	return false
}

func (r *record) answersFor(c call, left time.Time) bool {
	return len(r.calls) == 1 || left.Before(c.ended)
}
