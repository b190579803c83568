package idem

import (
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// retryHint is how a row of the table repeats the operation.
type retryHint uint8

const (
	retryNever     retryHint = iota
	retryBackoff             // after a wait
	retryLimited             // likewise, and not for longer than the default attempts
	retryNow                 // without one
	retryOnce                // once, to get the rejection with the replay mark (R12)
	retryUncounted           // an attempt that is not counted: the first one is still executing
	retryPaced               // at the client's pace, however often: the rate is limited (R41)
	retryInDoubt             // at the slowest pace: usually final, and safe to repeat in doubt (R35)
)

// classification is the verdict on one attempt.
type classification struct {
	reason       string
	verdict      Verdict
	retry        retryHint
	replayed     bool
	intermediary bool // an intermediary responded
	passing      bool // what would end the call may pass: one in doubt is repeated (R35)
	contradicted bool // another state than the one asked for; a read settles it (R31)
	forgotten    bool // the server may have forgotten the key with this response
	incomplete   bool // executed, and the response lacks an essential field
	exists       bool // the vendor refuses a second request with the key, whatever it is
}

func (c classification) isFinal() bool { return c.retry == retryNever && c.verdict.definite() }

// known is what the call has shown before the attempt that is classified.
type known struct {
	outcome          Outcome // folded so far
	refusalRechecked bool    // a rejection was requested once more (R12)
	pooledConnFailed bool    // a reused connection broke (R17)
	intermediaries   int     // their responses
	inDoubt          bool    // the server may have seen an attempt, and repeating it is safe (R35)
	newCredentials   bool    // the key provider has another key than the attempt was sent with
	keyFirstUsed     bool    // this program was the first to use the key
	sameLost         int     // earlier successes with the same bytes, not decoded either (R38)
}

const (
	// maxIntermediaryRetries is how often an operation is repeated after an
	// intermediary has responded: that rarely passes, but a repetition is safe
	// and may settle the doubt.
	maxIntermediaryRetries = 2
	// maxLostRetries is how often an operation is repeated whose response
	// cannot be decoded, while the same bytes come back.
	maxLostRetries = 2
)

// classify is the retry table: rows are evaluated top to bottom, and the first
// match decides. It is pure.
func classify(op *Operation, p *Profile, serverErrorsAreFinal bool, s *evidence, k known) classification {
	if s.Err != nil {
		return classifyNoStatus(s, k)
	}
	j := classifyResponse(op, p, serverErrorsAreFinal, s, k)
	switch {
	case j.verdict == VerdictDone && s.contradicts:
		j.verdict, j.reason, j.contradicted = VerdictAmbiguous, "the response shows another state", true
	case j.verdict == VerdictResponseLost && k.sameLost >= maxLostRetries:
		j.retry = retryNever
	case j.retry == retryNever && j.passing && k.inDoubt:
		j.retry = retryInDoubt
	}
	return j
}

func classifyResponse(op *Operation, p *Profile, serverErrorsAreFinal bool, s *evidence, k known) classification {
	signal, success := s.signal(op, p), op.succeeds(s.Status)
	j := classification{replayed: isReplay(p, s.Header)}
	switch {
	case !s.ValidStatus():
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "no HTTP status for an answer", retryBackoff
	case success && noContentExpected(op, p, s):
		j.verdict, j.reason = VerdictDone, "executed"
	case success:
		classifySuccess(&j, op, p, s, signal)
	case s.Status < 300:
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "a success that the API does not give", retryBackoff
	case s.Status < 400:
		classifyIntermediary(&j, op, k, "redirected")
	case s.Status >= 500:
		forgets := serverErrorsAreFinal && s.Status == http.StatusInternalServerError ||
			p.ForgetsFailed && signal != SignalNone
		classifyServerError(&j, s.Status, signal, forgets)
	default:
		classifyRefusal(&j, op, s, signal, k)
	}
	return j
}

// classifyNoStatus classifies an attempt that ended before a status line.
func classifyNoStatus(s *evidence, k known) classification {
	j := classification{verdict: VerdictNothingSent, reason: s.Cause.Reason, retry: retryBackoff}
	switch s.Proof {
	case sendonce.ProofNotTried:
		j.retry = retryUnlessFinal(k)
	case sendonce.ProofNoConn:
		if s.Cause.Permanent {
			j.retry = retryUnlessFinal(k)
		}
	case sendonce.ProofNoByte:
		if s.Reused {
			j.retry = retryNow
		}
	default:
		j.verdict = VerdictAmbiguous
		// A pooled connection that the server had closed breaks at once: the
		// first time that is no fault.
		if s.Reused && !s.Cause.TimedOut && !k.pooledConnFailed {
			j.retry = retryNow
		}
	}
	if s.Cancelled {
		j.retry = retryNever
	}
	return j
}

// retryUnlessFinal is for what ends a call unless it is in doubt: a passing
// fault of the key provider, of names or certificates must not end it while the
// window is open (R35).
func retryUnlessFinal(k known) retryHint {
	if k.inDoubt {
		return retryInDoubt
	}
	return retryNever
}

// classifySuccess classifies a success status, which only the API's own
// response makes done (R26).
func classifySuccess(j *classification, op *Operation, p *Profile, s *evidence, signal Signal) {
	proof := s.testimony(op, p)
	j.verdict, j.retry = VerdictAmbiguous, retryBackoff
	switch {
	case signal != SignalNone:
		j.reason = "a success that holds an error"
	case proof.Kind == ProvesOther:
		j.reason = "a success of something else"
	case !j.replayed && !proof.Kind.own(p, s.Header):
		j.reason = "a success that a gateway may have written"
	default:
		classifyExecuted(j, op, s, proof)
	}
}

func classifyExecuted(j *classification, op *Operation, s *evidence, proof Proof) {
	unfit := s.unfit()
	j.verdict = VerdictResponseLost
	switch {
	case s.TooLarge:
		j.reason, j.retry = "executed; the answer is over the size limit", retryNever
	case s.BodyErr != nil:
		j.reason = "executed; the answer was cut"
	case op.Prove != nil && errors.Is(unfit, ErrResponseIncomplete):
		j.reason, j.incomplete = reasonIncomplete, true
	case op.Prove != nil && unfit != nil:
		j.reason = "executed; the answer cannot be read"
	case proof.Complete:
		j.verdict, j.reason, j.retry = VerdictDone, "executed", retryNever
	case s.value != nil || s.kind(op.BodyFormat) == bodyWhole:
		j.reason, j.incomplete = reasonIncomplete, true
	default:
		j.reason = "executed; the answer cannot be read"
	}
	switch {
	case j.verdict != VerdictResponseLost:
	case op.Class == Idempotent:
		j.retry = retryNever // reading the state returns the response (R14)
	case op.Class == Safe && j.incomplete:
		j.retry = retryNever // nothing is stored that a repetition could return
	}
}

const (
	reasonIncomplete    = "executed; the response lacks an essential field" // (R27)
	reasonAlready       = "already applied"
	reasonExists        = "already executed under this key"
	reasonExistsForeign = "executed under this key before, perhaps by another request"
	reasonIntermediary  = "response from an intermediary (proxy or gateway)"
)

func classifyServerError(j *classification, status int, signal Signal, forgets bool) {
	j.verdict, j.reason = VerdictAmbiguous, "server error"
	switch {
	case signal == SignalInProgress:
		j.reason, j.retry = "still in progress", retryUncounted
	case j.replayed:
		j.reason = "server error, stored under this key"
	case forgets:
		j.reason, j.forgotten = "server error, final by policy", true
	case status == http.StatusNotImplemented, status == http.StatusHTTPVersionNotSupported:
		j.passing = true
	case signal == SignalIndeterminate:
		j.retry = retryLimited
	default:
		j.retry = retryBackoff
	}
}

// classifyRefusal classifies a 4xx.
func classifyRefusal(j *classification, op *Operation, s *evidence, signal Signal, k known) {
	j.verdict, j.reason = VerdictRejected, "rejected by the API"
	switch {
	case signal == SignalAlreadyApplied && op.Class == Idempotent:
		j.verdict, j.reason = VerdictAlreadyApplied, reasonAlready
	case signal == SignalAlreadyExecuted && op.Class.sendsKey():
		classifyAlreadyExecuted(j, k)
		return
	case signal == SignalKeyReused:
		j.verdict, j.reason = VerdictKeyReused, "the key belongs to another request"
		return
	case signal == SignalInProgress:
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "still in progress", retryUncounted
	case signal == SignalRetryable:
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "the server cannot tell", retryBackoff
	case signal == SignalIndeterminate:
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "failed, perhaps after it was executed", retryLimited
		if j.replayed {
			j.retry = retryNever
		}
	case j.replayed && s.BodyErr == nil && !s.TooLarge: // else it may be one of those above
		j.verdict, j.reason = VerdictRejectedStored, "rejected by the API, stored under this key"
	case s.Status == http.StatusTooManyRequests:
		j.reason, j.retry = "asked to slow down", retryPaced
	case s.Status == http.StatusTooEarly:
		j.reason, j.retry = "asked to slow down", retryBackoff
	case rejectsByStatus(s.Status):
		j.passing = signal == SignalNone
		if j.passing {
			j.reason = reasonIntermediary
		}
	case signal != SignalNone:
		j.passing = s.Status == http.StatusUnauthorized && k.newCredentials
	case s.Status == http.StatusRequestTimeout:
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "timed out at an intermediary (proxy or gateway)", retryBackoff
	case s.BodyErr != nil:
		// Cut before it showed whose it is; a repetition may show it.
		j.verdict, j.reason, j.retry = VerdictAmbiguous, "a rejection that was cut", retryBackoff
	default:
		classifyIntermediary(j, op, k, reasonIntermediary)
	}
	unconfirmed := op.Class == Keyed && k.outcome == OutcomeUnknown && !k.refusalRechecked && !j.passing
	if unconfirmed && j.verdict == VerdictRejected && j.retry == retryNever {
		j.retry = retryOnce
	}
}

// classifyAlreadyExecuted classifies a 4xx by which the vendor reports that a
// request was executed under the key: another program's, perhaps, where this one
// has not sent the key before.
func classifyAlreadyExecuted(j *classification, k known) {
	j.exists = true
	if k.keyFirstUsed {
		j.verdict, j.reason = VerdictAlreadyApplied, reasonExists
	} else {
		j.verdict, j.reason = VerdictAmbiguous, reasonExistsForeign
	}
}

// classifyIntermediary classifies a response that is not the server's own.
func classifyIntermediary(j *classification, op *Operation, k known, reason string) {
	j.verdict, j.reason, j.intermediary, j.passing = VerdictAmbiguous, reason, true, true
	if (op.Class == Keyed || op.Class == Idempotent) && k.intermediaries < maxIntermediaryRetries {
		j.retry = retryBackoff
	}
}

// rejectsByStatus reports whether HTTP itself defines a 4xx as a rejection
// before the request is processed, by a server or an intermediary.
func rejectsByStatus(status int) bool {
	switch status {
	case http.StatusProxyAuthRequired, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusExpectationFailed, http.StatusMisdirectedRequest,
		http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge:
		return true
	default:
		return false
	}
}
