package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/journal"
)

// Journal is an [journal.Journal] in a PostgreSQL database, shared by any
// number of processes. Make one with Open or New.
type Journal struct {
	pool    *database
	sql     statements
	sweeper *sweeper
	waiters *waiters
	waker   *waker
	prompt  bool
	keeps   time.Duration
	// readOnly: each write is refused.
	readOnly bool

	inserts, updates []form // see Save
}

var (
	_ journal.Journal = (*Journal)(nil)
	_ journal.Waiter  = (*Journal)(nil)
	_ journal.Prompt  = (*Journal)(nil)
	_ journal.Keeper  = (*Journal)(nil)
)

// IsPrompt reports whether every call returns when its context ends:
// connections that the caller makes may ignore deadlines.
func (j *Journal) IsPrompt() bool { return j.prompt }

// Open connects to the database and creates or updates the journal's schema.
// The DSN is a URL or a list of key=value, as in pgx and libpq; the PG*
// environment variables supply the rest. ctx bounds the opening only.
//
// The error wraps ErrNotDurable if commits could be lost, and ErrNotSynchronous
// or ErrLowerTimeline if the server is refused for these. No error of this
// package contains the DSN or a secret part of it.
func Open(ctx context.Context, dsn string, opts ...Option) (*Journal, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errDSN
	}
	db, err := openPool(ctx, config, s)
	if err != nil {
		return nil, explain("open", err, false)
	}
	return begin(ctx, db, s)
}

// New makes a journal in the caller's pool, which Close does not close, and
// creates or updates its schema. ctx bounds New only.
//
// The journal checks each session at its first use, as Open does, but
// configures none. The pool must connect to servers that accept writes
// (target_session_attrs=read-write if the DSN has several hosts), with
// ConnectTimeout and PingTimeout of a few seconds. A statement_timeout must be
// longer than commits wait for a synchronous standby: PostgreSQL reports a
// commit whose wait it cuts short as done. Callers who wait for another process
// share one more connection, made with the pool's configuration.
func New(ctx context.Context, pool *pgxpool.Pool, opts ...Option) (*Journal, error) {
	s, err := newSettings(opts)
	switch {
	case err != nil:
		return nil, err
	case pool == nil:
		return nil, &failure{text: "the pool is nil"}
	case len(s.configure) > 0:
		return nil, &failure{text: "WithConfig is for Open: the pool is configured already"}
	}
	db, err := borrowPool(ctx, pool, s)
	if err != nil {
		return nil, explain("open", err, false)
	}
	return begin(ctx, db, s)
}

// begin makes the journal of a database, which it closes if it fails.
func begin(ctx context.Context, db *database, s settings) (*Journal, error) {
	if err := prepareSchema(ctx, db, s); err != nil {
		db.Close()
		return nil, explain("open", err, false)
	}
	if !s.synchronous && !s.readOnly {
		warnOfStandbys(ctx, db, s.logger)
	}
	j := &Journal{
		pool: db, sql: statementsFor(s.schema, s.synchronous),
		prompt: db.own && len(s.configure) == 0, readOnly: s.readOnly, keeps: s.retention,
	}
	if s.readOnly {
		s.retention, j.keeps = Forever, 0 // others remove records
	}
	j.inserts, j.updates = j.sql.insertForms(), j.sql.updateForms()
	j.sweeper = newSweeper(db, j.sql.sweep, s.retention, s.reportSweep)
	j.waker = newWaker(db, s.schema)
	j.waiters = newWaiters(db.connectApart, s.schema, db.check.shared.Load)
	return j, nil
}

// Close waits for active calls, stops the removal of old records, returns from
// every Wait, and closes the journal's own connections. Later calls fail,
// without writing. It always returns nil, and may be called again.
func (j *Journal) Close() error {
	j.sweeper.close()
	j.waiters.close()
	j.waker.close()
	j.pool.Close()
	return nil
}

func openPool(ctx context.Context, config *pgxpool.Config, s settings) (*database, error) {
	db := &database{own: true, check: newChecks(s)}
	boundTimes(config.ConnConfig)
	for _, change := range s.configure {
		change(config)
	}
	useUTF8(config.ConnConfig)
	db.adopt(config)
	shared, err := areShared(ctx, config, s.shared)
	if err != nil {
		return nil, err
	}
	db.check.shared.Store(shared)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	db.pool = pool
	db.check.reset = pool.Reset
	return db, nil
}

func newChecks(s settings) checks {
	c := checks{
		readOnly: s.readOnly, synchronous: s.synchronous,
		keepShared: s.shared != nil, shared: &atomic.Bool{}, reset: func() {},
	}
	if !s.lowerTimelines {
		c.timelines = &timelines{highest: map[string]uint32{}}
	}
	return c
}

// adopt adds the journal's settings to a configuration.
func (d *database) adopt(config *pgxpool.Config) {
	before, after, validate := config.BeforeConnect, config.AfterConnect, config.ConnConfig.ValidateConnect
	prepared := config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement &&
		config.ConnConfig.StatementCacheCapacity > 0
	config.ConnConfig.DescriptionCacheCapacity = max(config.ConnConfig.DescriptionCacheCapacity, statementCount)
	config.BeforeConnect = func(ctx context.Context, c *pgx.ConnConfig) error {
		c.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		if prepared && !d.check.shared.Load() {
			c.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
		}
		if before == nil {
			return nil
		}
		return before(ctx, c)
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if after != nil {
			if err := after(ctx, conn); err != nil {
				return err
			}
		}
		return d.check.prepare(ctx, conn)
	}
	config.ConnConfig.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		if validate != nil {
			if err := validate(ctx, conn); err != nil {
				return err
			}
		}
		return d.check.validate(ctx, conn)
	}
	config.ConnConfig.OnNotice = watchCommits(config.ConnConfig.OnNotice)
	if config.ShouldPing == nil {
		config.ShouldPing = noteIdle
	}
}

// statementCount is how many statement descriptions a connection caches.
const statementCount = 64

func borrowPool(ctx context.Context, pool *pgxpool.Pool, s settings) (*database, error) {
	db := &database{pool: pool, check: newChecks(s)}
	db.check.reset = pool.Reset
	config := pool.Config()
	shared, err := areShared(ctx, config, s.shared)
	if err != nil {
		return nil, err
	}
	db.check.shared.Store(shared)
	if shared || config.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		db.mode = pgx.QueryExecModeCacheDescribe
	}
	if config.ConnConfig.DescriptionCacheCapacity == 0 {
		return nil, &failure{text: "open: the pool needs a DescriptionCacheCapacity of 1 or more"}
	}
	return db, nil
}

// connectApart opens a configured connection outside the pool.
func (d *database) connectApart(ctx context.Context) (*pgx.Conn, error) {
	conn, err := connect(ctx, d.pool.Config())
	if err != nil {
		return nil, err
	}
	if err = d.check.once(ctx, conn); err == nil {
		err = d.check.configure(ctx, conn)
	}
	if err != nil {
		closeSoon(conn)
		return nil, err
	}
	return conn, nil
}
