package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func hosts(tb testing.TB, servers ...*pgtest.Server) string {
	tb.Helper()
	all, err := url.Parse(servers[0].DSN)
	require.NoError(tb, err)
	for _, s := range servers[1:] {
		u, err := url.Parse(s.DSN)
		require.NoError(tb, err)
		all.Host += "," + u.Host
	}
	return all.String()
}

type logged struct {
	bytes.Buffer

	mu sync.Mutex
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(b)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.String()
}

func (l *logged) option() Option { return WithLogger(slog.New(slog.NewTextHandler(l, nil))) }

func (s store) synchronize(primary *pgtest.Server, state, standbys string) {
	s.t.Helper()
	require.NoError(s.t, primary.MakeSynchronous(standbys))
	require.Eventually(s.t, func() bool {
		return ask[string](s, `SELECT coalesce(string_agg(sync_state, ','), '') || current_setting('synchronous_standby_names')
			FROM pg_stat_replication`) == state+standbys
	}, 20*time.Second, 20*time.Millisecond)
}

func TestFailoverToASynchronousStandby(t *testing.T) {
	primary := pgtest.Start(t)
	standby := pgtest.StartStandby(t, primary, "standby")
	s := storeOn(t, primary.DSN)
	ctx := context.Background()

	t.Run("an asynchronous standby is warned of", func(t *testing.T) {
		s.synchronize(primary, "async", "")
		log := &logged{}
		s.open(log.option())
		assert.Contains(t, log.text(), "no standby is synchronous")
		_, err := Open(ctx, primary.DSN, WithSchema(s.schema), RequireSynchronous())
		require.ErrorIs(t, err, ErrNotSynchronous)
		require.ErrorIs(t, err, ErrNotDurable)
	})
	t.Run("also a role that may not see what it is", func(t *testing.T) {
		s.exec(`CREATE ROLE fleet LOGIN PASSWORD 'secret'`)
		s.exec(`GRANT USAGE ON SCHEMA {} TO fleet`)
		s.exec(`GRANT ALL ON ALL TABLES IN SCHEMA {} TO fleet`)
		log := &logged{}
		s.as("fleet", "secret").open(log.option())
		assert.Contains(t, log.text(), "no standby is synchronous")
	})

	s.synchronize(primary, "sync", "standby")
	log := &logged{}
	s.dsn = hosts(t, primary, standby)
	j := s.open(log.option())
	assert.Empty(t, log.text(), "the standby is synchronous")
	strict := s.open(RequireSynchronous())

	t.Run("a write is refused once commits are not confirmed", func(t *testing.T) {
		save(t, strict, order("ref:strict"))
		require.NoError(t, primary.MakeSynchronous(""))
		var err error
		for i := 0; err == nil && i < 20_000; i++ { // sessions read the setting in their own time
			_, err = strict.Save(ctx, order(fmt.Sprint("ref:strict ", i)))
		}
		require.ErrorIs(t, err, ErrNotSynchronous)
		require.ErrorIs(t, err, journal.ErrNotCommitted)
		assert.Contains(t, err.Error(), "synchronous_standby_names")
		s.synchronize(primary, "sync", "standby")
	})
	t.Run("a commit whose wait was cancelled is in doubt", func(*testing.T) { s.cancelWait(j, primary, standby) })
	t.Run("nothing is lost or invented", func(*testing.T) { s.failOver(j, primary, standby) })
	t.Run("the old primary is refused", func(*testing.T) { s.fence(j, primary, standby) })
	t.Run("the new primary has no standby", func(t *testing.T) {
		var err error
		for i := 0; i < 10 && !errors.Is(err, ErrNotSynchronous); i++ { // a session of the old primary's ends in doubt
			_, err = strict.Save(ctx, order(fmt.Sprint("ref:strict, later ", i)))
			require.Error(t, err)
		}
		require.ErrorIs(t, err, journal.ErrNotCommitted)
		require.ErrorIs(t, err, ErrNotSynchronous)
	})
}

// cancelWait cancels, as statement_timeout does, a commit that waits for a
// disconnected standby. PostgreSQL reports it as done.
func (s store) cancelWait(j *Journal, primary, standby *pgtest.Server) {
	s.dsn = primary.DSN
	require.NoError(s.t, standby.End())
	failed := make(chan error)
	go func() {
		_, err := j.Save(context.Background(), order("ref:cancelled"))
		failed <- err
	}()
	const cancel = `SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`
	require.Eventually(s.t, func() bool { return ask[int](s, cancel) > 0 }, 20*time.Second, 20*time.Millisecond)
	err := <-failed
	require.ErrorIs(s.t, err, journal.CauseNotDurable)
	require.NotErrorIs(s.t, err, journal.ErrNotCommitted)
	require.NoError(s.t, standby.Begin())
	s.synchronize(primary, "sync", "standby")
	save(s.t, j, order("ref:not cancelled"))
}

