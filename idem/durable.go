package idem

import (
	"context"
	"errors"
)

// journalled runs a call under a claim: the intent is recorded before the first
// byte is sent, and the result before it is told (J1, J5).
func (c *call) journalled(in *Call) Result {
	release := func() {}
	if in.Ref == "" {
		release = c.takeKey(in)
	}
	defer release()
	found, end := c.claimRecord(c.intent(in))
	if end != nil {
		return *end
	}
	return c.runClaimed(found)
}

// work does an operation that this call has claimed; found is the record as it
// was before.
func (c *call) runClaimed(found entry) Result {
	c.resumeFrom(found)
	if outcome, err := c.admitKey(); err != nil {
		return c.recordResult(c.refused(outcome, err))
	}
	c.sendOwned()
	var r Result
	c.finish(&r)
	return c.recordResult(r)
}

// sendOwned sends for as long as the claim is held.
func (c *call) sendOwned() {
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	c.claim.cancel, c.claim.sent, c.claim.outlive = cancel, c.sender.Sent, c.policy.KeyTTL
	c.claim.keep()
	defer c.claim.end()
	c.send(ctx)
}

// intent is the record that this call would write; take adds its generation, its
// time and, with a ref, its key.
func (c *call) intent(in *Call) entry {
	r := in.Request
	rec := entry{
		Record: Record{
			ID:        RefID(in.Ref),
			Operation: r.Operation.Name,
			Key:       c.held.value,
			Scope:     c.engine.scopeOf(r),
		},
		payload: payload{
			Method:      r.Method,
			Path:        r.Path,
			Query:       r.Query,
			Header:      r.Header,
			ContentType: r.contentType(),
			Body:        r.Body,
			Digest:      digest(r),
		},
	}
	if bound := c.firstSendBound(); bound > c.engine.defaultElapsed() {
		rec.Bound = bound
	}
	if in.Ref == "" {
		// Without a ref the operation goes by its key, or by a name of its own.
		rec.ID = keyID(rec.Key)
		if rec.Key == "" {
			rec.ID = callPrefix + newUUIDv7(c.started.WallTime())
		}
	}
	return rec
}

// claimRecord makes this call the owner of the operation, and returns the record
// that it found (version 0: none). Where the operation is done, is somebody
// else's, or cannot be claimed, it returns how the call ends.
func (c *call) claimRecord(want entry) (entry, *Result) {
	if err := c.engine.ledger.admit(c.ctx); err != nil {
		return entry{}, c.claimError(want, entry{}, err)
	}
	// Most operations are new: the write that finds out is the one that is needed,
	// and saves a reading. If it certainly wrote nothing, reading tells more.
	claimed, err := c.tryClaim(entry{}, want)
	switch {
	case claimed:
		return entry{}, nil
	case err != nil && (!errors.Is(err, ErrNotCommitted) || errors.Is(err, CauseLocked)):
		return entry{}, c.claimError(want, entry{}, err) // who holds the lock may wait for this call
	default:
		return c.claimFound(want)
	}
}

// claimFound claims a record that may be there, once no other owner holds it.
func (c *call) claimFound(want entry) (entry, *Result) {
	for {
		found, end := c.findFree(want)
		if end != nil {
			return found, end
		}
		claimed, err := c.tryClaim(found, want)
		if err != nil {
			return found, c.claimError(want, found, err)
		}
		if claimed {
			return found, nil
		}
	}
}

// findFree reads the record until no other owner holds it, or returns how the call ends.
func (c *call) findFree(want entry) (entry, *Result) {
	found, ok, err := c.engine.ledger.load(c.ctx, want.ID)
	for {
		if err != nil {
			return found, c.claimError(want, found, err)
		}
		if ok {
			if end := c.existingResult(found, want); end != nil {
				return found, end
			}
		}
		if !ok || !found.open() || !found.owned() {
			return found, nil
		}
		found, ok, err = c.awaitOwner(found)
	}
}

// standing ends a call whose operation needs no claim: another request has the
// ref or key, or the operation is done.
func (c *call) existingResult(found, want entry) *Result {
	switch {
	case found.free():
		return nil
	case !found.same(want) && found.Ref() != "":
		return new(c.refused(OutcomeUnknown, &RefReusedError{Recorded: found.Outcome}))
	case !found.same(want):
		return new(c.refused(OutcomeUnknown, ErrKeyReused))
	case found.Outcome == OutcomeDone:
		return new(c.replay(found))
	default:
		return nil
	}
}

