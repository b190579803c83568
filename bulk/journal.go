package bulk

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// Journal is a journal that a run reads for many items at a time. Give it to the
// client (bardge.WithJournal) and to [Options]. Outside a run it does what the
// journal inside does.
type Journal struct {
	inner  journal.Journal
	reader journal.Reader
}

// NewJournal returns j as a run needs it. It must implement [journal.Reader], as
// the SQLite, PostgreSQL and in-memory journals do. The caller closes j.
func NewJournal(j journal.Journal) (*Journal, error) {
	reader, ok := j.(journal.Reader)
	if !ok {
		return nil, errors.New("bulk: the journal cannot read many records: it is no journal.Reader")
	}
	return &Journal{j, reader}, nil
}

// Load returns the record with this id. Inside a run, the record of an item that
// is done is the one that was read ahead.
func (j *Journal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	item := itemOf(ctx, id)
	if item == nil {
		return j.inner.Load(ctx, id)
	}
	if ahead := item.takeAhead(); ahead.Version != 0 {
		return ahead, true, nil
	}
	rec, found, err := j.inner.Load(ctx, id)
	item.loaded(rec, found && err == nil)
	return rec, found, err
}

// Save writes the record, if its version is the stored one. A new record whose
// ref was read ahead has another version: it is not written.
func (j *Journal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	item := itemOf(ctx, rec.ID)
	if item == nil {
		return j.inner.Save(ctx, rec)
	}
	if rec.Version == 0 && item.isAhead() {
		item.touch()
		return false, nil
	}
	saved, err := j.inner.Save(ctx, rec)
	item.saved(saved, err)
	return saved, err
}

// Adopt makes owner the owner of open records whose lease is over.
func (j *Journal) Adopt(
	ctx context.Context, owner string, lease time.Duration, f journal.Filter,
) ([]journal.Record, error) {
	return j.inner.Adopt(ctx, owner, lease, f)
}

// InScope returns the records with this scope and of this time that are open or
// done.
func (j *Journal) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	return j.inner.InScope(ctx, scope, from, to)
}

// Bind stores the journal's binding if the stored one is the expected one.
func (j *Journal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	return j.inner.Bind(ctx, from, to)
}

// List returns the records that match the filter.
func (j *Journal) List(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	return j.reader.List(ctx, f)
}

// LoadMany returns the records with these ids.
func (j *Journal) LoadMany(ctx context.Context, ids []string) ([]journal.Record, error) {
	return j.reader.LoadMany(ctx, ids)
}

// Stats counts the records.
func (j *Journal) Stats(ctx context.Context) (journal.Stats, error) { return j.reader.Stats(ctx) }

// errCannot is returned for what the journal inside does not implement.
var errCannot = errors.New("the journal does not implement this")

// Wait waits for a record, if the journal inside can.
func (j *Journal) Wait(ctx context.Context, id string, version int64) error {
	if w, ok := j.inner.(journal.Waiter); ok {
		return w.Wait(ctx, id, version)
	}
	return errCannot
}

// IsPrompt reports what the journal inside does; false if it does not
// report it.
func (j *Journal) IsPrompt() bool {
	p, ok := j.inner.(journal.Prompt)
	return ok && p.IsPrompt()
}

// Keeps returns how long the journal inside keeps settled records; zero if it
// does not report it.
func (j *Journal) Keeps() time.Duration {
	if k, ok := j.inner.(journal.Keeper); ok {
		return k.Keeps()
	}
	return 0
}

// Reseal replaces what is sealed in a record, if the journal inside can.
func (j *Journal) Reseal(ctx context.Context, id string, version int64, sealed []byte) (bool, error) {
	if r, ok := j.inner.(journal.Resealer); ok {
		return r.Reseal(ctx, id, version, sealed)
	}
	return false, errCannot
}

// itemRecord is what a run knows about an item's record. It is in the context of
// the item's call.
type itemRecord struct {
	id string

	mu      sync.Mutex
	ahead   journal.Record // read ahead; version 0: none
	touched bool           // the call has read or written the record
	written bool           // the call has written it, or may have
	done    bool           // the call found it done
	failed  bool           // the last write failed
}

type itemKey struct{}

// itemOf returns the item of a call that works on the record with this id; nil
// if there is none.
func itemOf(ctx context.Context, id string) *itemRecord {
	item, _ := ctx.Value(itemKey{}).(*itemRecord)
	if item == nil || item.id != id {
		return nil
	}
	return item
}

// takeAhead returns the record that was read ahead, once: a second read is to
// show whether it has changed.
func (i *itemRecord) takeAhead() journal.Record {
	i.mu.Lock()
	defer i.mu.Unlock()
	rec := i.ahead
	i.touched, i.done = true, rec.Version != 0
	i.ahead = journal.Record{}
	return rec
}

func (i *itemRecord) isAhead() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.ahead.Version != 0
}

func (i *itemRecord) touch() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.touched = true
}

func (i *itemRecord) loaded(rec journal.Record, found bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.touched = true
	i.done = found && rec.State() == journal.StateDone
	if i.done {
		i.failed = false
	}
}

func (i *itemRecord) saved(saved bool, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.touched, i.written, i.failed = true, i.written || saved || err != nil, err != nil
}

// isMissing reports whether the journal may not show how the call ended.
func (i *itemRecord) isMissing() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.failed
}

// fromJournal reports whether the call found the item done, and wrote nothing.
func (i *itemRecord) fromJournal() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.done && !i.written
}

// wasUsed reports whether the call has read or written the item's record.
func (i *itemRecord) wasUsed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.touched
}
