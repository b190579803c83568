package claim

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

type plain struct{ journal.Record }

func (p *plain) Base() *journal.Record { return &p.Record }

type store struct{ *journal.Memory }

func (s store) Load(ctx context.Context, id string) (plain, bool, error) {
	rec, ok, err := s.Memory.Load(ctx, id)
	return plain{rec}, ok, err
}

func (s store) Save(ctx context.Context, p plain) (bool, error) { return s.Memory.Save(ctx, p.Record) }

type holder struct{}

func (holder) Failure(err error) error { return err }
func (holder) Panicked(any) error      { return nil }
func (holder) Renewing(*plain)         {}

// A renewal may begin before the last one has returned: the timer is set again,
// after a failure, before that, and by an attempt that renews the lease itself.
func TestR39_TwoRenewalsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Lease[plain, *plain]
		clocks := clock.New(nil, nil)
		rec := plain{journal.Record{ID: "call:1", Owner: "first"}}
		l.Start(store{journal.NewMemory()}, clocks, holder{}, rec, clocks.Now())
		l.Keep(func(error) {}, nil, 0)
		require.NoError(t, l.begin(t.Context()), "both wait for their turn to write")
		var over sync.WaitGroup
		over.Go(l.renewInTime)
		over.Go(l.renewInTime)
		synctest.Wait()
		began := time.Now()
		l.End()
		over.Wait()
		assert.Zero(t, time.Since(began))
		l.finish()
	})
}
