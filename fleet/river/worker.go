package riverbardge

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bardge/bardge-go"
)

// Args are the arguments of a job that executes one operation.
//
// River's pages show arguments: keep keys in them, not names and addresses.
type Args interface {
	river.JobArgs
	// Ref returns the operation's ref, such as the order's number with what is
	// bought for it. It must be the same whenever the job runs. Tag the fields
	// that it is made of `river:"unique"`, so that [InsertMany] inserts each ref
	// once.
	Ref() string
}

// Work calls the API once, with ref among the call's options, and does what
// belongs to the job afterwards. It returns what the job keeps, such as an id:
// River stores it as JSON, readable by all who can read the queue.
//
// It must return the errors of its call as they are, or wrapped. It may run any
// number of times; the call brings the same value each time.
type Work[T Args, R any] func(ctx context.Context, job *river.Job[T], ref bardge.CallOption) (R, error)

// WorkerOptions are how a worker treats its jobs. The zero value is a default.
type WorkerOptions struct {
	// Timeout is how long one attempt of a job may take. Zero: 3 minutes, which is
	// more than a call takes with its waits. It must be less than the River
	// client's RescueStuckJobsAfter, an hour by default.
	Timeout time.Duration
	// Late is the pause before a job that could not end is tried again, doubled
	// from time to time up to 32 times as much. Zero: 15 seconds.
	Late time.Duration
	// DoubtFor is how long after the end of a key's window a job waits for
	// recovery to find out whether its operation was executed; then a person
	// has to. Zero: 4 minutes, since recovery reads the API 200 seconds after
	// the intent.
	DoubtFor time.Duration
	// Pace pauses all processes when a rate limit ends a call. Nil: none does.
	Pace *Pace
}

const (
	defaultTimeout  = 3 * time.Minute
	defaultLate     = 15 * time.Second
	defaultDoubtFor = 4 * time.Minute
)

// NewWorker makes a worker for river.AddWorker. What becomes of a job:
//
//	the call                                        the job
//	--------                                        -------
//	done                                            completed, with what work returned
//	rejected because of the rate, or its turn       snoozed for as long as the API or
//	is later than the pace waits                    the pace asks
//	in doubt or not sent, and repeating may help    snoozed: Late, then longer
//	in doubt, and repeating does not help           snoozed until DoubtFor is over, then
//	                                                cancelled: a person resolves it
//	the API refuses the account                     snoozed: Late, then longer
//	rejected for good, invalid, or the ref          cancelled
//	belongs to another request
//	done, but the response is lost                  cancelled: a person names the id
//	work failed by itself                           River's retry, as for any job
//	River stops                                     River's: worked again after the start
//
// A snooze takes none of the job's attempts. After [bardge.Client.Resolve], and
// after a fix of what was rejected, retry a cancelled job (River's JobRetry, or
// its page): the ref makes that safe.
func NewWorker[T Args, R any](work Work[T, R], o WorkerOptions) river.Worker[T] {
	if work == nil {
		panic("riverbardge: NewWorker needs a function")
	}
	return &worker[T, R]{work: work, rules: newRules(o), timeout: orDefault(o.Timeout, defaultTimeout)}
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

type worker[T Args, R any] struct {
	river.WorkerDefaults[T]
	work    Work[T, R]
	rules   rules
	timeout time.Duration
}

// Timeout returns how long an attempt may take.
func (w *worker[T, R]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

// Work works the job.
func (w *worker[T, R]) Work(ctx context.Context, job *river.Job[T]) error {
	value, err := w.work(ctx, job, bardge.WithRef(job.Args.Ref()))
	if err == nil {
		return river.RecordOutput(ctx, value)
	}
	return w.rules.jobError(ctx, job.JobRow, err)
}

// ResultOf returns what the job's work has returned. found is false if the job
// is not done.
func ResultOf[R any](job *rivertype.JobRow) (value R, found bool, err error) {
	raw := job.Output()
	if len(raw) == 0 {
		return value, false, nil
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return value, false, fmt.Errorf("riverbardge: the output of job %d: %w", job.ID, err)
	}
	return value, true, nil
}
