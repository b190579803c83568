package idem

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/journal"
)

// An operation that is new to the journal is not in doubt: what it finds
// already so was not its own doing.
func TestR14_ANewOperationIsNotInDoubt(t *testing.T) {
	inJournalledWorld(t, says(409, `{"error":{"code":"already"}}`), func(t *testing.T, w *world, _ *faultyJournal) {
		r := w.do(withRef(Idempotent))
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.EqualError(t, r.Err, reasonAlready)
		assert.NotErrorIs(t, r.Err, ErrResponseLost)
	})
}

// An operation without a key has no window, and a lease all the same.
func TestJ7_TheLeaseIsAskedWhereTheBytesOfACancelLeave(t *testing.T) {
	var machine sleepy
	var slept atomic.Bool
	j := journal.NewMemory()
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		r := w.engine.Do(onConn(func() {
			if !slept.CompareAndSwap(false, true) {
				return
			}
			machine.sleep(30 * time.Second)
			rec, _, err := j.Load(context.Background(), "ref:order-1")
			assert.NoError(t, err)
			rec.Owner = "another"
			_, err = j.Save(context.Background(), rec)
			assert.NoError(t, err)
		}), withRef(Idempotent))
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Zero(t, w.hits.Load())
	}, func(c *Config) { c.Journal, c.WallClock = j, machine.now })
}
