package riverbardge

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
)

// rules turn the end of a call into what River does with its job.
type rules struct {
	late, doubtFor time.Duration
	pace           *Pace
}

func newRules(o WorkerOptions) rules {
	return rules{
		late:     orDefault(o.Late, defaultLate),
		doubtFor: orDefault(o.DoubtFor, defaultDoubtFor),
		pace:     o.Pace,
	}
}

// jobError returns what the worker returns to River after a failure. See
// NewWorker.
func (r rules) jobError(ctx context.Context, job *rivertype.JobRow, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return err // River stops, or the job was cancelled: River's own
	}
	failure, called := errors.AsType[*idem.Failure](err)
	if _, invalid := errors.AsType[*bardge.InvalidError](err); invalid || errors.Is(err, bardge.ErrRefReused) {
		return river.JobCancel(err)
	}
	switch {
	case !called:
		return err
	case errors.Is(err, bardge.ErrRateLimited):
		return r.slowDown(ctx, err, failure)
	case failure.Outcome == bardge.OutcomeUnknown && !bardge.RetryHelps(err):
		return r.inDoubt(err, failure)
	case isTemporary(err, failure):
		return r.snooze(job)
	default:
		return river.JobCancel(err)
	}
}

// slowDown snoozes for what the rate asks for, at least a second, and pauses
// the fleet.
func (r rules) slowDown(ctx context.Context, err error, f *idem.Failure) error {
	wait := max(f.RetryAfter, time.Second)
	late, isLate := errors.AsType[*LateError](err)
	if isLate {
		wait = max(late.Wait, time.Second)
	}
	if r.pace != nil && !isLate && wasLimited(err) {
		r.pace.Pause(ctx, wait)
	}
	// Jobs that wait for the same moment come back one after the other.
	return river.JobSnooze(wait + rand.N(wait/2+time.Second))
}

// wasLimited reports whether the server itself rejected the call with 429.
func wasLimited(err error) bool {
	e, ok := errors.AsType[*bardge.Error](err)
	return ok && e.Response != nil && e.Response.StatusCode == http.StatusTooManyRequests
}

// inDoubt waits for recovery, then for a person.
func (r rules) inDoubt(err error, f *idem.Failure) error {
	sentNow := false
	if e, ok := errors.AsType[*bardge.Error](err); ok && e.Response != nil {
		sentNow = len(e.Response.Attempts) > 0
	}
	left := time.Until(f.SafeUntil.Add(r.doubtFor))
	switch {
	case !f.SafeUntil.IsZero() && left > 0:
		return river.JobSnooze(left)
	case sentNow && f.SafeUntil.IsZero():
		return river.JobSnooze(r.doubtFor)
	default:
		return river.JobCancel(err)
	}
}

// isTemporary reports whether the same call may end otherwise later.
func isTemporary(err error, f *idem.Failure) bool {
	switch f.Outcome {
	case bardge.OutcomeUnknown, bardge.OutcomeNotSent:
		return true
	case bardge.OutcomeRejected:
		return bardge.RetryHelps(err) || isAccountError(err)
	default:
		return false
	}
}

// isAccountError reports whether the API refuses the account, and so all jobs:
// none of them has to be fixed.
func isAccountError(err error) bool {
	e, ok := errors.AsType[*bardge.Error](err)
	if !ok || e.Response == nil {
		return false
	}
	return e.Response.StatusCode == http.StatusUnauthorized || errors.Is(err, bardge.ErrAccountDisabled)
}

// maxDoublings bounds the pause between tries of a late job.
const maxDoublings = 5

// snooze lets a job come back later: twice as late after each fourth time.
func (r rules) snooze(job *rivertype.JobRow) error {
	var metadata struct {
		Snoozes int `json:"snoozes"`
	}
	_ = json.Unmarshal(job.Metadata, &metadata) // without it: not snoozed before
	wait := r.late << min(metadata.Snoozes/4, maxDoublings)
	return river.JobSnooze(wait + rand.N(wait/4+1))
}
