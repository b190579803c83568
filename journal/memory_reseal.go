package journal

import (
	"bytes"
	"context"
)

// Reseal replaces what is sealed in a record of this version.
func (m *Memory) Reseal(_ context.Context, id string, version int64, sealed []byte) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[id]
	if !ok || r.Version != version {
		return false, nil
	}
	r.Sealed = bytes.Clone(sealed)
	m.records[id] = r
	return true, nil
}
