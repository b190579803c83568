package riverbardge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bardge/bardge-go/bulk/csvfile"
)

// chunkSize is how many jobs are inserted by one statement: more are slower.
const chunkSize = 2000

// InsertResult is what became of the items.
type InsertResult struct {
	Inserted int // jobs that are new
	Skipped  int // items whose job was there, or came earlier among the items
	// Changed are the refs of items that were skipped although they differ from
	// the job that is there: look at them. Nothing was changed.
	Changed []string
}

// InsertMany inserts a job for each item, with statements of 2,000, inside the
// caller's transaction: all jobs become visible with its commit, or none. It
// does not hold the items in memory.
//
// An item whose job is in the queue, and not yet cancelled, discarded or
// deleted, is skipped, so that the same items may be inserted again. River
// compares the fields that are tagged `river:"unique"`, or without tags all;
// opts of the item's own (InsertOpts) may set others. Where a job was deleted,
// as River does a day after its end, a new one is inserted, and finds its
// operation done in the journal.
//
// It fails, and the transaction has to be rolled back, if the items yield an
// error, an item has no ref, or PostgreSQL fails.
func InsertMany[T Args](
	ctx context.Context, client *river.Client[pgx.Tx], tx pgx.Tx, items iter.Seq2[T, error],
) (InsertResult, error) {
	in := inserter[T]{client: client, tx: tx, refs: make(map[string]T, chunkSize)}
	for item, err := range items {
		if err != nil {
			return InsertResult{}, err
		}
		if err := in.add(ctx, item); err != nil {
			return InsertResult{}, err
		}
	}
	if err := in.flush(ctx); err != nil {
		return InsertResult{}, err
	}
	return in.result, nil
}

// InsertCSV is [InsertMany] for the rows of a CSV file (csvfile.Open), of which
// toArgs makes the jobs. An error has the line's number.
func InsertCSV[T Args](
	ctx context.Context, client *river.Client[pgx.Tx], tx pgx.Tx, file *csvfile.File,
	toArgs func(csvfile.Row) (T, error),
) (InsertResult, error) {
	return InsertMany(ctx, client, tx, func(yield func(T, error) bool) {
		for row, err := range file.Rows() {
			var args T
			if err == nil {
				if args, err = toArgs(row); err != nil {
					err = fmt.Errorf("line %d: %w", row.Line, err)
				} else if args.Ref() == "" {
					err = fmt.Errorf("line %d: %w", row.Line, errNoRef)
				}
			}
			if !yield(args, err) || err != nil {
				return
			}
		}
	})
}

var errNoRef = errors.New("riverbardge: an item has no ref")

// inserter collects one statement's jobs.
type inserter[T Args] struct {
	client *river.Client[pgx.Tx]
	tx     pgx.Tx
	jobs   []river.InsertManyParams
	items  []T          // of jobs
	refs   map[string]T // likewise: a ref twice fails the statement
	result InsertResult
}

func (in *inserter[T]) add(ctx context.Context, item T) error {
	ref := item.Ref()
	if ref == "" {
		return errNoRef
	}
	if first, twice := in.refs[ref]; twice {
		in.skip(item, first)
		return nil
	}
	opts := river.InsertOpts{}
	if own, has := any(item).(river.JobArgsWithInsertOpts); has {
		opts = own.InsertOpts()
	}
	opts.UniqueOpts.ByArgs = true
	in.refs[ref] = item
	in.items = append(in.items, item)
	in.jobs = append(in.jobs, river.InsertManyParams{Args: item, InsertOpts: &opts})
	if len(in.jobs) < chunkSize {
		return nil
	}
	return in.flush(ctx)
}

// flush inserts the collected jobs.
func (in *inserter[T]) flush(ctx context.Context) error {
	if len(in.jobs) == 0 {
		return nil
	}
	inserted, err := in.client.InsertManyTx(ctx, in.tx, in.jobs)
	if err != nil {
		return fmt.Errorf("riverbardge: insert jobs: %w", err)
	}
	for i, one := range inserted {
		if !one.UniqueSkippedAsDuplicate {
			in.result.Inserted++
			continue
		}
		in.skip(in.items[i], argsOf[T](one.Job))
	}
	clear(in.refs)
	in.jobs, in.items = in.jobs[:0], in.items[:0]
	return nil
}

// argsOf returns a job's arguments; the zero value if they cannot be read.
func argsOf[T Args](job *rivertype.JobRow) (args T) {
	_ = json.Unmarshal(job.EncodedArgs, &args)
	return args
}

// skip counts an item that has a job.
func (in *inserter[T]) skip(item, there T) {
	in.result.Skipped++
	a, errA := json.Marshal(item)
	b, errB := json.Marshal(there)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		in.result.Changed = append(in.result.Changed, item.Ref())
	}
}
