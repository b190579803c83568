package postgres

import (
	"context"

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
	stored, err := collect(ctx, j.pool, pgx.RowTo[[]byte], j.sql.readBinding)
	switch {
	case err != nil:
		return nil, explain("bind", err, false)
	case len(stored) == 0:
		return nil, nil
	default:
		return stored[0], nil
	}
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
