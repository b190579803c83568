package linear

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/bardge/bardge-go/journal"
)

type journalFault string

const (
	journalSound     journalFault = "sound"
	journalRefuses   journalFault = "certainly nothing written"
	journalBefore    journalFault = "in doubt, not written"
	journalAfter     journalFault = "in doubt, written"
	journalLate      journalFault = "in doubt, written later"
	journalSlow      journalFault = "slow before the write"
	journalSlowAfter journalFault = "slow after the write"
	journalHangs     journalFault = "hangs beyond its context, then writes"
)

var journalFaults = []journalFault{
	journalRefuses, journalBefore, journalAfter, journalLate, journalSlow, journalSlowAfter, journalHangs,
}

// faulty is a journal that fails before, in and after the commit, and whose
// process can be stopped and killed.
type faulty struct {
	journal.Journal

	gate       gate
	faultShare func() float64 // the share of calls that fail
	slowest    time.Duration
	counts     *counts

	mu    sync.Mutex
	dice  *rand.Rand
	away  time.Time // until then nothing can be written
	reads bool      // and nothing read
}

// gate is where a stopped process waits. It fails once the process is killed.
type gate interface {
	pass() error
}

func (j *faulty) roll() (f journalFault, wait time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.faultShare()
	if p == 0 {
		return journalSound, 0
	}
	if time.Now().Before(j.away) {
		j.counts.add("journal: away")
		return journalRefuses, 0
	}
	if chance(j.dice, p/50) {
		j.away = time.Now().Add(between(j.dice, 0, 2*j.slowest))
		j.reads = chance(j.dice, 0.5)
	}
	if !chance(j.dice, p) {
		return journalSound, 0
	}
	f = journalFaults[j.dice.IntN(len(journalFaults))]
	j.counts.add(metJournal(f))
	return f, between(j.dice, 0, j.slowest)
}

func (j *faulty) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if err := j.read(ctx); err != nil {
		return journal.Record{}, false, err
	}
	rec, ok, err := j.Journal.Load(ctx, id)
	if gone := j.gate.pass(); gone != nil {
		return journal.Record{}, false, gone
	}
	return rec, ok, err
}

func (j *faulty) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	if err := j.read(ctx); err != nil {
		return nil, err
	}
	found, err := j.Journal.InScope(ctx, scope, from, to)
	if gone := j.gate.pass(); gone != nil {
		return nil, gone
	}
	return found, err
}

func (j *faulty) read(ctx context.Context) error {
	if err := j.gate.pass(); err != nil {
		return err
	}
	f, wait := j.roll()
	switch f {
	case journalSound:
		return nil
	case journalRefuses:
		if !j.reads { // only writing fails
			return nil
		}
	case journalSlow, journalSlowAfter:
		return pause(ctx, wait)
	case journalHangs:
		time.Sleep(wait)
	}
	return errJournalFault
}

func (j *faulty) Save(ctx context.Context, rec journal.Record) (bool, error) {
	return write(ctx, j, func(ctx context.Context) (bool, error) { return j.Journal.Save(ctx, rec) })
}

func (j *faulty) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	return write(ctx, j, func(ctx context.Context) ([]journal.Record, error) {
		return j.Journal.Adopt(ctx, owner, lease, f)
	})
}

func (j *faulty) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	return write(ctx, j, func(ctx context.Context) ([]byte, error) { return j.Journal.Bind(ctx, from, to) })
}

func write[T any](ctx context.Context, j *faulty, do func(context.Context) (T, error)) (T, error) {
	var none T
	if err := j.gate.pass(); err != nil {
		return none, err
	}
	f, wait := j.roll()
	switch f {
	case journalRefuses:
		return none, fmt.Errorf("%w: %w", journal.ErrNotCommitted, errJournalFault)
	case journalBefore:
		return none, errJournalFault
	case journalLate:
		later := context.WithoutCancel(ctx)
		time.AfterFunc(wait, func() { _, _ = do(later) })
		return none, errJournalFault
	case journalHangs:
		time.Sleep(wait)
		ctx = context.WithoutCancel(ctx)
	case journalSlow:
		if err := pause(ctx, wait); err != nil {
			return none, fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)
		}
	}
	if err := j.gate.pass(); err != nil {
		return none, err
	}
	got, err := do(ctx)
	switch {
	case f == journalAfter:
		return none, errJournalFault
	case f == journalSlowAfter && err == nil:
		err = pause(ctx, wait)
	}
	if gone := j.gate.pass(); gone != nil {
		return none, gone
	}
	return got, err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
