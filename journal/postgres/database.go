package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/journal"
)

// database is a pool, the journal's or the caller's, with checked sessions.
type database struct {
	pool  *pgxpool.Pool
	own   bool
	check checks
	mode  pgx.QueryExecMode // of each statement; zero: the pool's own

	mu      sync.Mutex
	closed  bool
	resetAt time.Time
	running sync.WaitGroup // sessions that are acquired
	dropped sync.WaitGroup // connections that the driver is still closing
}

var errClosed error = journal.CauseClosed

const resetEvery = time.Second

func (d *database) Acquire(ctx context.Context) (*session, error) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil, errClosed
	}
	d.running.Add(1)
	d.mu.Unlock()
	conn, err := d.acquire(ctx)
	if err != nil {
		d.running.Done()
		return nil, err
	}
	return &session{db: d, conn: conn}, nil
}

// acquire takes a connection from the pool. The journal's own pool has checked
// it when it began; the caller's is checked when it is first used.
func (d *database) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	for {
		conn, err := d.pool.Acquire(ctx)
		switch {
		case err != nil:
			return nil, err
		case !d.own:
			err = d.check.once(ctx, conn.Conn())
		case !isAlive(ctx, conn.Conn()):
			d.drop(conn)
			d.reset() // the others that are idle would cost a call as much each
			continue
		}
		if err != nil {
			d.drop(conn)
			return nil, err
		}
		return conn, nil
	}
}

// drop closes a connection and frees its place in the pool at once. The driver
// takes up to a quarter of a minute to close one whose packets vanish.
func (d *database) drop(conn *pgxpool.Conn) {
	dropped := conn.Hijack()
	over, cancel := context.WithCancel(context.Background())
	cancel()
	_ = dropped.Close(over) // without waiting for the server
	d.dropped.Go(func() { <-dropped.PgConn().CleanupDone() })
}

func (d *database) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	s, err := d.Acquire(ctx)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	defer s.Release()
	return s.Exec(ctx, sql, args...)
}

// Query runs a statement in a session, released when the rows are closed.
func (d *database) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	s, err := d.Acquire(ctx)
	if err != nil {
		return noRows{err: err}, err
	}
	rows, err := s.conn.Query(ctx, sql, d.args(args)...)
	return &sessionRows{Rows: rows, session: s}, err
}

func (d *database) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, _ := d.Query(ctx, sql, args...) // rows bring the error
	return singleRow{rows}
}

func (d *database) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	s, err := d.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := s.conn.BeginTx(ctx, options)
	if err != nil {
		s.Release()
		return nil, err
	}
	return &sessionTx{Tx: tx, session: s}, nil
}

func (d *database) args(args []any) []any {
	if d.mode == 0 {
		return args
	}
	return append([]any{d.mode}, args...)
}

// reset closes the pool's connections, likely all bad, at most once a second.
func (d *database) reset() {
	d.mu.Lock()
	due := !d.closed && time.Since(d.resetAt) >= resetEvery
	if due {
		d.resetAt = time.Now()
	}
	d.mu.Unlock()
	if due {
		d.pool.Reset()
	}
}

// Close waits for sessions and closes the journal's own pool, also repeatedly.
func (d *database) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.running.Wait()
	if d.own {
		d.pool.Close()
	}
}
