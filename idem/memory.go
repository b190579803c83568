package idem

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// MemoryJournal is a Journal that lasts as long as the process. It makes refs
// work within one process, and keeps every record: it is for tests and tools,
// not for servers that run for long.
type MemoryJournal struct {
	mu      sync.Mutex
	records map[string]memoryRecord
	makers  map[string]string // the record that has a resource
}

// memoryRecord keeps its times on the monotonic clock, which nobody can set.
type memoryRecord struct {
	Record
	intentAt   time.Time
	leaseUntil time.Time
}

// NewMemoryJournal returns an empty journal.
func NewMemoryJournal() *MemoryJournal {
	return &MemoryJournal{records: map[string]memoryRecord{}, makers: map[string]string{}}
}

// Load returns the record with this id.
func (m *MemoryJournal) Load(_ context.Context, id string) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[id]
	return r.read(), ok, nil
}

// Save writes the record if its version is the stored one.
func (m *MemoryJournal) Save(_ context.Context, rec Record) (bool, error) {
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

// Adopt makes owner the owner of open records that nobody works on.
func (m *MemoryJournal) Adopt(
	_ context.Context, owner string, lease time.Duration, after string, limit int,
) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var adopted []Record
	for _, id := range slices.Sorted(maps.Keys(m.records)) {
		r := m.records[id].read()
		if id <= after || !r.open() || r.owned() || len(adopted) == limit {
			continue
		}
		r.Owner, r.Lease = owner, lease
		m.write(r)
		adopted = append(adopted, m.records[id].read())
	}
	return adopted, nil
}

// InScope returns the records with this scope and of this time that are open or done.
func (m *MemoryJournal) InScope(_ context.Context, scope string, from, to time.Time) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Record
	for _, r := range m.records {
		if r.Scope == scope && !r.free() && !r.Since.Before(from) && !r.Since.After(to) {
			found = append(found, r.read())
		}
	}
	return found, nil
}

// write stores a copy with the next version.
func (m *MemoryJournal) write(rec Record) {
	now := time.Now()
	r := memoryRecord{Record: rec, intentAt: now, leaseUntil: now.Add(rec.Lease)}
	old, stored := m.records[rec.ID]
	if stored && old.Generation == rec.Generation {
		r.intentAt = old.intentAt
	}
	r.Version++
	r.Sealed = bytes.Clone(rec.Sealed)
	m.records[rec.ID] = r
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