// replay ends a call with the recorded result; nothing is sent (J5).
func (c *call) replay(found entry) Result {
	r := Result{
		Outcome: OutcomeDone, Verdict: VerdictDone, FromJournal: true, Response: found.Response, Key: c.held.key(),
	}
	if found.Key != "" {
		r.Key = found.key()
	}
	switch {
	case found.Response == nil:
		r.Verdict, r.Err = VerdictResponseLost, ErrResponseLost
	case !c.request.Operation.succeeds(found.Response.Status):
		r.Verdict, r.Err = VerdictAlreadyApplied, &endError{reason: reasonAlready}
	}
	return r
}

// take writes the record with this call as its owner. An open record keeps key,
// bytes and window (J4), a reserved one key and bytes; a free one becomes the next
// generation (J2).
func (c *call) tryClaim(found, want entry) (bool, error) {
	now := c.engine.clock.Now()
	rec := found
	if found.Version == 0 || found.free() {
		rec = c.generation(found, want, now)
	}
	switch {
	case rec.Reserved:
		rec.begin(now, want.Bound)
	case rec.Version > 0 && rec.open():
		rec.inherit(found.Version, now, c.policy.KeyTTL)
	}
	rec.Outcome, rec.Owner, rec.Lease = OutcomeUnknown, newOwner(), lease
	ok, err := c.engine.ledger.save(c.ctx, rec)
	c.intentInDoubt = err != nil && !errors.Is(err, ErrNotCommitted)
	if err != nil || !ok {
		return false, err
	}
	rec.Version++
	c.claim = newClaim(c.engine.ledger, rec, now)
	return true, nil
}

// adopt goes on with what was claimed: a record that was open is sent as it
// stands, under its key and within its window.
func (c *call) resumeFrom(found entry) {
	rec := c.claim.rec
	if found.Version > 0 && found.open() {
		c.request = rec.request(c.request.Operation)
		c.inDoubt = !found.Reserved
		if rec.Key == "" && c.inDoubt {
			c.held.fold(VerdictAmbiguous)
		}
	}
	if rec.Key == "" {
		return
	}
	if c.held.value != rec.Key {
		c.held = newHandle(Key{value: rec.Key, tracker: newKeyTracker()})
	}
	if found.Version > 0 && (found.open() || rec.Ref() == "") {
		c.held.merge(found.state().snapshot())
	}
}

// told records how the call ended before it is told. What the caller hears never
// claims more than the journal knows (J5).
func (c *call) recordResult(r Result) Result {
	err := c.settle(r)
	if err == nil {
		return r
	}
	if r.Outcome == OutcomeDone {
		r.RecordErr = err
		return r
	}
	r.RecordErr = err
	if r.Outcome == OutcomeNotSent && !c.sentByOthers() {
		return r
	}
	r.Outcome = OutcomeUnknown
	r.Err = &endError{reason: c.unrecorded(err), causes: []error{r.Err, err}}
	return r
}

// settle writes the result into the journal.
func (c *call) settle(r Result) error {
	answer := c.recordable(r)
	c.claim.stored = r.Outcome == OutcomeUnknown && r.Replayed
	c.noteEnd(r, answer)
	if c.putsBack(r.Outcome) {
		return c.putBack(r.Outcome)
	}
	if c.staysReserved(r) {
		if c.task() != nil {
			c.task().after = r.RetryAfter
			return c.putBack(r.Outcome)
		}
		return c.reserveAgain(max(reservedPause, r.RetryAfter))
	}
	if r.Outcome != OutcomeDone {
		return c.claim.settle(c.ctx, r.Outcome, answer, "")
	}
	return c.claim.settleProven(c.ctx, answer, c.engine.resourceOf(c.request.Operation, answer))
}

// recordable is the answer worth recording: of an executed operation the one that
// carries its value, or as much of it as there is, of a refused one the refusal.
func (c *call) recordable(r Result) *Response {
	incomplete := errors.Is(r.Err, ErrResponseIncomplete)
	if r.Outcome == OutcomeDone && r.Err != nil && r.Verdict != VerdictAlreadyApplied && !incomplete {
		return nil
	}
	return r.Response
}
