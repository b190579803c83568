package idem

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

const minPassTime = 5 * time.Minute

var errPassPanicked = errors.New("a hook panicked")

// RunRecovery runs Recover at once and then again and again, with a pause of
// every in between, until ctx is over. It is for a goroutine of its own:
// start-up then waits for neither the API nor the journal. A pass has a
// deadline of its own, of five minutes or of every if that is longer; what it
// has not finished by then is left to the next one. Passes never overlap.
//
// Each result is given to each, which is not called concurrently. What fails,
// such as the journal, ends the pass and not the loop: it is an event of kind
// EventRecoveryFailed. A panic of each or of a hook is contained and reported
// once.
//
// It returns the context's error, ErrClosed once the engine is closed, or at
// once an *InvalidError.
func (e *Engine) RunRecovery(
	ctx context.Context, every time.Duration, with Recovery, each func(RecoveryResult, error), opts ...RecoveryOptions,
) error {
	o, err := e.checkRecovery(ctx, opts)
	err = cmp.Or(
		err,
		invalidIf(every <= 0, "interval", "is not positive"),
		invalidIf(each == nil, "callback", "is nil"),
		invalidIf(o.DryRun, "DryRun", "is not for a loop"),
	)
	if err != nil {
		return err
	}
	if !e.drain.enter(ctx) {
		return ErrClosed
	}
	defer e.drain.leave()
	pause := time.NewTimer(every)
	defer pause.Stop()
	for {
		e.runPass(ctx, max(every, minPassTime), with, each, o)
		pause.Reset(every)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.drain.closing:
			return ErrClosed
		case <-pause.C:
		}
	}
}

func (e *Engine) runPass(
	parent context.Context, limit time.Duration, with Recovery, each func(RecoveryResult, error), o RecoveryOptions,
) {
	started := e.clock.Now()
	err := e.tryPass(parent, limit, with, each, o)
	if err == nil || parent.Err() != nil || e.drain.closed() || e.observe == nil {
		return
	}
	failed := Event{
		Kind: EventRecoveryFailed, BaseURL: e.base, Started: started.WallTime(),
		Duration: started.Elapsed(e.clock.Now()), Reason: err.Error(), ctx: parent,
	}
	if errors.Is(err, ErrJournal) {
		failed.RecordErr = err
	}
	e.emit(failed)
}

// tryPass returns why the pass ended early, in fixed words.
func (e *Engine) tryPass(
	parent context.Context, limit time.Duration, with Recovery, each func(RecoveryResult, error), o RecoveryOptions,
) (err error) {
	ctx, cancel := context.WithTimeout(parent, limit)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			e.panics.report("hook, in RunRecovery", v)
			cause := fmt.Errorf("%w: %T", errPassPanicked, v)
			err = &endError{reason: "recovery: " + errPassPanicked.Error(), causes: []error{cause}}
		}
	}()
	for one, err := range newRecoveryPass(ctx, e, with, o).run {
		switch {
		case err != nil && one.Pending.ID == "" && ctx.Err() != nil:
			return &endError{reason: "recovery: the pass has used up its time", causes: []error{err}}
		case err != nil && one.Pending.ID == "":
			return err
		}
		func() {
			defer e.panics.contain("callback of RunRecovery") // which only observes
			each(one, err)
		}()
	}
	return nil
}
