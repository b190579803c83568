package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/idem"
)

// Journal is an [idem.Journal] in a PostgreSQL database, which any number of
// processes may share. Make one with Open.
type Journal struct {
	pool    *pgxpool.Pool
	sql     statements
	sweeper *sweeper
}

var _ idem.Journal = (*Journal)(nil)

// Open connects to the database and creates or updates the journal's schema. The
// DSN is a URL or a list of key=value, as pgx and libpq read it; what it lacks is
// taken from the PG* environment variables. ctx bounds the opening only.
//
// The error wraps ErrNotDurable where commits could be lost. No error of this
// package shows the DSN or a part of it that is secret.
func Open(ctx context.Context, dsn string, opts ...Option) (*Journal, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, &failure{text: "the DSN cannot be read"}
	}
	config.AfterConnect = prepareSession
	config.ConnConfig.ValidateConnect = takesWrites
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain("open", err, false)
	}
	if err := prepareSchema(ctx, pool, s); err != nil {
		pool.Close()
		return nil, explain("open", err, false)
	}
	j := &Journal{pool: pool, sql: statementsFor(s.schema)}
	j.sweeper = newSweeper(pool, j.sql.sweep, s.retention, s.reportSweep)
	return j, nil
}

// Close waits for calls under way, stops the removal of old records and closes
// all connections. Later calls fail, having written nothing. It always returns
// nil, and may be called again.
func (j *Journal) Close() error {
	j.sweeper.close()
	j.pool.Close()
	return nil
}

// takesWrites lets the driver go on to the next host where this one is a standby,
// which would say of what it has not heard yet that it is not there.
func takesWrites(ctx context.Context, conn *pgconn.PgConn) error {
	if err := checkVersion(conn); err != nil {
		return err
	}
	if pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, conn) != nil {
		return errTakesNoWrites
	}
	return nil
}

// prepareSession refuses a server that could lose commits. It also makes sure
// that conditional writes meet the latest version of a row, whatever the role's
// default is, and that the few statements are planned once: each finds its rows by
// an index, whatever the values are.
func prepareSession(ctx context.Context, conn *pgx.Conn) error {
	const ask = `SELECT current_setting('fsync') = 'on' AND CASE current_setting('synchronous_commit')
			WHEN 'off' THEN false
			WHEN 'local' THEN current_setting('synchronous_standby_names') = ''
			ELSE true END,
		set_config('default_transaction_isolation', 'read committed', false),
		set_config('plan_cache_mode', 'force_generic_plan', false)`
	var durable bool
	if err := conn.QueryRow(ctx, ask).Scan(&durable, nil, nil); err != nil {
		return err
	}
	if !durable {
		return ErrNotDurable
	}
	return nil
}
