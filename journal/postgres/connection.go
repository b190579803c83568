package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/journal"
)

const (
	// connectTimeout bounds connecting to one host, so that the DSN's next one
	// gets its turn within a call's time limit.
	connectTimeout = 4 * time.Second
	pingTimeout    = 2 * time.Second // bounds the test of an idle connection
	idleBeforePing = time.Second     // how long an idle connection is used without that test
	// unacknowledged bounds the kernel's wait for sent data's acknowledgement.
	unacknowledged = 8 * time.Second
)

// useUTF8 sets the encoding of all texts that pgx sends and expects. A server's
// default is its database's, such as SQL_ASCII where it was made without locale.
func useUTF8(config *pgx.ConnConfig) { config.RuntimeParams["client_encoding"] = utf8 }

const utf8 = "UTF8"

// keepAlive finds a dead connection in half a minute while the server works.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

// boundTimes bounds the waits for a peer that may be gone: on a connection that
// a firewall has forgotten, packets vanish without an error.
func boundTimes(config *pgx.ConnConfig) {
	dialer := &net.Dialer{KeepAliveConfig: keepAlive, Control: setUserTimeout}
	config.DialFunc = dialer.DialContext
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
}

// connectOnce opens a connection for a function that needs no pool, to the first
// host that fits.
func connectOnce(ctx context.Context, dsn string, fits pgconn.ValidateConnectFunc) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errDSN
	}
	boundTimes(config)
	useUTF8(config)
	config.ValidateConnect = fits
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // a pooler may be in between
	return pgx.ConnectConfig(ctx, config)
}

// errDSN has no words of the driver's, which repeat the DSN.
var errDSN = refuse("the DSN cannot be read", journal.CauseOther)

// idleMark marks a connection that was idle when it was acquired.
const idleMark = "bardge journal: idle"

// noteIdle leaves the test of idle connections to isAlive.
func noteIdle(_ context.Context, p pgxpool.ShouldPingParams) bool {
	if p.IdleDuration > idleBeforePing {
		p.Conn.PgConn().CustomData()[idleMark] = true
	}
	return false
}

// isAlive tests an idle connection. The pool's own test would keep a dead one's
// place until the driver has closed it.
func isAlive(ctx context.Context, conn *pgx.Conn) bool {
	data := conn.PgConn().CustomData()
	if _, idle := data[idleMark]; !idle {
		return true
	}
	delete(data, idleMark)
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return conn.Ping(ctx) == nil
}

func closeSoon(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
