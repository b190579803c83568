package bulk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// Status is how an item ended.
type Status string

// The statuses.
const (
	// Done: executed in this run.
	Done Status = "done"
	// FromJournal: executed before. Nothing was sent now.
	FromJournal Status = "from the journal"
	// Failed: not executed, and the same item will fail again: fix it. Its ref
	// may be used again.
	Failed Status = "failed"
	// Waiting: running again with the same item is safe and may help, as after an
	// outage or a rate limit. It may have been executed: never give it another
	// ref.
	Waiting Status = "waiting"
	// InDoubt: it may have been executed, and running again does not show
	// whether. A person must look ("bardge journal show"), or Recover settles it.
	InDoubt Status = "in doubt"
)

// Result is the end of one item.
type Result[T any] struct {
	Item   T      // as the source yielded it
	Index  int64  // its position in the source, from 1
	Ref    string // as Options.Ref returned it
	Status Status // how it ended
	// Reason is why it is not done, in a few words without ids, so that results
	// can be counted by it. Empty if it is done, unless the journal failed to
	// record that.
	Reason string
	// Code, HTTPStatus and RequestID are from the last response of a
	// *bardge.Error; zero where none came.
	Code       string
	HTTPStatus int
	RequestID  string
	// Err is the function's error; nil where it returned none. An item that is
	// done may have one, as where its response is lost.
	Err error
}

// Errors of items, for errors.Is.
var (
	// ErrDuplicate: an earlier item of the source has the same ref. The item was
	// not given to the function.
	ErrDuplicate = errors.New("an earlier item has the same ref")
	// ErrRefNotUsed: the function returned nil, but has not called the API with
	// the item's ref and the client of [Options].Journal. It stops the run, since
	// running it again could do the item twice.
	ErrRefNotUsed = errors.New("the function made no call with the item's ref")
	// ErrInvalidRef: the item's ref is empty or no ref.
	ErrInvalidRef = errors.New("the item has no valid ref")

	errGoexit = errors.New("the function ended its goroutine")
)

// PanicError is the error of an item at which the caller's function panicked.
// Its text has neither the value nor the stack, which may hold personal data.
type PanicError struct {
	Value any    // what the function panicked with
	Stack []byte // of the goroutine
}

// Error returns fixed words and the value's type.
func (e *PanicError) Error() string { return fmt.Sprintf("the function panicked with a %T", e.Value) }

// classify sets how an item ended from its error.
func classify[T any](r *Result[T], rec *itemRecord) {
	err := r.Err
	if e, ok := errors.AsType[*bardge.Error](err); ok && e.Response != nil {
		r.Code, r.HTTPStatus, r.RequestID = e.Code, e.Response.StatusCode, e.Response.RequestID
	}
	r.Reason = reasonOf(err, r.Code, r.HTTPStatus)
	outcome := idem.OutcomeOf(err)
	switch {
	case outcome == idem.OutcomeDone && rec.fromJournal(): // also one whose response is lost
		r.Status = FromJournal
	case err == nil && !rec.wasUsed():
		r.Status, r.Err, r.Reason = InDoubt, ErrRefNotUsed, ErrRefNotUsed.Error()
	case err == nil, outcome == idem.OutcomeDone:
		r.Status = Done
	case !isCallError(err):
		r.Status = ofFunction(err, rec)
	case errors.Is(err, bardge.ErrRefReused):
		r.Status = Failed
	case outcome == idem.OutcomeUnknown && !idem.RetryHelps(err):
		r.Status = InDoubt
	case outcome == idem.OutcomeUnknown, passes(err):
		r.Status = Waiting
	default:
		r.Status = Failed
	}
	if r.Status == Done && rec.isMissing() {
		r.Reason = notRecorded
	}
}

// notRecorded is the reason of an item that is done, and whose record the
// journal could not write. While the API remembers its key, the same call ends
// as done again, and is recorded; later the journal shows it in doubt.
const notRecorded = "done, but the journal failed to record it"

// ofFunction is the status of an item whose function failed by itself.
func ofFunction(err error, rec *itemRecord) Status {
	_, panicked := errors.AsType[*PanicError](err)
	switch {
	case !rec.wasUsed():
		return Failed
	case panicked:
		return InDoubt
	default: // a call may have been made: running again shows what became of it
		return Waiting
	}
}

// isCallError reports whether the error is of a call of the SDK.
func isCallError(err error) bool {
	_, failed := errors.AsType[*idem.Failure](err)
	_, invalid := errors.AsType[*idem.InvalidError](err)
	return failed || invalid
}

