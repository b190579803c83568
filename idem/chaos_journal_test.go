package idem_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

// kept is what a journal of these tests keeps, without its troubles.
func kept(j journal.Journal) *journal.Memory {
	switch j := j.(type) {
	case *journaltest.Faulty:
		return j.Memory
	case *faultyJournal:
		return j.Memory
	case *awayJournal:
		return j.Memory
	default:
		panic(fmt.Sprintf("a journal of another type: %T", j))
	}
}

// faultyJournal is a journal that goes wrong before it reads, and before or
// after it writes.
type faultyJournal struct {
	*journal.Memory
	w *chaos.Simulation
}

func (j *faultyJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if err := j.w.Callback(ctx, "journal load"); err != nil {
		return journal.Record{}, false, err
	}
	return j.Memory.Load(ctx, id)
}

func (j *faultyJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := j.w.Callback(ctx, "journal before"); err != nil {
		return false, fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)
	}
	ok, err := j.Memory.Save(ctx, r)
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
	*journal.Memory
	w *chaos.Simulation
}

var errAway = errors.New("the store is away")

func (j *awayJournal) away() error {
	if j.w.Clock.Server().UnixNano()/int64(10*time.Second)%4 == 3 {
		return errAway
	}
	return nil
}

func (j *awayJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if err := j.away(); err != nil {
		return journal.Record{}, false, err
	}
	return j.Memory.Load(ctx, id)
}

func (j *awayJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := j.away(); err != nil {
		return false, errors.Join(journal.ErrNotCommitted, err)
	}
	return j.Memory.Save(ctx, r)
}
