package idem

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// ErrReserved ends a call with a Reserver: the operation is recorded, and this
// call sent nothing. It is no failure.
var ErrReserved = errors.New("reserved, to be sent by a later call or by Recover")

// errNotReservable is a ref whose last operation ended without being executed,
// in a journal whose Reserver cannot replace a record.
var errNotReservable = errors.New("the record could not be replaced by a reservation")

const (
	// reservedPause is how long Adopt passes over a reserved operation that
	// could not be sent.
	reservedPause = time.Minute
	// maxReserveTries bounds how often a record is seen to change while it is
	// reserved.
	maxReserveTries = 3
)

func (o *operation) recordReservation() *Result {
	want, found := o.intent(), entry{}
	want.Bound = 0 // the call that sends it has a bound of its own
	if err := o.engine.sealed.admitWithin(o.ctx, o.call.Reserver); err != nil {
		return o.claimError(want, found, err)
	}
	for range maxReserveTries {
		now := o.engine.clock.Now()
		rec := o.generation(found, want, now)
		rec.Reserved, rec.Outbox = true, true
		stored, reserved, err := o.engine.sealed.reserve(o.ctx, o.call.Reserver, rec)
		switch {
		case err != nil:
			return o.claimError(want, found, err)
		case reserved:
			return o.reserved(rec)
		case stored.Version == 0:
			found = stored
			continue
		}
		if end := o.existingResult(stored, want); end != nil {
			return end
		}
		if !stored.free() {
			return o.reserved(stored)
		}
		if stored.Version == found.Version {
			break
		}
		found = stored
	}
	return o.claimError(want, found, claim.NotCommitted(errNotReservable))
}

// reserved ends a call whose operation is recorded. Another call may have begun
// to send it.
func (o *operation) reserved(rec entry) *Result {
	if rec.Key != "" {
		o.key = newHandle(rec.key())
	}
	outcome := OutcomeNotSent
	if !rec.Reserved {
		outcome = OutcomeUnknown
	}
	return o.notSent(outcome, ErrReserved)
}

// generation is the record of the next operation of a name: want, after found,
// which ended without being executed or is zero.
func (o *operation) generation(found, want entry, now clock.Timestamp) entry {
	rec := want
	rec.Version = found.Version
	rec.Generation = found.Generation + 1
	rec.History = found.History
	rec.Since = intentTime(now)
	rec.Key = o.generationKey(rec)
	return rec
}

func (o *operation) generationKey(rec entry) string {
	ref := rec.Ref()
	if ref == "" || !o.call.Request.Operation.Class.sendsKey() {
		return rec.Key
	}
	return o.engine.profile.MintKey(derive(rec.Operation, rec.Method, o.url(), ref, strconv.Itoa(rec.Generation)))
}

func intentTime(now clock.Timestamp) time.Time { return now.WallTime().Truncate(time.Microsecond) }

// begin makes an open record of a reserved one: from now on it may be sent, for
// the first time within bound, and its window begins.
func (e *entry) begin(now clock.Timestamp, bound time.Duration) {
	e.Reserved, e.Since, e.Age, e.Bound = false, intentTime(now), 0, bound
}

// sendReserved sends a reserved operation that this call holds; found is the
// record as it was adopted. That it may have been sent is recorded before the
// first byte: its window begins then.
func (o *operation) sendReserved(found entry) (r Result) {
	now := o.engine.clock.Now()
	err := o.claim.Hold(o.ctx, now, func(r *entry) {
		r.begin(now, 0)
		r.Lease = lease
	})
	if err != nil {
		return o.report(OutcomeNotSent, err)
	}
	(&attempts{operation: o, progress: o.resumeFrom(found)}).execute(&r)
	return r
}

// reserveAgain puts an operation that was reserved, and could not be sent or
// was rejected for now, back for Recover after a pause.
func (o *operation) reserveAgain(pause time.Duration) error {
	now := o.engine.clock.Now()
	return o.claim.leaveOpen(o.ctx, now, func(r *entry) {
		o.nextReservation(r, now)
		r.Lease = pause
	})
}

// nextReservation makes an operation that was certainly not executed the next
// generation of its name, reserved as before (J2): a server may have seen its
// key.
func (o *operation) nextReservation(r *entry, now clock.Timestamp) {
	r.Generation++
	r.Key = o.generationKey(*r)
	r.Outcome, r.Reserved, r.Since, r.Bound = journal.OutcomeUnknown, true, intentTime(now), 0
	r.Stored, r.Gone, r.Awaited, r.Attempts = false, false, time.Time{}, 0
}

func (o *operation) staysReserved(outcome Outcome, retryHelps bool) bool {
	unsent := outcome == OutcomeNotSent || outcome == OutcomeRejected && retryHelps
	return unsent && o.claim.Record().Outbox
}

// reserve writes e inside the caller's transaction, unless another record has
// its name: then it returns that one.
func (l sealedJournal) reserve(ctx context.Context, in journal.Reserver, e entry) (entry, bool, error) {
	if err := l.close(&e); err != nil {
		return entry{}, false, claim.NotCommitted(err)
	}
	asked := l.clock.Now()
	got, err := ask(ctx, l, true, func(ctx context.Context) (maybe[journal.Record], error) {
		return maybeOf(in.Reserve(ctx, e.Record))
	})
	if err != nil || got.ok || got.value.Version == 0 { // or the record was removed meanwhile
		return entry{}, got.ok, err
	}
	stored, err := l.unseal(got.value, asked)
	return stored, false, err
}
