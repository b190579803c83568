package idem

import (
	"errors"
	"time"
)

// retryHelps reports whether repeating the call can lead to another result. It
// cannot where the result is stored under the key, the response comes back as
// it was, the request itself is wrong, or no key protects a repetition.
func (o *operation) retryHelps(p *progress, r *Result) bool {
	j := p.last.class
	switch {
	case r.Outcome == OutcomeDone, r.Verdict == VerdictKeyReused, p.decision.stop == stopClass:
		return false
	case r.Outcome == OutcomeRejected:
		return j.retry == retryBackoff
	case r.Outcome == OutcomeUnknown && j.replayed:
		return false
	case j.forgotten && (o.request.Operation.Class == Keyed || o.request.Operation.Class.once()):
		return false
	default:
		return !invalid(r.Err)
	}
}

// retryHelpsUnsent is retryHelps for a call that sent nothing.
func retryHelpsUnsent(o Outcome, err error) bool {
	var f *endError
	noKey := errors.As(err, &f) && f.stop == stopClass
	return o != OutcomeDone && o != OutcomeRejected && !noKey && !invalid(err) && !lasting(err)
}

// lasting reports whether what an error says does not change by itself.
func lasting(err error) bool {
	for _, e := range []error{
		ErrKeyExpired, ErrKeyReused, ErrRefReused, ErrReserved,
		ErrOtherAccount, ErrJournalSecret, ErrJournalVersion, ErrClosed,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func invalid(err error) bool {
	var e *InvalidError
	return errors.As(err, &e)
}

// retryAfter is what the server asked for in the last response.
func (p progress) retryAfter() time.Duration {
	if p.answered == nil || p.answered != p.last {
		return 0
	}
	return retryAfter(p.answered.seen.Header, p.answered.seen.End.WallTime())
}
