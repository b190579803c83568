package idem

import (
	"context"
	"hash/maphash"
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// maxUnopened is how many records that cannot be opened one pass reports.
const maxUnopened = 10_000

// A batch has as many records as were worked on in a short time before.
const (
	maxBatch  = 256
	shortTime = time.Second
)

// feed adopts what is due and hands it to the workers, until nothing is left.
func (p *recoveryPass) feed() {
	defer close(p.jobs)
	defer func() {
		if v := recover(); v != nil { // the journal's
			p.report(&recoveryEnd{panicked: v})
		}
	}()
	size, f := p.options.Concurrency, &p.found
	for {
		room := p.queue.awaitRoom(p)
		if room == 0 || p.over() {
			return
		}
		at := p.engine.clock.Now()
		found, err := p.engine.sealed.adopt(p.ctx, newOwner(), p.options.filter(min(size, room)))
		switch {
		case err != nil:
			f.err = journalFailure(err)
			return
		case !p.hand(found, at):
			if !p.queue.awaitMore(p) {
				return
			}
			f.round = recoveryRound{later: true}
			continue
		}
		if at.Elapsed(p.engine.clock.Now()) < shortTime {
			size = min(2*size, maxBatch)
		} else {
			size = p.options.Concurrency
		}
	}
}

// hasRecovered reports whether a record was taken up in this pass, here or
// elsewhere. What was recorded by a clock that was ahead shows nothing.
func (p *recoveryPass) hasRecovered(e entry, at clock.Timestamp) bool {
	return !e.RecoveredAt.Before(p.began) && !e.RecoveredAt.After(at.WallTime().Add(skewAllowance))
}

// recoveryFeed is what feed has found. It is read by others once feed has
// ended.
type recoveryFeed struct {
	seed     maphash.Seed
	unopened map[uint64]struct{} // hashes of their ids, so that many take little memory
	round    recoveryRound
	err      error // of the journal
	some     bool  // a record could be opened
	sealed   error // why the first record could not be opened that could not
}

// failure is why the pass ends early, or has opened nothing.
func (f *recoveryFeed) failure() error {
	if f.err == nil && !f.some {
		return f.sealed
	}
	return f.err
}

// hand gives a batch to the workers. It reports false if the pass has gone
// through all that is due, and none of it is new.
func (p *recoveryPass) hand(found []journal.Record, at clock.Timestamp) bool {
	f, fresh, recovered := &p.found, false, false
	jobs := make([]recoveryJob, len(found))
	for i, rec := range found {
		e, err := p.engine.sealed.unseal(rec, at)
		jobs[i] = recoveryJob{found: e, at: at, err: err}
	}
	var again []uint64 // what is put back at once
	for i, job := range jobs {
		id := maphash.String(f.seed, job.found.ID)
		switch {
		case job.err != nil:
			p.putBack(job)
			again = append(again, id)
			if !f.first(id) {
				continue
			}
			if f.sealed == nil {
				f.sealed = journalFailure(job.err)
			}
		case job.found.Resends == 0 && p.hasRecovered(job.found, at):
			p.putBack(job)
			again, recovered = append(again, id), true
			continue
		default:
			f.some = true
		}
		fresh = true
		p.queue.begun()
		select {
		case p.jobs <- job:
		case <-p.left:
			for _, rest := range jobs[i:] {
				p.putBack(rest)
			}
			return false
		}
	}
	return !f.round.ends(again, recovered) || fresh
}

// first reports whether a record that cannot be opened comes up for the first
// time, and is to be reported. It comes up again because it was released.
func (f *recoveryFeed) first(id uint64) bool {
	if _, known := f.unopened[id]; known || len(f.unopened) >= maxUnopened {
		return false
	}
	f.unopened[id] = struct{}{}
	return true
}

// putBack releases a record that was adopted and on which nothing was done. One
// that cannot be opened keeps its owner's name: the next owner then knows that
// an earlier one may still await a response. No call waits for the journal here,
// so its panic is contained.
func (p *recoveryPass) putBack(job recoveryJob) {
	defer p.engine.panics.contain("journal, while a record is put back")
	ctx, e := context.WithoutCancel(p.ctx), job.found
	if job.err != nil {
		e.Lease = 0
		_, _ = p.engine.sealed.saveSealed(ctx, e.Record)
		return
	}
	e.inherit(e.Version-1, job.at, p.engine.policy.KeyTTL) // the version before it was adopted
	e.release(p.engine.clock.Now())
	_, _ = p.engine.sealed.Save(ctx, e) // its lease ends otherwise
}

// recoveryRound notices when everything that is due has come up once. What a
// pass puts back at once comes up again, behind all that was due before: the
// round ends when that happens. It remembers one batch, and a later one after
// twice as many records, in case other recoverers hold the first.
type recoveryRound struct {
	// later: the round began when something that was put back for a time became
	// due. In the first round, what was recovered in this pass comes behind all
	// that was due when the pass began.
	later bool

	marks      []uint64 // hashes of ids
	seen, next int      // records that were put back, and how many replace the marks
}

// ends reports whether the round is over, after a batch in which these were put
// back at once, and whether some of it was recovered in this pass.
func (r *recoveryRound) ends(again []uint64, recovered bool) bool {
	if len(again) == 0 || recovered && !r.later {
		return true
	}
	if slices.ContainsFunc(again, func(id uint64) bool { return slices.Contains(r.marks, id) }) {
		return true
	}
	if r.seen += len(again); r.seen >= r.next {
		r.marks, r.next = again, 2*r.seen
	}
	return false
}
