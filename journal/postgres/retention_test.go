package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

const count = `SELECT count(*) FROM operations`

func TestJ10_TheDefaultRetention(t *testing.T) {
	s, err := newSettings(nil)
	require.NoError(t, err)
	assert.Equal(t, 30*24*time.Hour, s.retention)
}

// fill writes n operations that were settled long ago, and as many that are open.
func (s store) fill(n int) {
	s.t.Helper()
	s.exec(`INSERT INTO operations SELECT o || ':' || i, 1, 1, '', '', 'now', 'now', '', 'now', o::outcome, null::text, null, '', false,
		CASE WHEN o <> 'unknown' THEN now() - interval '1 year' END
		FROM generate_series(1, $1::integer) AS i, unnest(ARRAY['unknown', 'done']) AS o`, n)
}

func TestJ10_AllThatIsTooOldGoesInBatches(t *testing.T) {
	s := newStore(t)
	j := s.open()
	s.fill(2*sweepBatch + 1)
	j.sweeper.sweep(context.Background())
	assert.Equal(t, 2*sweepBatch+1, ask[int](s, count))
	assert.Zero(t, ask[int](s, count+` WHERE outcome <> 'unknown'`))
}

func TestJ10_TheRetentionIsTheCallersOwn(t *testing.T) {
	s := newStore(t)
	j := s.open(WithRetention(2 * time.Hour))
	for _, id := range []string{"ref:old", "ref:young"} {
		rec := order(id)
		rec.Outcome = idem.OutcomeDone
		save(t, j, rec)
		s.pass(90 * time.Minute)
	}
	j.sweeper.sweep(context.Background())
	assert.Equal(t, "ref:young", ask[string](s, `SELECT string_agg(id, ' ') FROM operations`))
}

func TestJ10_ASweepIsRareAndEndsWithTheJournal(t *testing.T) {
	s := newStore(t)
	j := s.open()
	save(t, j, order("ref:1")) // the first write wakes the sweeper
	j.sweeper.running.Wait()
	s.fill(1)
	save(t, j, order("ref:2"))
	j.sweeper.running.Wait()
	assert.Equal(t, 1, ask[int](s, count+` WHERE outcome = 'done'`), "within the minute")

	require.NoError(t, j.Close())
	j.sweeper.next = time.Time{}
	j.sweeper.wake()
	j.sweeper.running.Wait()
	assert.Equal(t, 1, ask[int](s, count+` WHERE outcome = 'done'`), "closed")
}
