package bulk

import (
	"context"
	"iter"
	"time"

	"github.com/bardge/bardge-go/bulk/internal/seen"
	"github.com/bardge/bardge-go/journal"
)

// batchSize is how many items the journal is read for at a time.
const batchSize = 256

// readAheadTimeout bounds one read of the journal for many items. If it fails,
// the calls read it themselves.
const readAheadTimeout = 10 * time.Second

// job is an item on its way.
type job[T any] struct {
	result   Result[T]
	record   *itemRecord
	second   bool   // it is tried a second time
	previous Status // the first time
}

// source reads items, finds duplicates, and reads the journal ahead.
type source[T any] struct {
	items   iter.Seq2[T, error]
	options *Options[T]
	seen    seen.Set
	read    int64
}

// items sends the source's items to the channel until it ends, fails or stop
// ends. It returns the source's error.
func (s *source[T]) send(stop context.Context, to chan<- *job[T]) error {
	for item, err := range s.items {
		if err != nil {
			return err
		}
		s.read++
		j := &job[T]{result: Result[T]{Item: item, Index: s.read}}
		if err := s.name(j); err != nil {
			return err
		}
		select {
		case to <- j:
		case <-stop.Done():
			return nil
		}
	}
	return nil
}

// name finds the item's ref. An item without one, or with an earlier item's,
// ends here.
func (s *source[T]) name(j *job[T]) error {
	r := &j.result
	ref, err := s.refOf(r.Item)
	r.Ref, r.Err = ref, err
	switch {
	case err != nil:
		return nil //nolint:nilerr // it is the item's
	case ref == "" || len(ref) > journal.MaxRef:
		r.Err = ErrInvalidRef
		return nil
	}
	first, err := s.seen.Add(ref, r.Index)
	if first != 0 {
		r.Err = &DuplicateError{First: first}
	}
	return err
}

func (s *source[T]) refOf(item T) (ref string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	return s.options.Ref(item), nil
}

// batches gathers the items that are there, reads the journal for them, and
// passes them on.
func (s *source[T]) batches(stop context.Context, from <-chan *job[T], to chan<- *job[T]) {
	for first := range from {
		batch := []*job[T]{first}
		for more := true; more && len(batch) < batchSize; {
			var j *job[T]
			select {
			case j, more = <-from:
				if more {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		s.readAhead(stop, batch)
		for _, j := range batch {
			select {
			case to <- j:
			case <-stop.Done():
				return
			}
		}
	}
}

// readAhead attaches to each item its record, if that is done.
func (s *source[T]) readAhead(ctx context.Context, batch []*job[T]) {
	records := make(map[string]*itemRecord, len(batch))
	ids := make([]string, 0, len(batch))
	for _, j := range batch {
		j.record = &itemRecord{id: journal.RefID(j.result.Ref)}
		if j.result.Err == nil {
			records[j.record.id] = j.record
			ids = append(ids, j.record.id)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, readAheadTimeout)
	defer cancel()
	found, err := s.load(ctx, ids)
	if err != nil { // the calls ask for themselves
		return
	}
	for _, rec := range found {
		if r := records[rec.ID]; r != nil && rec.State() == journal.StateDone {
			r.ahead = rec
		}
	}
}

// load reads records. A panic of the journal's is an error here: reading ahead
// only saves time.
func (s *source[T]) load(ctx context.Context, ids []string) (found []journal.Record, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	return s.options.Journal.LoadMany(ctx, ids)
}
