package journalcmd

import (
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/journal"
)

// ErrNotTaken: recovery did not take the operation up, since it is settled, or a
// call works on it.
var ErrNotTaken = errors.New("a call works on it, or it is settled")

// oneRecord is a journal of which recovery finds one record. The first time it
// is found although it is not due: a person does not wait for its pause to end.
type oneRecord struct {
	connect.Journal

	id    string
	taken bool // once; of recovery's one goroutine that adopts
}

// Adopt makes owner the owner of the record, unless it has one or is settled.
func (j *oneRecord) Adopt(
	ctx context.Context, owner string, lease time.Duration, _ journal.Filter,
) ([]journal.Record, error) {
	rec, ok, err := j.Load(ctx, j.id)
	if err != nil || !ok {
		return nil, err
	}
	pending := rec.State() == journal.StateOpen || rec.State() == journal.StateReserved
	pauses := rec.Owner == "" && !j.taken
	if !pending || rec.Lease > 0 && !pauses {
		return nil, nil
	}
	j.taken = true
	rec.Owner, rec.Lease = owner, lease
	saved, err := j.Save(ctx, rec)
	if err != nil || !saved {
		return nil, err
	}
	rec.Version++
	return []journal.Record{rec}, nil
}
