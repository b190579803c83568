package idem

import (
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// again says how a row of the table wants the operation repeated.
type again uint8

const (
	againNo       again = iota
	againLater          // after a wait
	againFew            // likewise, and not for longer than the default attempts
	againAtOnce         // without one
	againOnce           // once, to hear the refusal with the replay mark (R12)
	againProgress       // after a wait that is not counted: the first is still running
	againInDoubt        // at the slowest pace: usually final, and safe to ask again in doubt (R35)
)

// judgement is the verdict on one attempt.
type judgement struct {
	reason   string
	verdict  Verdict
	again    again
	replayed bool
	between  bool // an intermediary responded
	// passing: what would end the call may pass, so that an operation in doubt from
	// another attempt is asked again (R35).
	passing bool
	// contradicted: the response shows another state than the one asked for, which
	// reading settles and asking does not (R31).
	contradicted bool
	// forgotten: the server may have forgotten the key with this response.
	forgotten bool
	// incomplete: executed, and the response lacks an essential field.
	incomplete bool
}

// final reports that nothing is left to be decided.
func (j judgement) final() bool { return j.again == againNo && j.verdict.definite() }

// known is what the judge may hold against a evidence: the call so far.
type known struct {
	outcome Outcome // folded so far
	// asked: a refusal was asked for once more already (R12).
	asked bool
	// broke: a reused connection broke in this call already (R17).
	broke bool
	// between counts the responses of intermediaries.
	between int
	// doubt: an attempt that may have reached the server has left the operation in
	// doubt, and repeating it is safe (R35).
	doubt bool
	// newCredentials: the key provider has another key than the attempt was sent with.
	newCredentials bool
	// sameLost counts the earlier successes of the API, equal to this one byte by
	// byte, that could not be decoded either (R38).
	sameLost int
}

// betweenAsked is how often an operation is asked for again after an intermediary
// responded in the server's place: such a response is rarely a passing trouble, but
// asking again is safe and may settle the doubt.
const betweenAsked = 2

// lostAsked is how often a success that cannot be decoded is asked for again while
// the same bytes come back.
const lostAsked = 2

// judge is the table of the rules: the first row that fits decides. It is pure.
func judge(op *Operation, p *Profile, serverErrorsAreFinal bool, s *evidence, k known) judgement {
	if s.Err != nil {
		return judgeNoStatus(s, k)
	}
	j := judgeResponse(op, p, serverErrorsAreFinal, s, k)
	switch {
	case j.verdict == VerdictDone && s.contradicts:
		j.verdict, j.reason, j.contradicted = VerdictAmbiguous, "the response shows another state", true
	case j.verdict == VerdictResponseLost && k.sameLost >= lostAsked:
		j.again = againNo
	case j.again == againNo && j.passing && k.doubt:
		j.again = againInDoubt
	}
	return j
}

// judgeResponse judges an attempt that brought a status line.
func judgeResponse(op *Operation, p *Profile, serverErrorsAreFinal bool, s *evidence, k known) judgement {
	signal := s.signal(op, p)
	j := judgement{replayed: replayed(p, s.Header)}
	switch {
	case !s.ValidStatus():
		j.verdict, j.reason, j.again = VerdictAmbiguous, "no HTTP status for an answer", againLater
	case op.succeeds(s.Status) && emptyByDesign(op, p, s):
		j.verdict, j.reason = VerdictDone, "executed"
	case op.succeeds(s.Status):
		judgeSuccess(&j, op, p, s, signal)
	case s.Status < 300:
		j.verdict, j.reason, j.again = VerdictAmbiguous, "a success that the API does not give", againLater
	case s.Status < 400:
		judgeBetween(&j, op, k, "redirected")
	case s.Status >= 500:
		judgeServerError(&j, s.Status, signal, serverErrorsAreFinal)
	default:
		judgeRefusal(&j, op, s, signal, k)
	}
	return j
}

// judgeNoStatus judges an attempt that ended before a status line.
func judgeNoStatus(s *evidence, k known) judgement {
	j := judgement{verdict: VerdictNothingSent, reason: s.Cause.Reason, again: againLater}
	switch s.Proof {
	case sendonce.ProofNotTried:
		j.again = againUnlessFinal(k)
	case sendonce.ProofNoConn:
		if s.Cause.Permanent {
			j.again = againUnlessFinal(k)
		}
	case sendonce.ProofNoByte:
		if s.Reused {
			j.again = againAtOnce
		}
	default:
		j.verdict = VerdictAmbiguous
		// A pooled connection that the server had closed breaks at once; the
		// first time that is no sign of trouble.
		if s.Reused && !s.Cause.TimedOut && !k.broke {
			j.again = againAtOnce
		}
	}
	if s.Cancelled {
		j.again = againNo
	}
	return j
}

// againUnlessFinal is for what ends a call unless it is in doubt from another
// attempt: a passing trouble with the key provider, with names or certificates must
// not end it with the window still open (R35).
func againUnlessFinal(k known) again {
	if k.doubt {
		return againInDoubt
	}
	return againNo
}

// judgeSuccess judges a success status: done only with the API's own word (R26).
func judgeSuccess(j *judgement, op *Operation, p *Profile, s *evidence, signal Signal) {
	proof := s.testimony(op, p)
	j.verdict, j.again = VerdictAmbiguous, againLater
	switch {
	case signal != SignalNone:
		j.reason = "a success that holds an error"
	case proof.Kind == ProvesOther:
		j.reason = "a success of something else"
	case !j.replayed && !proof.Kind.own(p, s.Header):
		j.reason = "a success that the API does not give"
	default:
		judgeExecuted(j, op, s, proof)
	}
}

// judgeExecuted looks for the answer of an operation that was executed.
func judgeExecuted(j *judgement, op *Operation, s *evidence, proof Proof) {
	j.verdict = VerdictResponseLost
	switch {
	case s.TooLarge:
		j.reason, j.again = "executed; the answer is over the size limit", againNo
	case s.BodyErr != nil:
		j.reason = "executed; the answer was cut"
	case op.Prove != nil && errors.Is(s.unfit(), ErrResponseIncomplete):
		j.reason, j.incomplete = reasonIncomplete, true
	case op.Prove != nil && s.unfit() != nil:
		j.reason = "executed; the answer cannot be read"
	case proof.Complete:
		j.verdict, j.reason, j.again = VerdictDone, "executed", againNo
	case s.value != nil || s.content(op.BodyFormat) == contentWhole:
		j.reason, j.incomplete = reasonIncomplete, true
	default:
		j.reason = "executed; the answer cannot be read"
	}
	switch {
	case j.verdict != VerdictResponseLost:
	case op.Class == Idempotent:
		j.again = againNo // reading the state brings the answer (R14)
	case op.Class == Safe && j.incomplete:
		j.again = againNo // nothing is stored that another reading could bring
	}
}

// reasonIncomplete is said of a response of the API without what a caller cannot do
// without (R27).
const reasonIncomplete = "executed; the response lacks an essential field"

func judgeServerError(j *judgement, status int, signal Signal, serverErrorsAreFinal bool) {
	j.verdict, j.reason = VerdictAmbiguous, "server error"
	switch {
	case signal == SignalInProgress:
		j.reason, j.again = "still in progress", againProgress
	case j.replayed:
		j.reason = "server error, stored under this key"
	case status == http.StatusNotImplemented, status == http.StatusHTTPVersionNotSupported:
		j.passing = true
	case status == http.StatusInternalServerError && serverErrorsAreFinal:
		j.reason, j.forgotten = "server error, final by policy", true
	case signal == SignalIndeterminate:
		j.again = againFew
	default:
		j.again = againLater
	}
}

// reasonAlready is said of an idempotent operation that found its state.
const reasonAlready = "already applied"

// judgeRefusal judges a 4xx.
func judgeRefusal(j *judgement, op *Operation, s *evidence, signal Signal, k known) {
	j.verdict, j.reason = VerdictRejected, "rejected by the API"
	switch {
	case signal == SignalAlreadyApplied && op.Class == Idempotent:
		j.verdict, j.reason = VerdictAlreadyApplied, reasonAlready
	case signal == SignalKeyReused:
		j.verdict, j.reason = VerdictKeyReused, "the key belongs to another request"
		return
	case signal == SignalInProgress:
		j.verdict, j.reason, j.again = VerdictAmbiguous, "still in progress", againProgress
	case signal == SignalRetryable:
		j.verdict, j.reason, j.again = VerdictAmbiguous, "the server cannot tell", againLater
	case signal == SignalIndeterminate:
		j.verdict, j.reason, j.again = VerdictAmbiguous, "failed, perhaps after it was executed", againFew
		if j.replayed {
			j.again = againNo
		}
	case j.replayed:
		j.verdict, j.reason = VerdictRejectedStored, "rejected by the API, stored under this key"
	case s.Status == http.StatusTooEarly, s.Status == http.StatusTooManyRequests:
		j.reason, j.again = "asked to slow down", againLater
	case refusedByStatus(s.Status):
		j.passing = signal == SignalNone
		if j.passing {
			j.reason = reasonBetween
		}
	case signal != SignalNone:
		j.passing = s.Status == http.StatusUnauthorized && k.newCredentials
	case s.Status == http.StatusRequestTimeout:
		j.verdict, j.reason, j.again = VerdictAmbiguous, "timed out at an intermediary (proxy or gateway)", againLater
	case s.BodyErr != nil:
		// Cut before it said who speaks: asking again tells.
		j.verdict, j.reason, j.again = VerdictAmbiguous, "a rejection that was cut", againLater
	default:
		judgeBetween(j, op, k, reasonBetween)
	}
	unconfirmed := op.Class == Keyed && k.outcome == OutcomeUnknown && !k.asked && !j.passing
	if unconfirmed && j.verdict == VerdictRejected && j.again == againNo {
		j.again = againOnce
	}
}

const reasonBetween = "response from an intermediary (proxy or gateway)"

// judgeBetween judges a response that is not the server's own.
func judgeBetween(j *judgement, op *Operation, k known, reason string) {
	j.verdict, j.reason, j.between, j.passing = VerdictAmbiguous, reason, true, true
	if (op.Class == Keyed || op.Class == Idempotent) && k.between < betweenAsked {
		j.again = againLater
	}
}

// refusedByStatus lists the 4xx that HTTP itself defines as refusals before the
// request is acted on, whoever says them.
func refusedByStatus(status int) bool {
	switch status {
	case http.StatusProxyAuthRequired, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusExpectationFailed, http.StatusMisdirectedRequest,
		http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge:
		return true
	default:
		return false
	}
}
