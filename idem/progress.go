package idem

import "cmp"

// progress is what the attempts of an operation have shown so far.
type progress struct {
	attempts []Attempt // the timeline
	counts   counts
	facts    facts
	lost     lostResponses
	last     *attempt // nil before the first one
	answered *attempt // the last one that brought a response; or nil
	decision decision // what follows the last one
}

// counts count the attempts of an operation.
type counts struct {
	attempts       int32 // but for those that got 429 or found the operation in progress
	limited        int32 // that got 429
	inProgress     int32 // responses that reported so
	intermediaries int32 // responses of intermediaries
	timeouts       uint8 // at a server that had the request; 2 at most
}

// facts are what attempts have shown.
type facts struct {
	inDoubt          bool // an attempt was ambiguous or lost its response
	reachedServer    bool // likewise, and the server itself may have seen it
	refusalRechecked bool // a refusal was asked for once more (R12)
	pooledConnFailed bool // a reused connection broke (R17)
	needsNewConn     bool // the last attempt failed on a connection from the pool
	extraUsed        bool // the one attempt beyond the rules for retries was made
}

// fold adds an attempt that was classified. It is pure.
func (p progress) fold(a *attempt) progress {
	c, s := a.class, &a.seen
	p.facts.extraUsed = p.facts.extraUsed || p.decision.extra
	p.last = a
	if s.Err == nil {
		p.answered = a
	}
	switch c.retry {
	case retryUncounted:
		p.counts.inProgress++
	case retryPaced:
		p.counts.limited++
	default:
		p.counts.attempts++
	}
	if c.verdict == VerdictAmbiguous || c.verdict == VerdictResponseLost {
		p.facts.inDoubt = p.facts.inDoubt || c.retry != retryNever
		p.facts.reachedServer = p.facts.reachedServer || !c.passing
	}
	if c.verdict == VerdictResponseLost {
		p.lost.add(s)
	}
	p.facts.refusalRechecked = p.facts.refusalRechecked || c.retry == retryOnce
	if c.intermediary {
		p.counts.intermediaries++
	}
	if s.AtServer {
		p.counts.timeouts = min(p.counts.timeouts+1, 2)
	}
	p.facts.needsNewConn = s.Reused && (s.Err != nil || s.BodyErr != nil)
	p.facts.pooledConnFailed = p.facts.pooledConnFailed || s.Reused && s.Err != nil
	return p
}

// cause is the error of the last attempt; nil where it brought a response that
// could be decoded, or did not have to be.
func (a *attempt) cause() error {
	if a.seen.Err != nil {
		return a.seen.Err
	}
	return cmp.Or(a.seen.BodyErr, a.seen.unfit())
}
