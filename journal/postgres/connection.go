package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
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

// keepAlive finds a dead connection in half a minute while the server works.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

// boundTimes bounds the waits for a peer that may be gone: on a connection that
// a firewall has forgotten, packets vanish without an error.
func boundTimes(config *pgxpool.Config) {
	dialer := &net.Dialer{KeepAliveConfig: keepAlive, Control: setUserTimeout}
	config.ConnConfig.DialFunc = dialer.DialContext
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
}

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
