package sqlite

import (
	"bytes"
	"context"
)

// Reseal replaces what is sealed in the record with this id, if the stored
// record has this version. Errors are as in Save.
func (j *Journal) Reseal(ctx context.Context, id string, version int64, sealed []byte) (bool, error) {
	sealed = bytes.Clone(notNull(sealed)) // the caller may leave before it is written
	var resealed bool
	w := newWrite(func(ctx context.Context) (err error) {
		resealed, err = j.writer.write(ctx, j.writer.reseal, []any{id, version, sealed})
		return err
	})
	if err := j.group.add(ctx, w); err != nil {
		return false, err
	}
	return resealed, nil
}
