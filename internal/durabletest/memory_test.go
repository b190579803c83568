package durabletest_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bardge/bardge-go/internal/durabletest"
	"github.com/bardge/bardge-go/journal"
)

type tape struct {
	*journal.Memory
	mu  sync.Mutex
	raw []byte
}

func (t *tape) Save(ctx context.Context, rec journal.Record) (bool, error) {
	t.mu.Lock()
	t.raw = slices.Concat(t.raw, []byte(rec.ID), rec.Sealed)
	t.mu.Unlock()
	return t.Memory.Save(ctx, rec)
}

func (t *tape) read() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.raw)
}

func TestMemory(t *testing.T) {
	durabletest.Run(t, func(t *testing.T, f func(*testing.T, durabletest.Store)) {
		synctest.Test(t, func(t *testing.T) {
			j := &tape{Memory: journal.NewMemory()}
			f(t, durabletest.Store{Open: func() journal.Journal { return j }, Pass: time.Sleep, Raw: j.read})
		})
	})
}
