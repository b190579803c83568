package idem

import (
	"bytes"
	"context"
	"maps"
	"net/url"
	"slices"
	"sync"
)

// MemoryJournal is a Journal that lasts as long as the process. It makes refs
// work within one process, and keeps every record: it is for tests and tools,
// not for servers that run for long.
type MemoryJournal struct {
	mu      sync.Mutex
	records map[string]Record
}

// NewMemoryJournal returns an empty journal.
func NewMemoryJournal() *MemoryJournal {
	return &MemoryJournal{records: map[string]Record{}}
}

// Load returns the record with this id.
func (m *MemoryJournal) Load(_ context.Context, id string) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[id]
	return r.clone(), ok, nil
}

// Save writes the record if its version is the stored one. It never fails.
func (m *MemoryJournal) Save(_ context.Context, rec Record) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[rec.ID].Version != rec.Version {
		return false, nil
	}
	rec = rec.clone()
	rec.Version++
	m.records[rec.ID] = rec
	return true, nil
}

// clone copies all that a record points to.
func (r Record) clone() Record {
	r.Query = url.Values(cloneValues(r.Query))
	r.Header = r.Header.Clone()
	r.Body = bytes.Clone(r.Body)
	if r.Answer != nil {
		a := *r.Answer
		a.Header, a.Body = a.Header.Clone(), bytes.Clone(a.Body)
		r.Answer = &a
	}
	return r
}

func cloneValues(v map[string][]string) map[string][]string {
	c := maps.Clone(v)
	for k := range c {
		c[k] = slices.Clone(c[k])
	}
	return c
}
