package idem

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
	"github.com/bardge/bardge-go/journal"
)

// holdClaim keeps the claim while attempts are made, and returns the context
// that ends with it.
func (o *operation) holdClaim(sender *sendonce.Sender) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(o.ctx)
	o.claim.Keep(cancel, sender.Sent, o.engine.policy.KeyTTL)
	return ctx, func() {
		o.claim.End()
		cancel(nil)
	}
}

// intent is the record that this call would write. generation adds number, time
// and, with a ref, its key.
func (o *operation) intent() entry {
	r := o.call.Request
	rec := entry{
		Record: journal.Record{
			ID:        journal.RefID(o.call.Ref),
			Operation: r.Operation.Name,
			Key:       o.key.value,
			Scope:     o.engine.scopeOf(r),
		},
		payload: payload{
			Method:      r.Method,
			Path:        r.Path,
			Query:       r.Query,
			Header:      r.Header,
			ContentType: cmp.Or(r.ContentType, jsonType),
			Body:        r.Body,
			Digest:      digest(r),
		},
	}
	bound := o.limits.maxElapsed // of the first send
	if deadline, has := o.ctx.Deadline(); has {
		bound = min(bound, time.Until(deadline))
	}
	if bound > o.engine.defaultElapsed() {
		rec.Bound = bound
	}
	if o.call.Ref == "" {
		rec.ID = journal.KeyID(rec.Key)
		if rec.Key == "" {
			rec.ID = journal.CallID(canonicalUUID(newUUIDv7(o.started.WallTime())))
		}
	}
	return rec
}

// claimRecord makes this call the owner of the operation's record, before the
// first byte is sent (J1), and goes on from the attempts before. Where the
// operation is done, belongs to another request or cannot be claimed, it returns
// how the call ends.
func (s *attempts) claimRecord() *Result {
	found, end := s.claimEntry(s.intent())
	if end == nil {
		s.progress = s.resumeFrom(found)
	}
	return end
}

// claimEntry claims the record, and returns it as it was; version 0: it is new.
func (s *attempts) claimEntry(want entry) (entry, *Result) {
	o := s.operation
	if err := o.engine.sealed.admit(o.ctx); err != nil {
		return entry{}, o.claimError(want, entry{}, err)
	}
	found := entry{} // most operations are new, and need no read
	if o.engine.pace.Queues() {
		var end *Result
		if found, end = o.findFree(want); end == nil {
			end = s.takeTurnAhead(want, found)
		}
		if end != nil {
			return found, end
		}
	}
	claimed, err := o.tryClaim(found, want)
	switch {
	case claimed:
		return found, nil
	case err != nil && (!errors.Is(err, journal.ErrNotCommitted) || errors.Is(err, journal.CauseLocked)):
		return found, o.claimError(want, found, err) // who holds the lock may wait for this call
	default:
		s.returnTurn() // another owner may need it
		return o.claimFound(want)
	}
}

// claimFound claims a record that may be there, once no other owner holds it.
func (o *operation) claimFound(want entry) (entry, *Result) {
	for {
		found, end := o.findFree(want)
		if end != nil {
			return found, end
		}
		claimed, err := o.tryClaim(found, want)
		if err != nil {
			return found, o.claimError(want, found, err)
		}
		if claimed {
			return found, nil
		}
	}
}

// findFree reads the record until no other owner holds it, or returns how the
// call ends.
func (o *operation) findFree(want entry) (entry, *Result) {
	found, ok, err := o.engine.sealed.Load(o.ctx, want.ID)
	for {
		if err != nil {
			return found, o.claimError(want, found, err)
		}
		if ok {
			if end := o.existingResult(found, want); end != nil {
				return found, end
			}
		}
		if !ok || !found.open() || !found.owned() {
			return found, nil
		}
		found, ok, err = o.awaitOwner(found)
	}
}

// existingResult ends a call if another request has the ref or key, or the
// operation is done.
func (o *operation) existingResult(found, want entry) *Result {
	switch {
	case found.free():
		return nil
	case !found.same(want) && found.Ref() != "":
		return o.notSent(OutcomeUnknown, &RefReusedError{Recorded: found.known()})
	case !found.same(want):
		return o.notSent(OutcomeUnknown, ErrKeyReused)
	case found.known() == OutcomeDone:
		return new(o.replay(found))
	case !found.keyFits(o.call.Request.Operation.Class):
		return o.notSent(OutcomeUnknown, errKeyMismatch)
	default:
		return nil
	}
}

// errKeyMismatch: a record without a key must not be sent again under one, nor
// one with a key without it.
var errKeyMismatch = &endError{
	reason: "the record is of another class, one of the two takes a key; it is never sent", stop: stopClass,
}

func (e entry) keyFits(c Class) bool { return (e.Key != "") == c.sendsKey() }

