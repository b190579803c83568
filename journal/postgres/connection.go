package postgres

import (
	"context"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// connectTimeout bounds the connecting to one host, so that the next one of the DSN
	// gets its turn within the time limit of a call.
	connectTimeout = 4 * time.Second
	// pingTimeout bounds the test of a connection that has been idle for a second or
	// more.
	pingTimeout = 2 * time.Second
	// idleBeforePing is how long a connection is used again without that test.
	idleBeforePing = time.Second
	// unacknowledged is how long the kernel waits for the other side to acknowledge
	// what was sent.
	unacknowledged = 8 * time.Second
)

// keepAlive finds a dead connection in half a minute while the server is working.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

// boundTimes bounds what waits for a peer that may be gone: the packets of a connection
// that a firewall has forgotten vanish without an error.
func boundTimes(config *pgxpool.Config) {
	dialer := &net.Dialer{KeepAliveConfig: keepAlive, Control: setUserTimeout}
	config.ConnConfig.DialFunc = dialer.DialContext
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.PingTimeout == 0 {
		config.PingTimeout = pingTimeout
	}
}

// pingIdle tests connections that have been idle. When one does not answer, the other
// idle ones are closed too: each of them would cost a call the time of a ping.
func pingIdle(reset func()) func(context.Context, pgxpool.ShouldPingParams) bool {
	return func(ctx context.Context, p pgxpool.ShouldPingParams) bool {
		if p.IdleDuration <= idleBeforePing {
			return false
		}
		ctx, cancel := context.WithTimeout(ctx, pingTimeout)
		defer cancel()
		if p.Conn.Ping(ctx) == nil {
			return false
		}
		reset()
		return true // the pool's own ping fails at once, and the pool closes the connection
	}
}

// closeSoon closes a connection, waiting for the server a moment at most.
func closeSoon(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
