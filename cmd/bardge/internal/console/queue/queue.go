// Package queue is the console's section with River's page: the jobs of a fleet.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/fleet/river/riverpage"
)

// prefix is where the page is.
const prefix = "/river"

// maxConns bounds the connections to the database: the page reads little.
const maxConns = 4

// contentPolicy is the console's own, except that styles may be inline and images
// data: River's page makes its styles in the browser. Scripts may not.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
	"img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// Queue is a fleet's queue in PostgreSQL. Make one with [Open], and close it.
type Queue struct {
	pool *pgxpool.Pool
	page http.Handler
	stop context.CancelFunc // ends the page's own queries
}

// Open connects to the database at an address, which must have River's tables.
// Without allowWrites the page changes nothing, and the database refuses it, too.
func Open(ctx context.Context, address string, allowWrites bool) (*Queue, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, cli.Usage(errors.New("the queue's address cannot be read")) // the error may have a password
	}
	config.MaxConns = maxConns
	if !allowWrites {
		config.AfterConnect = readOnly
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("the queue: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	page, err := newPage(ctx, pool, allowWrites)
	if err != nil {
		stop()
		pool.Close()
		return nil, fmt.Errorf("the queue: %w", err)
	}
	return &Queue{pool, page, stop}, nil
}

func readOnly(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SET default_transaction_read_only = on")
	return err
}

func newPage(ctx context.Context, pool *pgxpool.Pool, allowWrites bool) (http.Handler, error) {
	var found bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('river_job') IS NOT NULL").Scan(&found); err != nil {
		return nil, err
	}
	if !found {
		return nil, errors.New("the database has no table river_job on its search path")
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return riverpage.New(ctx, client, riverpage.Options{
		Prefix: prefix, AllowWrites: allowWrites,
		Authenticate: func(page http.Handler) http.Handler { return page }, // the console's checks come first
	})
}

// Close ends the page's own queries, and closes the connections.
func (q *Queue) Close() {
	q.stop()
	q.pool.Close()
}

// Section returns the page as a section. Its policy is for what passed the
// console's checks: a refusal has the console's.
func (q *Queue) Section() web.Section {
	return web.Section{Title: "Queue", Path: prefix + "/", Register: func(site *web.Site) {
		site.Handle(prefix+"/", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Security-Policy", contentPolicy)
			q.page.ServeHTTP(w, r)
			return nil
		})
	}}
}
