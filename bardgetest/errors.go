package bardgetest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// safeFor is the default: 90 s less a margin of 5 s.
const safeFor = 85 * time.Second

// NotSent returns the error of a call that found no connection:
// [bardge.OutcomeNotSent], which can be repeated at any time.
func NotSent(operation string) *bardge.Error {
	e := newError(operation, bardge.OutcomeNotSent, syscall.ECONNREFUSED)
	e.SafeUntil, e.RetryHelps = time.Time{}, true
	return e
}

// Invalid returns the error of a call that the SDK itself rejects, with a
// *[bardge.InvalidError]: nothing was sent, and repeating it does not help.
func Invalid(operation, field, reason string) *bardge.Error {
	e := newError(operation, bardge.OutcomeNotSent, &bardge.InvalidError{Field: field, Reason: reason})
	return withKey(e, bardge.Key{}, time.Time{})
}

// Rejected returns the error of a call that the API rejected:
// [bardge.OutcomeRejected], with status, type and code of a sentinel such as
// [bardge.ErrPassNotFound]. It panics for other errors, and for
// [bardge.ErrAlreadyCancelled], which [AlreadyCancelled] returns.
func Rejected(operation string, code error) *bardge.Error {
	row, ok := rejections[code]
	if !ok {
		panic(fmt.Sprintf("bardgetest: %v is not the sentinel of a rejection", code))
	}
	e := answered(newError(operation, bardge.OutcomeRejected, errors.New("rejected by the API")), row.status)
	e.Type, e.Code = string(row.kind), strings.TrimPrefix(code.Error(), "bardge: ")
	if code == bardge.ErrIdempotencyKeyReused { //nolint:errorlint // one of the sentinels
		e.SafeUntil, e.Err = time.Time{}, idem.ErrKeyReused
	}
	return e
}

// RateLimited returns the error of a call that ended with a 429 and this
// Retry-After (zero: none): [bardge.OutcomeRejected]. Repeating it helps.
func RateLimited(operation string, retryAfter time.Duration) *bardge.Error {
	e := newError(operation, bardge.OutcomeRejected, errors.New("rate limited"))
	e.RetryAfter, e.RetryHelps = retryAfter, true
	return answered(e, http.StatusTooManyRequests)
}

// AlreadyCancelled returns CancelBooking's error for a booking cancelled
// before: [bardge.OutcomeDone], with a *[bardge.AlreadyCancelledError].
func AlreadyCancelled(bookingID string) *bardge.Error {
	e := newError(string(gen.OpCancelBooking), bardge.OutcomeDone, &bardge.AlreadyCancelledError{BookingID: bookingID})
	e.Type, e.Code = string(gen.ErrorTypeResourceConflictError), string(gen.ErrorCodeAlreadyCancelled)
	return answered(e, http.StatusConflict)
}

// ResponseLost returns the error of an executed call whose response could not
// be read: [bardge.OutcomeDone], with [bardge.ErrResponseLost].
func ResponseLost(operation string) *bardge.Error {
	return answered(newError(operation, bardge.OutcomeDone, bardge.ErrResponseLost), http.StatusOK)
}

// Unknown returns the error of a call that got no response:
// [bardge.OutcomeUnknown]. Until safeUntil it may be repeated under the key. A
// zero key is replaced by a new one, a zero safeUntil by 85 s from now; an
// operation that sends no key has neither.
func Unknown(operation string, key bardge.Key, safeUntil time.Time) *bardge.Error {
	e := newError(operation, bardge.OutcomeUnknown, errors.New("connection reset"))
	e.RetryHelps = operationOf(operation).Class != gen.RetryClassKeyUnverified
	if key.IsZero() || e.Key.IsZero() {
		key = e.Key
	}
	if safeUntil.IsZero() || e.SafeUntil.IsZero() {
		safeUntil = e.SafeUntil
	}
	return withKey(e, key, safeUntil)
}

