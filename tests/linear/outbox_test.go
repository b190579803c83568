package linear

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// outbox begins transactions of the caller's on a durable journal's store.
type outbox interface {
	io.Closer
	begin(ctx context.Context) (callersTx, error)
}

type callersTx struct {
	reserver         journal.Reserver
	commit, rollback func() error
}

// openOutbox opens the store that the journal lies in.
func (j job) openOutbox(stored durable) (outbox, error) {
	_, where, _ := strings.Cut(j.Journal, ":")
	switch store := stored.(type) {
	case *postgres.Journal:
		pool, err := pgxpool.New(context.Background(), where)
		return postgresOutbox{store, pool}, err
	case *sqlite.Journal:
		db, err := sql.Open("sqlite", (&url.URL{
			Scheme: "file", Path: where, RawQuery: "_txlock=immediate&_pragma=busy_timeout(500)",
		}).String())
		return sqliteOutbox{db, store}, err
	default:
		return nil, fmt.Errorf("no outbox of a %T", stored)
	}
}

type sqliteOutbox struct {
	*sql.DB

	journal *sqlite.Journal
}

func (o sqliteOutbox) begin(ctx context.Context) (callersTx, error) {
	tx, err := o.BeginTx(ctx, nil)
	if err != nil {
		return callersTx{}, err
	}
	return callersTx{o.journal.Reserver(tx), tx.Commit, tx.Rollback}, nil
}

type postgresOutbox struct {
	journal *postgres.Journal
	pool    *pgxpool.Pool
}

func (o postgresOutbox) begin(ctx context.Context) (callersTx, error) {
	tx, err := o.pool.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return callersTx{}, err
	}
	end := context.WithoutCancel(ctx)
	return callersTx{
		o.journal.InTx(tx),
		func() error { return tx.Commit(end) }, func() error { return tx.Rollback(end) },
	}, nil
}

// Close is io.Closer.
func (o postgresOutbox) Close() error {
	o.pool.Close()
	return nil
}