func (s store) failOver(j *Journal, primary, standby *pgtest.Server) {
	t := s.t
	ids, failures := saveWhile(t, "ref:over ", func(id string) int64 { return persist(t, j, id) }, func() error {
		if err := primary.End(); err != nil {
			return err
		}
		return standby.Promote()
	})
	assert.Positive(t, failures, "the primary was gone")
	s.dsn = standby.DSN
	assert.Equal(t, len(ids), ask[int](s, `SELECT count(*) FROM operations WHERE id = ANY($1)`, ids))
	assert.Equal(t, len(ids), ask[int](s, `SELECT count(*) FROM operations WHERE id LIKE 'ref:over %'`))
	for _, id := range ids {
		ok, err := j.Save(context.Background(), order(id))
		require.NoError(t, err)
		require.False(t, ok, "it would be executed again")
	}
}

func persist(tb testing.TB, j *Journal, id string) int64 {
	tb.Helper()
	return insistWith(tb, func() (bool, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		return j.Save(ctx, order(id))
	})
}

// fence starts the old primary again, without a synchronous standby. It accepts
// writes, and comes first in the DSN.
func (s store) fence(j *Journal, primary, standby *pgtest.Server) {
	t := s.t
	ctx := context.Background()
	require.NoError(t, primary.Begin())
	require.NoError(t, primary.MakeSynchronous(""))
	j.pool.pool.Reset() // all connections are made anew
	for i := range 8 {
		save(t, j, order(fmt.Sprint("ref:fenced ", i)))
	}
	s.dsn = standby.DSN
	assert.Equal(t, 8, ask[int](s, `SELECT count(*) FROM operations WHERE id LIKE 'ref:fenced %'`))
	require.NoError(t, standby.End())
	j.pool.pool.Reset()
	_, err := j.Save(ctx, order("ref:alone"))
	require.ErrorIs(t, err, journal.ErrNotCommitted, "the old primary alone is refused")
	assert.Contains(t, err.Error(), "timeline")

	back, err := Open(ctx, hosts(t, primary), WithSchema(s.schema), AllowLowerTimeline())
	require.NoError(t, err)
	require.NoError(t, back.Close())
	require.NoError(t, standby.Begin())
}

// As the README and the package's documentation state of an asynchronous
// standby, the last commits may be lost, and with them the fact that an
// operation was executed.
func TestFailoverToAnAsynchronousStandbyForgets(t *testing.T) {
	primary := pgtest.Start(t)
	standby := pgtest.StartStandby(t, primary, "standby")
	s := storeOn(t, primary.DSN)
	s.synchronize(primary, "async", "")
	j := s.open()
	save(t, j, order("ref:early"))
	require.Eventually(t, func() bool {
		return ask[bool](s, `SELECT coalesce(bool_and(replay_lsn >= pg_current_wal_lsn()), false) FROM pg_stat_replication`)
	}, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, standby.End()) // it lags behind
	done := save(t, j, order("ref:late"))
	done.Outcome = journal.OutcomeDone
	save(t, j, done)
	require.NoError(t, primary.End())
	require.NoError(t, standby.Begin())
	require.NoError(t, standby.Promote())
	s.dsn = standby.DSN
	after := s.open()
	assert.True(t, has(t, after, "ref:early"))
	assert.False(t, has(t, after, "ref:late"), "it would be executed again")
	require.NoError(t, primary.Begin())
}

func TestTimelines(t *testing.T) {
	seen := &timelines{highest: map[string]uint32{}}
	steps := []struct {
		cluster      string
		timeline     uint32
		lower, risen bool
	}{
		{cluster: "a", timeline: 3},
		{cluster: "a", timeline: 3},
		{cluster: "b", timeline: 1},
		{cluster: "a", timeline: 4, risen: true},
		{cluster: "a", timeline: 3, lower: true},
		{cluster: "a", timeline: 4},
		{cluster: "b", timeline: 2, risen: true},
	}
	for i, step := range steps {
		lower, risen := seen.observe(step.cluster, step.timeline)
		assert.Equal(t, step.lower, lower, i)
		assert.Equal(t, step.risen, risen, i)
	}
}
