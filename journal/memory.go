package journal

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// Memory is a [Journal] that lasts as long as the process, and keeps every
// record: it is for tests and tools, not for servers that run for long. It
// implements [Reader], [Waiter], [Reserver] and [Resealer].
type Memory struct {
	mu      sync.Mutex
	records map[string]memoryRecord
	makers  map[string]string // the record that has a resource
	binding []byte
	waiters map[string]chan struct{} // closed by the next write of a record
}

// memoryRecord keeps its times on the monotonic clock, which cannot be set.
type memoryRecord struct {
	Record
	intentAt   time.Time
	leaseUntil time.Time
}

// NewMemory returns an empty journal.
func NewMemory() *Memory {
	return &Memory{
		records: map[string]memoryRecord{}, makers: map[string]string{}, waiters: map[string]chan struct{}{},
	}
}

// Load returns the record with this id.
func (m *Memory) Load(_ context.Context, id string) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[id]
	return r.read(), ok, nil
}

// Save writes the record if its version is the stored one.
func (m *Memory) Save(_ context.Context, rec Record) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[rec.ID].Version != rec.Version {
		return false, nil
	}
	if maker, made := m.makers[rec.Resource]; made && maker != rec.ID {
		return false, ErrResourceTaken
	}
	m.write(rec)
	return true, nil
}

// Adopt makes owner the owner of open records whose lease is over.
func (m *Memory) Adopt(_ context.Context, owner string, lease time.Duration, f Filter) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []Record
	for _, stored := range m.records {
		r := stored.read()
		open := r.State() == StateOpen || r.State() == StateReserved
		if open && r.Lease <= 0 && f.matches(r) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Lease, b.Lease), strings.Compare(a.ID, b.ID))
	})
	due = due[:min(len(due), f.Page())]
	for i, r := range due {
		r.Owner, r.Lease = owner, lease
		m.write(r)
		due[i] = m.records[r.ID].read()
	}
	return due, nil
}

// List returns the records that match the filter.
func (m *Memory) List(_ context.Context, f Filter) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := []Record{}
	for _, id := range slices.Sorted(maps.Keys(m.records)) {
		r := m.records[id].read()
		state := f.State == StateAny || f.State == r.State()
		if id > f.After && state && f.matches(r) && len(found) < f.Page() {
			found = append(found, r)
		}
	}
	return found, nil
}

// LoadMany returns the records with these ids.
func (m *Memory) LoadMany(_ context.Context, ids []string) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := []Record{}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if r, ok := m.records[id]; ok {
			found = append(found, r.read())
		}
	}
	return found, nil
}

// Stats counts the records.
func (m *Memory) Stats(context.Context) (Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var s Stats
	pending := map[string]*PendingStats{}
	for _, stored := range m.records {
		r := stored.read()
		switch r.State() {
		case StateDone:
			s.Done++
		case StateFree:
			s.Free++
		default:
			p := pending[r.Operation]
			if p == nil {
				p = &PendingStats{Operation: r.Operation}
				pending[r.Operation] = p
			}
			p.Add(r.Reserved, r.Age)
		}
	}
	for _, operation := range slices.Sorted(maps.Keys(pending)) {
		s.Pending = append(s.Pending, *pending[operation])
	}
	return s, nil
}

// Bind stores the journal's binding if the stored one is the expected one.
func (m *Memory) Bind(_ context.Context, from, to []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to != nil && bytes.Equal(m.binding, from) {
		m.binding = bytes.Clone(to)
	}
	return bytes.Clone(m.binding), nil
}

// InScope returns the records with this scope and of this time that are open or
// done.
func (m *Memory) InScope(_ context.Context, scope string, from, to time.Time) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Record
	for _, r := range m.records {
		executable := r.State() == StateOpen || r.State() == StateDone
		if r.Scope == scope && executable && !r.Since.Before(from) && !r.Since.After(to) {
			found = append(found, r.read())
		}
	}
	return found, nil
}

// Keeps returns the longest time: a Memory forgets nothing.
func (*Memory) Keeps() time.Duration { return math.MaxInt64 }

// Wait returns when the record has another version, or when ctx is over.
func (m *Memory) Wait(ctx context.Context, id string, version int64) error {
	for {
		m.mu.Lock()
		if m.records[id].Version != version {
			m.mu.Unlock()
			return nil
		}
		changed := m.waiters[id]
		if changed == nil {
			changed = make(chan struct{})
			m.waiters[id] = changed
		}
		m.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Reserve writes the record at once: a Memory has no transactions.
func (m *Memory) Reserve(_ context.Context, rec Record) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reserved := m.records[rec.ID].Version == rec.Version
	if reserved {
		m.write(rec)
	}
	return m.records[rec.ID].read(), reserved, nil
}

// write stores a copy with the next version.
func (m *Memory) write(rec Record) {
	now := time.Now()
	r := memoryRecord{Record: rec, intentAt: now, leaseUntil: now.Add(rec.Lease)}
	old, stored := m.records[rec.ID]
	if stored && old.Generation == rec.Generation && old.Reserved == rec.Reserved {
		r.intentAt = old.intentAt // the window of a reserved operation begins with its first lease
	}
	r.Version++
	r.Sealed = bytes.Clone(rec.Sealed)
	m.records[rec.ID] = r
	if changed, waited := m.waiters[rec.ID]; waited {
		close(changed)
		delete(m.waiters, rec.ID)
	}
	delete(m.makers, old.Resource)
	if rec.Resource != "" {
		m.makers[rec.Resource] = rec.ID
	}
}

// read returns a copy, with what is left of the lease.
func (r memoryRecord) read() Record {
	rec := r.Record
	rec.Sealed = bytes.Clone(rec.Sealed)
	rec.Age, rec.Lease = time.Since(r.intentAt), time.Until(r.leaseUntil)
	return rec
}
