package riverbardge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go"
)

// Pace is one rate of requests for all processes: a row in PostgreSQL, in which
// each request reserves its moment before it is sent. Make one in each process,
// with the same name and rate, and give it to its client ([Pace.Options]). It
// is safe for concurrent use.
//
// The row is lost when PostgreSQL crashes, and made again: it holds no more
// than the next moment.
type Pace struct {
	pool    *pgxpool.Pool
	name    string
	sql     paceSQL
	spacing time.Duration // between two requests
	block   int           // moments that are reserved together
	maxWait time.Duration

	mu      sync.Mutex
	next    time.Time // the first reserved moment that is left
	left    int       // such moments
	pause   time.Time // no request before it, as far as this process knows
	pausing bool      // a pause is being written
}

// PaceOptions describe a pace. Name and PerSecond have to be set.
type PaceOptions struct {
	// Name identifies the rate: one for each API key.
	Name string
	// PerSecond is the server's limit, in requests a second: the fleet keeps 4 %
	// below it. It must be above 0 and at most 100,000.
	PerSecond float64
	// Schema is where the table bardge_pace is, which exists. Empty: the first in
	// the connection's search path.
	Schema string
	// MaxWait is the longest wait for a moment; for a later one [Pace.Wait] fails
	// with a [LateError]. Zero: 5 seconds.
	MaxWait time.Duration
}

const (
	ofLimit        = 0.96
	maxPerSecond   = 1e5
	blocksAbove    = 500.0 // requests a second
	blockSize      = 10
	defaultMaxWait = 5 * time.Second
	// catchUp is how late a reserved moment may be used. Later, it is lost: a
	// process that had a pause sends no burst.
	catchUp = 50 * time.Millisecond
	// pauseDefault is for a 429 whose Retry-After is not known here.
	pauseDefault = time.Second
	maxPause     = time.Minute
)

// LateError is the error of a request whose moment is too late. Nothing was
// reserved.
type LateError struct {
	Wait time.Duration // until the moment
}

// Error returns the wait.
func (e *LateError) Error() string {
	return "the fleet's pace has a turn in " + e.Wait.Round(time.Millisecond).String()
}

// NewPace makes the table if there is none, and returns the pace. The caller
// closes the pool. A pace needs one connection of it at a time.
func NewPace(ctx context.Context, pool *pgxpool.Pool, o PaceOptions) (*Pace, error) {
	switch {
	case pool == nil:
		return nil, errors.New("riverbardge: NewPace needs a pool")
	case o.Name == "":
		return nil, errors.New("riverbardge: a pace needs a name")
	case math.IsNaN(o.PerSecond) || o.PerSecond <= 0 || o.PerSecond > maxPerSecond:
		return nil, errors.New("riverbardge: a pace's rate is above 0 and at most 100,000 a second")
	}
	p := &Pace{
		pool: pool, name: o.Name, sql: newPaceSQL(o.Schema), block: 1,
		spacing: time.Duration(float64(time.Second) / (ofLimit * o.PerSecond)),
		maxWait: orDefault(o.MaxWait, defaultMaxWait),
	}
	if o.PerSecond > blocksAbove {
		p.block = blockSize
	}
	if err := p.makeTable(ctx); err != nil {
		return nil, fmt.Errorf("riverbardge: the table of the pace: %w", err)
	}
	return p, nil
}

// Options are the options of a client that keeps the pace: a limiter, and an
// observer of 429s, which pause the fleet.
func (p *Pace) Options() []bardge.Option {
	return []bardge.Option{bardge.WithLimiter(p), bardge.WithObserver(p.observe)}
}

// Wait reserves a moment, and returns at it. It fails if the context ends
// before, if PostgreSQL does, and with a [LateError] if the moment is too late.
func (p *Pace) Wait(ctx context.Context) error {
	wait, err := p.reserve(ctx)
	if err != nil || wait <= 0 {
		return err
	}
	if deadline, has := ctx.Deadline(); has && time.Until(deadline) < wait {
		return &LateError{Wait: wait} // the moment is lost
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// reserve returns how far the next moment is.
func (p *Pace) reserve(ctx context.Context) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if wait := p.pause.Sub(now); wait > p.maxWait {
		return 0, &LateError{Wait: wait}
	}
	for p.left > 0 && now.Sub(p.next) > catchUp {
		p.next, p.left = p.next.Add(p.spacing), p.left-1
	}
	if p.left == 0 {
		if err := p.fetch(ctx); err != nil {
			return 0, err
		}
	}
	at := p.next
	p.next, p.left = p.next.Add(p.spacing), p.left-1
	return time.Until(at), nil
}

// fetch reserves moments in the row.
func (p *Pace) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.maxWait)
	defer cancel()
	wait, granted, err := p.sql.reserve(ctx, p.pool, p.name, time.Duration(p.block)*p.spacing, p.maxWait)
	if err != nil {
		return fmt.Errorf("riverbardge: the fleet's pace: %w", err)
	}
	if !granted {
		p.pause = time.Now().Add(wait)
		return &LateError{Wait: wait}
	}
	p.next, p.left = time.Now().Add(wait), p.block
	return nil
}

// Pause lets no process send a request for so long, a minute at most. A failure
// of PostgreSQL is ignored: then this process alone pauses.
func (p *Pace) Pause(ctx context.Context, wait time.Duration) {
	wait = min(wait, maxPause)
	until := time.Now().Add(wait)
	p.mu.Lock()
	known := !until.After(p.pause.Add(catchUp)) || p.pausing
	if !known {
		p.pausing = true
		p.left = 0 // moments inside the pause
		if until.After(p.pause) {
			p.pause = until
		}
	}
	p.mu.Unlock()
	if known {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, _ = p.pool.Exec(ctx, p.sql.pause, p.name, wait)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pausing = false
}

// observe pauses the fleet when the server has rejected a request with 429.
func (p *Pace) observe(e bardge.Event) {
	if e.Kind == bardge.EventAttemptEnded && e.Attempt.Status == http.StatusTooManyRequests {
		p.Pause(e.Context(), max(e.Attempt.Wait, pauseDefault))
	}
}

// makeTable makes the table unless it is there: a role without the right to
// make one can use it.
func (p *Pace) makeTable(ctx context.Context) error {
	var there bool
	if err := p.pool.QueryRow(ctx, p.sql.exists).Scan(&there); err != nil || there {
		return err
	}
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		// Two processes that make a table at the same time get in each other's way.
		if _, err := tx.Exec(ctx, lockPace); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, p.sql.create)
		return err
	})
}
