package idem_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal/journaltest"
)

// kept is what a journal of these tests keeps, without its troubles.
func kept(j idem.Journal) *idem.MemoryJournal {
	switch j := j.(type) {
	case *journaltest.Troubled:
		return j.MemoryJournal
	case *faultyJournal:
		return j.MemoryJournal
	case *awayJournal:
		return j.MemoryJournal
	default:
		panic(fmt.Sprintf("a journal of another type: %T", j))
	}
}

// faultyJournal is a journal that goes wrong before it reads, and before or after
// it writes.
type faultyJournal struct {
	*idem.MemoryJournal
	w *chaos.Simulation
}

func (j *faultyJournal) Load(ctx context.Context, id string) (idem.Record, bool, error) {
	if err := j.w.Callback(ctx, "journal load"); err != nil {
		return idem.Record{}, false, err
	}
	return j.MemoryJournal.Load(ctx, id)
}

func (j *faultyJournal) Save(ctx context.Context, r idem.Record) (bool, error) {
	if err := j.w.Callback(ctx, "journal before"); err != nil {
		return false, fmt.Errorf("%w: %w", idem.ErrNotCommitted, err)
	}
	ok, err := j.MemoryJournal.Save(ctx, r)
	if err != nil {
		return false, err
	}
	if err := j.w.Callback(ctx, "journal after"); err != nil {
		return false, err // written, and not known
	}
	return ok, nil
}

// awayJournal is a journal whose store is away for ten seconds of every forty:
// nothing can be read, and certainly nothing is written.
type awayJournal struct {
	*idem.MemoryJournal
	w *chaos.Simulation
}

var errAway = errors.New("the store is away")

func (j *awayJournal) away() error {
	if j.w.Clock.Server().UnixNano()/int64(10*time.Second)%4 == 3 {
		return errAway
	}
	return nil
}

func (j *awayJournal) Load(ctx context.Context, id string) (idem.Record, bool, error) {
	if err := j.away(); err != nil {
		return idem.Record{}, false, err
	}
	return j.MemoryJournal.Load(ctx, id)
}

func (j *awayJournal) Save(ctx context.Context, r idem.Record) (bool, error) {
	if err := j.away(); err != nil {
		return false, errors.Join(idem.ErrNotCommitted, err)
	}
	return j.MemoryJournal.Save(ctx, r)
}