// passes reports whether what kept an operation from being executed may pass.
func passes(err error) bool {
	if _, invalid := errors.AsType[*idem.InvalidError](err); invalid {
		return false
	}
	switch {
	case isRateLimit(err), isCancelled(err), errors.Is(err, bardge.ErrJournal), isAccountError(err):
		return true
	default:
		return idem.OutcomeOf(err) == idem.OutcomeNotSent || idem.RetryHelps(err)
	}
}

func isRateLimit(err error) bool { return errors.Is(err, bardge.ErrRateLimited) }

func isCancelled(err error) bool { return errors.Is(err, context.Canceled) }

// isAccountError reports whether the API refuses the account, and so all items.
func isAccountError(err error) bool {
	e, ok := errors.AsType[*bardge.Error](err)
	if !ok || e.Response == nil {
		return false
	}
	return e.Response.StatusCode == http.StatusUnauthorized || errors.Is(err, bardge.ErrAccountDisabled)
}

// isOutage reports whether the error is one of an outage, of the API, the
// network or the journal.
func isOutage(err error) bool {
	if err == nil || !isCallError(err) || isRateLimit(err) || isCancelled(err) {
		return false
	}
	if _, invalid := errors.AsType[*idem.InvalidError](err); invalid {
		return false
	}
	switch idem.OutcomeOf(err) {
	case idem.OutcomeUnknown:
		return !errors.Is(err, bardge.ErrRefReused) && (idem.RetryHelps(err) || wasSent(err))
	case idem.OutcomeNotSent:
		return true
	default:
		return false
	}
}

// wasSent reports whether the call that failed has sent anything by itself.
func wasSent(err error) bool {
	e, ok := errors.AsType[*bardge.Error](err)
	return ok && e.Response != nil && len(e.Response.Attempts) > 0
}

// stopCauses are failures of the journal that only a person ends.
var stopCauses = []error{
	journal.CauseDiskFull, journal.CauseAuthentication, journal.CausePermission, journal.CauseReadOnly,
	journal.CauseTLS, journal.CauseNoDatabase,
	journal.CauseReplaced, journal.CauseClosed, journal.CauseCorrupt, journal.CauseNotDurable,
	idem.ErrOtherAccount, idem.ErrJournalSecret, idem.ErrJournalVersion, idem.ErrClosed,
}

// stops reports why an item's error must stop the run; empty: it need not.
func stops(err error) string {
	switch {
	case err == nil:
		return ""
	case isAccountError(err):
		return "the API refuses the account"
	case errors.Is(err, ErrRefNotUsed):
		return "the function does not use the items' refs"
	case errors.Is(err, idem.ErrClosed):
		return "the client is closed"
	}
	for _, cause := range stopCauses {
		if errors.Is(err, cause) {
			return "the journal failed: " + cause.Error()
		}
	}
	return ""
}

// isUnexplained reports whether the journal has failed in a way that is no known
// passing one, such as an error of the disk. If it lasts, a person must look.
func isUnexplained(err error) bool {
	return errors.Is(err, bardge.ErrJournal) && errors.Is(err, journal.CauseOther)
}

// reasonOf returns why an item failed in a few words that many items share.
func reasonOf(err error, code string, status int) string {
	_, panicked := errors.AsType[*PanicError](err)
	invalid, isInvalid := errors.AsType[*idem.InvalidError](err)
	switch {
	case err == nil:
		return ""
	case panicked:
		return "the function panicked"
	case isInvalid:
		return invalid.Field + " " + invalid.Reason
	case errors.Is(err, bardge.ErrRefReused):
		return "the item's content has changed under its ref"
	case isRateLimit(err):
		return "rate limited"
	case isCancelled(err):
		return "cancelled"
	case code != "":
		return code
	}
	for _, known := range []error{
		ErrDuplicate, ErrInvalidRef, errGoexit, bardge.ErrKeyExpired, bardge.ErrResponseLost, context.DeadlineExceeded,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	switch {
	case status != 0:
		return fmt.Sprintf("status %d", status)
	case errors.Is(err, bardge.ErrJournal):
		return "the journal failed"
	case isCallError(err):
		return "no response"
	default:
		return "the function failed"
	}
}

// retryAfter returns the wait that a rate limit requests.
func retryAfter(err error) time.Duration {
	if f, ok := errors.AsType[*idem.Failure](err); ok {
		return f.RetryAfter
	}
	return 0
}

// isAnswer reports whether the API has answered the item, so that there is no
// outage: it has rejected it, but not because of its rate.
func isAnswer(err error) bool {
	return isCallError(err) && idem.OutcomeOf(err) == idem.OutcomeRejected && !isRateLimit(err)
}
