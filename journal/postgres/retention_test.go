package postgres

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

const count = `SELECT count(*) FROM operations`

func TestJ10_TheDefaultRetention(t *testing.T) {
	s, err := newSettings(nil)
	require.NoError(t, err)
	assert.Equal(t, 30*24*time.Hour, s.retention)
}

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
	_, err := j.sweeper.remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2*sweepBatch+1, ask[int](s, count))
	assert.Zero(t, ask[int](s, count+` WHERE outcome <> 'unknown'`))
}

func TestJ10_TheRetentionIsTheCallersOwn(t *testing.T) {
	s := newStore(t)
	j := s.open(WithRetention(2 * time.Hour))
	for _, id := range []string{"ref:old", "ref:young"} {
		rec := order(id)
		rec.Outcome = journal.OutcomeDone
		save(t, j, rec)
		s.pass(90 * time.Minute)
	}
	_, err := j.sweeper.remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "ref:young", ask[string](s, `SELECT string_agg(id, ' ') FROM operations`))
}

func (s store) sweeps(opts ...Option) <-chan SweepResult {
	s.t.Helper()
	swept := make(chan SweepResult, 100)
	s.open(append(opts, OnSweep(func(r SweepResult) { swept <- r }))...)
	return swept
}

// A program that only reads, or waits, removes records as well.
func TestJ10_OldRecordsGoWhenTheJournalIsOpened(t *testing.T) {
	s := newStore(t)
	s.open(WithRetention(Forever)) // another sweep may come late
	s.fill(3)
	r := <-s.sweeps()
	require.NoError(t, r.Err)
	assert.Equal(t, int64(3), r.Removed)
	assert.Positive(t, r.Took)
	assert.Equal(t, 3, ask[int](s, count), "what is open stays")
}

func TestJ10_AFailedSweepIsReported(t *testing.T) {
	s := newStore(t)
	s.open(WithRetention(Forever)) // another sweep may come late
	s.fill(1)
	s.exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret'; END $$`)
	s.exec(`CREATE TRIGGER broken BEFORE DELETE ON operations FOR EACH ROW EXECUTE FUNCTION broken()`)
	r := <-s.sweeps()
	require.EqualError(t, r.Err, "postgres journal: remove old records: failed (SQLSTATE P0001)")
	require.ErrorIs(t, r.Err, journal.CauseOther)
	assert.Zero(t, r.Removed)
}

func TestJ10_ForeverRemovesNothing(t *testing.T) {
	s := newStore(t)
	s.open(WithRetention(Forever)) // another sweep may come late
	s.fill(3)
	j := s.open(WithRetention(Forever))
	save(t, j, order("ref:1"))
	require.NoError(t, j.Close())
	assert.Equal(t, 7, ask[int](s, count))
}

func TestJ10_WithoutTheRightToRemoveTheJournalIsRefused(t *testing.T) {
	s := newStore(t)
	s.open()
	worker := s.role("no_delete", GrantSQL(s.schema, "no_delete"), `REVOKE DELETE ON operations FROM no_delete`)
	_, err := Open(t.Context(), worker.dsn, WithSchema(s.schema))
	require.EqualError(t, err, "postgres journal: the role lacks DELETE on operations "+
		"(see GrantSQL; without DELETE, the retention must be Forever)")
	require.ErrorIs(t, err, journal.CausePermission)
	save(t, worker.open(WithRetention(Forever)), order("ref:1"))
}

type counter struct {
	runs atomic.Int64
	err  error
}

func (c *counter) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	c.runs.Add(1)
	return pgconn.CommandTag{}, c.err
}

func TestJ10_SweepsAreTimed(t *testing.T) {
	for name, row := range map[string]struct {
		kept     time.Duration
		writes   time.Duration // how often the program writes; zero: never
		passes   time.Duration
		from, to int64
	}{
		"at once":                       {kept: defaultRetention, passes: time.Second, from: 1, to: 1},
		"hourly in an idle program":     {kept: defaultRetention, passes: 24 * time.Hour, from: 24, to: 28},
		"more often, if little is kept": {kept: 2 * time.Hour, passes: time.Hour, from: 12, to: 15},
		"once a minute at most":         {kept: defaultRetention, writes: time.Second, passes: time.Hour, from: 59, to: 61},
		"little is kept, and written":   {kept: minRetention, writes: time.Second, passes: time.Hour, from: 59, to: 68},
		"never":                         {kept: Forever, writes: time.Second, passes: 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				db, failure := &counter{err: context.DeadlineExceeded}, errors.New("")
				var reports atomic.Int64
				s := newSweeper(db, "", row.kept, func(r SweepResult) {
					reports.Add(1)
					failure = r.Err
				})
				pause := cmp.Or(row.writes, row.passes)
				for passed := time.Duration(0); passed < row.passes; passed += pause {
					time.Sleep(pause)
					if row.writes > 0 {
						s.wake()
					}
				}
				synctest.Wait()
				s.close()
				s.close()
				assert.GreaterOrEqual(t, db.runs.Load(), row.from)
				assert.LessOrEqual(t, db.runs.Load(), row.to)
				assert.Equal(t, db.runs.Load(), reports.Load())
				if row.to > 0 {
					require.ErrorIs(t, failure, journal.CauseTimeout)
				}
				before := db.runs.Load()
				time.Sleep(24 * time.Hour)
				s.wake()
				synctest.Wait()
				assert.Equal(t, before, db.runs.Load(), "closed")
			})
		})
	}
}

func TestJ10_ASweepThatCloseEndsIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSweeper(hanging{}, "", defaultRetention, func(r SweepResult) { t.Error("reported:", r) })
		synctest.Wait()
		s.close()
	})
}

type hanging struct{}

func (hanging) Exec(ctx context.Context, _ string, _ ...any) (pgconn.CommandTag, error) {
	<-ctx.Done()
	return pgconn.CommandTag{}, ctx.Err()
}

func TestJ10_ASweepThatHangsIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		swept := make(chan SweepResult)
		s := newSweeper(hanging{}, "", defaultRetention, func(r SweepResult) { swept <- r })
		r := <-swept
		require.ErrorIs(t, r.Err, context.DeadlineExceeded)
		assert.Equal(t, sweepTimeout, r.Took)
		s.close()
	})
}
