package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type session struct {
	db   *database
	conn *pgxpool.Conn // nil after it could not be replaced
}

func (s *session) Release() {
	switch {
	case s.conn == nil:
	case s.conn.Conn().IsClosed():
		s.db.drop(s.conn)
	default:
		s.conn.Release()
	}
	s.db.running.Done()
}

// maxRuns bounds the runs of a statement that certainly had no effect, which
// take about a second and a half where each of them waits for others.
const maxRuns = 40

// Exec runs a statement. It repeats it after a serialization failure, which a
// role's default isolation level causes in sessions that are not configured,
// and on another session if the server accepts no writes, or had ended the
// session before the statement came.
func (s *session) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	for run := 1; ; run++ {
		tag, err := s.exec(ctx, sql, args)
		if err == nil || run == maxRuns || !s.mayRunAgain(ctx, stateOf(err), run) {
			return tag, err
		}
	}
}

// mayRunAgain prepares another run of a statement, if that may help.
func (s *session) mayRunAgain(ctx context.Context, state string, run int) bool {
	switch {
	case state == serializationFailure:
		return pause(ctx, rand.N(min(time.Duration(run)*4*time.Millisecond, 100*time.Millisecond)))
	case state == readOnlyTransaction && run == 1, state == idleSessionTimeout:
		return s.replace(ctx)
	default:
		return false
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (s *session) exec(ctx context.Context, sql string, args []any) (pgconn.CommandTag, error) {
	tag, err := s.conn.Exec(ctx, sql, s.db.args(args)...)
	if err == nil && onlyLocal(s.conn.Conn()) {
		err = errOnlyLocal
	}
	s.noticed(err)
	return tag, err
}

func (s *session) replace(ctx context.Context) bool {
	s.db.drop(s.conn)
	var err error
	s.conn, err = s.db.acquire(ctx)
	return err == nil
}

// noticed leaves a server that accepts no writes, for the DSN's next host.
func (s *session) noticed(err error) {
	if stateOf(err) == readOnlyTransaction {
		s.db.reset()
	}
}

const (
	serializationFailure = "40001"
	readOnlyTransaction  = "25006"
	// idleSessionTimeout ends a session only while it waits for a statement:
	// the one that gets it was not run.
	idleSessionTimeout = "57P05"
)

func stateOf(err error) string {
	if server := reported(err); server != nil {
		return server.Code
	}
	return ""
}
