package postgres

import (
	"context"

	"github.com/bardge/bardge-go/journal"
)

var _ journal.Resealer = (*Journal)(nil)

// Reseal replaces what is sealed in the record with this id, if the stored
// record has this version. Errors are as in Save.
func (j *Journal) Reseal(ctx context.Context, id string, version int64, sealed []byte) (bool, error) {
	if j.readOnly {
		return false, errReadOnly
	}
	conn, err := j.pool.Acquire(ctx)
	if err != nil {
		return false, explain("reseal", err, true)
	}
	defer conn.Release()
	return j.write(ctx, conn, j.sql.reseal, []any{id, version, sealed})
}
