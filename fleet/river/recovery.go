package riverbardge

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/riverqueue/river"

	"github.com/bardge/bardge-go"
)

// RecoveryQueue is the queue of the fleet's recovery: its own, so that a night's
// work does not hold it up.
const RecoveryQueue = "bardge_recovery"

// RecoveryOptions are how [AddRecovery] works. The zero value is a default.
type RecoveryOptions struct {
	// Every is the time between two passes. Zero: 20 seconds. Less than half a
	// minute leaves time to send what a crash left open before its key's window
	// ends. At least a second.
	Every time.Duration
	// Recover bounds each pass.
	Recover bardge.RecoveryOptions
	// OnResult gets what became of each operation; nil: nothing does.
	OnResult func(*bardge.RecoveryResult)
}

const (
	defaultEvery = 20 * time.Second
	passTimeout  = 5 * time.Minute
)

// AddRecovery adds to a River client's configuration, before river.NewClient, a
// job that runs [bardge.Client.Recover], its queue and its worker. Call it in
// each process: River's leader inserts the job, any process works it, and
// another one becomes the leader when it is gone. One pass runs for the whole
// fleet, instead of one in each process.
//
// A pass that fails is tried no more: the next one comes.
func AddRecovery(config *river.Config, client *bardge.Client, o RecoveryOptions) error {
	every := orDefault(o.Every, defaultEvery)
	switch {
	case config == nil || client == nil:
		return errors.New("riverbardge: AddRecovery needs a configuration and a client")
	case config.Workers == nil:
		return errors.New("riverbardge: AddRecovery needs a configuration with Workers")
	case every < time.Second:
		return errors.New("riverbardge: recovery comes at most once a second")
	}
	if err := river.AddWorkerSafely(config.Workers, &recoverer{client: client, options: o}); err != nil {
		return err
	}
	queues := map[string]river.QueueConfig{RecoveryQueue: {MaxWorkers: 1}}
	maps.Copy(queues, config.Queues)
	config.Queues = queues
	config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(
		river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) {
			return recoverArgs{}, &river.InsertOpts{
				Queue: RecoveryQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: every},
			}
		},
		&river.PeriodicJobOpts{ID: "bardge_recovery", RunOnStart: true},
	))
	return nil
}

// recoverArgs are the job of one pass.
type recoverArgs struct{}

// Kind returns the job's name in the queue.
func (recoverArgs) Kind() string { return "bardge_recovery" }

type recoverer struct {
	river.WorkerDefaults[recoverArgs]
	client  *bardge.Client
	options RecoveryOptions
}

// Timeout returns how long a pass may take.
func (*recoverer) Timeout(*river.Job[recoverArgs]) time.Duration { return passTimeout }

// Work runs one pass. What it leaves is taken up by the next one.
func (r *recoverer) Work(ctx context.Context, _ *river.Job[recoverArgs]) error {
	for result, err := range r.client.Recover(ctx, r.options.Recover) {
		if err != nil {
			return err
		}
		if r.options.OnResult != nil {
			r.options.OnResult(result)
		}
	}
	return nil
}
