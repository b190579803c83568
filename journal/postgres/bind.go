package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/bardge/bardge-go/journal"
)

// Bind stores to as the journal's binding if the stored one equals from, and
// returns the binding stored afterwards; see [journal.Journal].
func (j *Journal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	if to != nil {
		if err := j.writeBinding(ctx, from, to); err != nil {
			return nil, err
		}
	}
	var stored []byte
	err := j.pool.QueryRow(ctx, j.sql.readBinding).Scan(&stored)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, explain("bind", err, false)
	}
	return stored, nil
}

func (j *Journal) writeBinding(ctx context.Context, from, to []byte) error {
	if j.readOnly {
		return errReadOnly
	}
	conn, err := j.pool.Acquire(ctx)
	if err != nil {
		return explain("bind", err, true)
	}
	defer conn.Release()
	_, err = j.write(ctx, conn, j.sql.writeBinding, bindingArgs(from, to))
	return err
}

// bindingArgs are a binding's arguments; an expected one that is empty is none.
func bindingArgs(from, to []byte) []any {
	if len(from) == 0 {
		from = nil
	}
	return []any{from, to}
}

var _ journal.Journal = (*Journal)(nil)
