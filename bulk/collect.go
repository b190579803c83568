package bulk

import (
	"errors"
	"fmt"
	"time"
)

// collect counts and reports results until all items have ended.
func (r *run[T]) collect() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case j, more := <-r.results:
			if !more {
				return
			}
			r.take(j)
		case <-tick.C:
			r.tally.measure(time.Now())
			r.progress()
		case <-r.changed:
			r.progress()
		}
	}
}

// take counts the end of an item, or keeps it for the second pass.
func (r *run[T]) take(j *job[T]) {
	defer r.open.Done()
	if j.record == nil { // it was not begun
		return
	}
	first := !j.second
	classify(&j.result, j.record)
	if !first {
		r.tally.retract(j.previous)
	}
	if reason := stops(j.result.Err); reason != "" {
		r.stop(&StopError{reason, j.result.Err})
	}
	if _, until := r.gate.paused(); !until.IsZero() && isUnexplained(j.result.Err) {
		r.stop(&StopError{"the journal fails again and again", j.result.Err})
	}
	if !first && j.previous == Done {
		j.remainsDone()
	}
	if first && j.needsSecondPass() && r.stopped.Err() == nil && len(r.kept) < maxKept {
		j.second, j.previous = true, j.result.Status
		r.tally.expect(j.previous)
		r.kept = append(r.kept, j)
		r.checkLimits()
		return
	}
	r.report(j)
	r.checkLimits()
}

// needsSecondPass reports whether another call may show more, or record what is
// done.
func (j *job[T]) needsSecondPass() bool {
	s := j.result.Status
	return s == Waiting || s == InDoubt || s == Done && j.record.isMissing()
}

// remainsDone is for the second call of an item that was done in the first one,
// and not recorded: it adds the record, or nothing.
func (j *job[T]) remainsDone() {
	r := &j.result
	if r.Status != Done && r.Status != FromJournal {
		*r = Result[T]{Item: r.Item, Index: r.Index, Ref: r.Ref, Reason: notRecorded}
	}
	r.Status = Done
}

// report reports an item whose outcome is final.
func (r *run[T]) report(j *job[T]) {
	r.tally.count(j.result.Status, j.result.Reason)
	if err := r.files.add(&j.result); err != nil {
		r.stop(&StopError{"the report cannot be written", err})
	}
	if r.options.Each != nil {
		r.options.Each(j.result)
	}
}

func (r *run[T]) checkLimits() {
	o, t := r.options, &r.tally
	switch {
	case o.MaxInDoubt > 0 && t.inDoubt() > int64(o.MaxInDoubt):
		r.stop(&StopError{Reason: fmt.Sprintf("more than %d items are in doubt", o.MaxInDoubt)})
	case o.MaxFailed > 0 && t.counts[Failed] > int64(o.MaxFailed):
		r.stop(&StopError{Reason: fmt.Sprintf("more than %d items have failed", o.MaxFailed)})
	}
}

// end writes the report.
func (r *run[T]) end(cause, closed error) (*Report, error) {
	var stop *StopError
	if !r.complete && !errors.As(cause, &stop) {
		stop = &StopError{"the context has ended", cause}
	}
	report := r.tally.report(time.Now())
	report.Pauses, _ = r.gate.paused()
	if stop != nil {
		report.Stopped = stop.Reason
	}
	err := errors.Join(r.files.close(report), closed)
	switch {
	case stop != nil && err != nil:
		return report, errors.Join(stop, err)
	case stop != nil:
		return report, stop
	default:
		return report, err
	}
}

func (r *run[T]) progress() {
	if r.options.Progress == nil {
		return
	}
	_, until := r.gate.paused()
	p := r.tally.progress(time.Now())
	p.PausedUntil = until
	p.Stopping = r.stopped.Err() != nil && !r.complete
	r.options.Progress(p)
}
