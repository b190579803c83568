package idem

import (
	"errors"
	"slices"
)

// retryHelps reports whether repeating the call can lead to another result. It
// cannot where the result is stored under the key, the response comes back as
// it was, the request itself is wrong, or no key protects a repetition.
func (o *operation) retryHelps(p *progress, r *Result) bool {
	j, class := p.last.class, o.call.Request.Operation.Class
	switch {
	case r.Outcome == OutcomeDone, r.Verdict == VerdictKeyReused, p.decision.stop == stopClass:
		return false
	case r.Outcome == OutcomeRejected:
		return j.retry == retryBackoff || j.retry == retryPaced || j.verdict == VerdictNothingSent
	case r.Outcome == OutcomeUnknown && (j.replayed || j.exists || class.once()):
		return false
	case j.forgotten && class == Keyed:
		return false
	default:
		return !invalid(r.Err)
	}
}

// retryHelpsUnsent is retryHelps for a call that sent nothing.
func retryHelpsUnsent(o Outcome, err error) bool {
	f, ok := errors.AsType[*endError](err)
	noKey := ok && f.stop == stopClass
	lasting := slices.ContainsFunc([]error{
		ErrKeyExpired, ErrKeyReused, ErrRefReused, ErrReserved,
		ErrOtherAccount, ErrJournalSecret, ErrJournalVersion, ErrClosed,
	}, func(e error) bool { return errors.Is(err, e) })
	return o != OutcomeDone && o != OutcomeRejected && !noKey && !invalid(err) && !lasting
}

func invalid(err error) bool {
	_, ok := errors.AsType[*InvalidError](err)
	return ok
}