// KeyExpired returns the error of a call that sent nothing, as its key's window
// is over: [bardge.OutcomeUnknown], with [bardge.ErrKeyExpired].
func KeyExpired(operation string, key bardge.Key) *bardge.Error {
	e := newError(operation, bardge.OutcomeUnknown, bardge.ErrKeyExpired)
	return withKey(e, key, time.Now().Add(-time.Minute))
}

// RefReused returns the error of a call whose ref belongs to another request
// with this outcome: [bardge.OutcomeUnknown], with a *[bardge.RefReusedError].
func RefReused(operation, ref string, recorded bardge.Outcome) *bardge.Error {
	e := newError(operation, bardge.OutcomeUnknown, &bardge.RefReusedError{Recorded: recorded})
	e.Ref = ref
	return withKey(e, bardge.Key{}, time.Time{})
}

// Reserved returns the error of a call that [bardge.Reserve] has recorded and
// not sent: [bardge.OutcomeNotSent], with [bardge.ErrReserved].
func Reserved(operation, ref string) *bardge.Error {
	e := newError(operation, bardge.OutcomeNotSent, bardge.ErrReserved)
	e.Ref, e.SafeUntil = ref, time.Time{}
	return e
}

// JournalFailed returns the error of a call that the journal could neither find
// nor record, so that nothing was sent: [bardge.OutcomeUnknown], with
// [bardge.ErrJournal]. Repeating it with the ref is safe.
func JournalFailed(operation, ref string) *bardge.Error {
	e := newError(operation, bardge.OutcomeUnknown, bardge.ErrJournal)
	e.Ref, e.RetryHelps, e.Response.RecordErr = ref, true, e.Err
	return withKey(e, bardge.Key{}, time.Time{})
}

// newError makes an error whose key, if any, was sent just now.
func newError(operation string, outcome bardge.Outcome, err error) *bardge.Error {
	e := &bardge.Error{
		Operation: operation,
		Outcome:   outcome,
		Err:       err,
		Response:  newResponse(operation, outcome),
	}
	e.Key = e.Response.Key
	if operationOf(operation).Class == gen.RetryClassKeyed {
		e.SafeUntil = time.Now().Add(safeFor)
	}
	return e
}

func withKey(e *bardge.Error, key bardge.Key, safeUntil time.Time) *bardge.Error {
	e.Key, e.Response.Key, e.SafeUntil = key, key, safeUntil
	return e
}

func answered(e *bardge.Error, status int) *bardge.Error {
	e.Response.StatusCode, e.Response.Header = status, http.Header{}
	return e
}

func operationOf(name string) gen.Operation {
	op := gen.OperationID(name).Operation()
	if op.ID == "" {
		panic(fmt.Sprintf("bardgetest: there is no operation %q", name))
	}
	return op
}

// rejections are the API's rejections by code.
var rejections = map[error]struct {
	status int
	kind   gen.ErrorType
}{
	bardge.ErrValidation:           {http.StatusBadRequest, gen.ErrorTypeInvalidRequestError},
	bardge.ErrInvalidAPIKey:        {http.StatusUnauthorized, gen.ErrorTypeAuthenticationError},
	bardge.ErrAccountDisabled:      {http.StatusForbidden, gen.ErrorTypePermissionError},
	bardge.ErrPermissionDenied:     {http.StatusForbidden, gen.ErrorTypePermissionError},
	bardge.ErrNotFound:             {http.StatusNotFound, gen.ErrorTypeInvalidRequestError},
	bardge.ErrPassNotFound:         {http.StatusNotFound, gen.ErrorTypeInvalidRequestError},
	bardge.ErrIdempotencyKeyReused: {http.StatusConflict, gen.ErrorTypeIdempotencyError},
	bardge.ErrSlotUnavailable:      {http.StatusConflict, gen.ErrorTypeResourceConflictError},
	bardge.ErrClassFull:            {http.StatusConflict, gen.ErrorTypeResourceConflictError},
}
