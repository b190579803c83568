package postgres

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// checks are made once per session, so they cost statements nothing.
type checks struct {
	readOnly    bool       // nothing is written: commits that could be lost are not refused
	synchronous bool       // commits must be confirmed by a synchronous standby
	timelines   *timelines // nil: each timeline is accepted
	shared      *atomic.Bool
	keepShared  bool // the caller has set whether sessions are shared
	reset       func()
}

type state struct {
	backend  uint32 // the server's number of the session
	fsync    bool
	commit   string // synchronous_commit
	standbys string // synchronous_standby_names
}

// readState uses the simple protocol, which leaves nothing behind in a session.
func readState(ctx context.Context, conn *pgx.Conn) (s state, err error) {
	if conn.PgConn().ParameterStatus("client_encoding") != utf8 {
		return s, errEncoding
	}
	const ask = `SELECT pg_catalog.pg_backend_pid(),
		pg_catalog.current_setting('fsync') = 'on',
		pg_catalog.current_setting('synchronous_commit'),
		pg_catalog.current_setting('synchronous_standby_names')`
	err = conn.QueryRow(ctx, ask, pgx.QueryExecModeSimpleProtocol).
		Scan(&s.backend, &s.fsync, &s.commit, &s.standbys)
	return s, err
}

// errEncoding is of a pool of the caller's: pgx sends UTF-8, and a server that
// takes it for another encoding stores other refs than the rest of the fleet.
var errEncoding = &serverError{text: "the sessions' client_encoding is not UTF8"}

// prepare checks and configures a session of the journal's own pool.
func (c *checks) prepare(ctx context.Context, conn *pgx.Conn) error {
	s, err := c.run(ctx, conn)
	if err != nil {
		return err
	}
	if !c.shared.Load() && !c.keepShared && isProxied(conn, s) {
		c.shared.Store(true) // the next connection is made for it
		return errPooler
	}
	if c.shared.Load() {
		return nil
	}
	return c.configure(ctx, conn)
}

// configure makes conditional writes see a row's latest version under any
// default of the role, gives names their usual meaning, and lets statements be
// planned once: each finds its rows by an index for all values.
func (c *checks) configure(ctx context.Context, conn *pgx.Conn) error {
	const set = `SELECT
		pg_catalog.set_config('default_transaction_isolation', 'read committed', false),
		pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
		pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', false)`
	_, err := conn.Exec(ctx, set)
	if err == nil && c.readOnly {
		_, err = conn.Exec(ctx, `SELECT pg_catalog.set_config('default_transaction_read_only', 'on', false)`)
	}
	return err
}

const checked = "bardge journal: checked"

// once checks a session of the caller's pool when it is first used.
func (c *checks) once(ctx context.Context, conn *pgx.Conn) error {
	data := conn.PgConn().CustomData()
	if data[checked] != nil {
		return nil
	}
	if err := c.validate(ctx, conn.PgConn()); err != nil {
		return err
	}
	if _, err := c.run(ctx, conn); err != nil {
		return err
	}
	data[checked] = true
	return nil
}

// validate refuses a server that lacks records, for the DSN's next host.
func (c *checks) validate(ctx context.Context, conn *pgconn.PgConn) error {
	fits := takesWrites
	if c.readOnly {
		fits = isPrimary
	}
	if err := fits(ctx, conn); err != nil {
		return err
	}
	return c.checkTimeline(ctx, conn)
}

// run refuses a server that could lose commits.
func (c *checks) run(ctx context.Context, conn *pgx.Conn) (state, error) {
	s, err := readState(ctx, conn)
	switch {
	case err != nil, c.readOnly:
		return s, err
	case !s.isDurable():
		return s, ErrNotDurable
	case c.synchronous && !s.isSynchronous():
		return s, ErrNotSynchronous
	}
	return s, nil
}

// lost is the error of a write that was refused as its commit could be lost.
func (c *checks) lost() error {
	if c.synchronous {
		return ErrNotSynchronous
	}
	return ErrNotDurable
}

func (s state) isDurable() bool {
	switch s.commit {
	case "off":
		return false
	case "local": // as good as the others where there is no synchronous standby
		return s.fsync && s.standbys == ""
	default:
		return s.fsync
	}
}

// isSynchronous reports whether commits wait for a standby.
func (s state) isSynchronous() bool {
	return s.standbys != "" && s.commit != "local" && s.commit != "off"
}

// takesWrites leaves a standby, which lacks records, for the DSN's next host.
func takesWrites(ctx context.Context, conn *pgconn.PgConn) error {
	if err := checkVersion(conn); err != nil {
		return err
	}
	if pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, conn) != nil {
		return errTakesNoWrites
	}
	return nil
}
