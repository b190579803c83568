package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// errPooler: a pooler has appeared; the next connection takes it into account.
var errPooler = errors.New("a pooler has come between the program and the server")

// isProxied reports whether a proxy, such as PgBouncer in each mode, is between
// program and server: the connection's session number is not the server's.
func isProxied(conn *pgx.Conn, s state) bool { return conn.PgConn().PID() != s.backend }

// areShared reports whether other programs may use the sessions between
// statements, so that the journal must neither prepare statements nor change
// settings. With a proxy that cannot be excluded: a pooler in transaction mode
// moves a connection to another session only when others are busy.
func areShared(ctx context.Context, config *pgxpool.Config, told *bool) (bool, error) {
	conn, err := connect(ctx, config)
	if err != nil {
		return false, err
	}
	defer closeSoon(conn)
	s, err := readState(ctx, conn)
	switch {
	case err != nil:
		return false, err
	case told == nil:
		return isProxied(conn, s), nil
	case *told || !isProxied(conn, s):
		return *told, nil
	}
	return false, refuseSharing(ctx, config, s)
}

// refuseSharing fails if another connection gets the session of an open one,
// although the caller has declared that sessions are not shared.
func refuseSharing(ctx context.Context, config *pgxpool.Config, first state) error {
	other, err := connect(ctx, config)
	if err != nil {
		return err
	}
	defer closeSoon(other)
	second, err := readState(ctx, other)
	if err == nil && second.backend == first.backend {
		return &failure{text: "open: the pooler shares sessions between connections (see WithSharedSessions)"}
	}
	return err
}

func connect(ctx context.Context, config *pgxpool.Config) (*pgx.Conn, error) {
	c := config.ConnConfig.Copy()
	if config.BeforeConnect != nil {
		if err := config.BeforeConnect(ctx, c); err != nil {
			return nil, err
		}
	}
	return pgx.ConnectConfig(ctx, c)
}
