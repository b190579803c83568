package journal

import "context"

// Wait returns when the record has another version, or when ctx is over.
func (m *Memory) Wait(ctx context.Context, id string, version int64) error {
	for {
		changed := m.changed(id, version)
		if changed == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// changed returns a channel that is closed by the next write of the record; nil
// if it has another version already.
func (m *Memory) changed(id string, version int64) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[id].Version != version {
		return nil
	}
	if m.waiters[id] == nil {
		m.waiters[id] = make(chan struct{})
	}
	return m.waiters[id]
}

// wake ends the waits for a record.
func (m *Memory) wake(id string) {
	if changed, waited := m.waiters[id]; waited {
		close(changed)
		delete(m.waiters, id)
	}
}

// Reserve writes the record at once, as if a transaction of the caller's had
// been committed: a Memory has no transactions.
func (m *Memory) Reserve(_ context.Context, rec Record) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reserved := m.records[rec.ID].Version == rec.Version
	if reserved {
		m.write(rec)
	}
	return m.records[rec.ID].read(), reserved, nil
}