// replay ends a call with the recorded result; nothing is sent (J5).
func (o *operation) replay(found entry) Result {
	r := Result{
		Outcome: OutcomeDone, Verdict: VerdictDone, FromJournal: true, Response: found.Response, Key: o.key.key(),
	}
	if found.Key != "" {
		r.Key = found.key()
	}
	switch {
	case found.Response == nil:
		r.Verdict, r.Err = VerdictResponseLost, found.lost()
	case !o.call.Request.Operation.succeeds(found.Response.Status):
		r.Verdict, r.Err = VerdictAlreadyApplied, &endError{reason: reasonAlready}
	}
	return r
}

// lost is why there is no response, and what the operation made, if that is
// known.
func (e entry) lost() error {
	if !e.Erased {
		return ErrResponseLost
	}
	reason := "it was erased from the journal"
	if e.Resource != "" {
		reason += "; the operation made " + quoted(e.Resource)
	}
	return fmt.Errorf("%w: %s", ErrResponseLost, reason)
}

// tryClaim writes the record with this call as its owner. An open record keeps
// key, bytes and window (J4), a reserved one key and bytes; a free one becomes
// the next generation (J2).
func (o *operation) tryClaim(found, want entry) (bool, error) {
	now := o.engine.clock.Now()
	rec := found
	if found.Version == 0 || found.free() {
		rec = o.generation(found, want, now)
	}
	switch {
	case rec.Reserved:
		rec.begin(now, want.Bound)
	case rec.Version > 0 && rec.open():
		rec.inherit(found.Version, now, o.limits.policy.KeyTTL)
	}
	rec.Outcome, rec.Owner, rec.Lease = journal.OutcomeUnknown, newOwner(), lease
	ok, err := o.engine.sealed.Save(o.ctx, rec)
	switch {
	case err != nil && !errors.Is(err, journal.ErrNotCommitted):
		return false, intentError{err}
	case err != nil || !ok:
		return false, err
	}
	rec.Version++
	o.claim = newOwnedRecord(&o.engine.sealed, rec, now)
	return true, nil
}

// resumeFrom continues with the claimed record, and returns the progress
// before: an open record is sent as it is, under its key and within its window.
func (o *operation) resumeFrom(found entry) progress {
	var before progress
	if o.claim == nil {
		return before
	}
	rec := o.claim.Record()
	if found.Version > 0 && found.open() {
		o.call.Request = rec.request(o.call.Request.Operation)
		before.facts.inDoubt = !found.Reserved
		if rec.Key == "" && before.facts.inDoubt {
			o.key.fold(VerdictAmbiguous)
		}
	}
	if o.task() != nil {
		before.counts.attempts = int32(found.Resends)
	}
	if rec.Key == "" {
		return before
	}
	if o.key.value != rec.Key {
		o.key = newHandle(Key{value: rec.Key, tracker: newKeyTracker()})
	}
	if found.Version > 0 && (found.open() || rec.Ref() == "") {
		o.key.merge(found.state().snapshot())
	}
	if found.Stored {
		o.key.disown()
	}
	return before
}

// recordResult records how the call ended. The result never claims more than
// the journal knows (J5).
func (o *operation) recordResult(p *progress, r *Result) {
	err := o.settle(p, r)
	if err == nil {
		return
	}
	r.RecordErr = err
	if r.Outcome == OutcomeDone || r.Outcome == OutcomeNotSent && !o.sentByOthers() {
		return
	}
	r.Outcome = OutcomeUnknown
	r.Err = &endError{reason: unrecorded(r, err), causes: []error{r.Err, err}}
}

func (o *operation) settle(p *progress, r *Result) error {
	response := o.recordable(r)
	o.claim.stored = r.Outcome == OutcomeUnknown && (r.Replayed || p.last != nil && p.last.class.exists)
	o.noteEnd(p, r, response)
	if o.putsBack(r.Outcome) {
		return o.putBack(r.Outcome)
	}
	if o.staysReserved(r.Outcome, r.RetryHelps) {
		if o.task() != nil {
			o.task().after = r.RetryAfter
			return o.putBack(r.Outcome)
		}
		return o.reserveAgain(max(reservedPause, r.RetryAfter))
	}
	if r.Outcome != OutcomeDone {
		return o.claim.settle(o.ctx, r.Outcome, response, "")
	}
	return o.claim.settleProven(o.ctx, response, o.engine.resourceOf(o.call.Request.Operation, response))
}

// recordable is the response to record: one that carries the value of an
// executed operation, or the rejection.
func (o *operation) recordable(r *Result) *Response {
	incomplete := errors.Is(r.Err, ErrResponseIncomplete)
	if r.Outcome == OutcomeDone && r.Err != nil && r.Verdict != VerdictAlreadyApplied && !incomplete {
		return nil
	}
	return r.Response
}
