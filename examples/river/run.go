package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/bardge/bardge-go"
)

// settings describe a run. All are required.
type settings struct {
	dsn     string
	journal bool
	jobs    int
	workers int
	kills   int // at least one, and not more than jobs
}

// arrival is the time in which the orders arrive.
const arrival = 20 * time.Second

// scene is a run's server and queue, and their operator.
type scene struct {
	settings

	vendor *vendor
	queue  *queue
	client *bardge.Client
}

// run works all jobs, and compares the server's ledger with them.
func run(ctx context.Context, want settings) (report, error) {
	vendor, err := newVendor()
	if err != nil {
		return report{}, err
	}
	defer vendor.close()
	queue, err := newQueue(ctx, want.dsn)
	if err != nil {
		return report{}, err
	}
	defer queue.close()
	s := &scene{settings: want, vendor: vendor, queue: queue}
	client, closeClient, err := newClient(ctx, vendor.APIKey, s.dsn, s.journalSchema(),
		bardge.WithBaseURL(vendor.url())) // the workers': the journal belongs to it
	if err != nil {
		return report{}, err
	}
	defer closeClient()
	s.client = client
	return s.play(ctx)
}

func (s *scene) play(ctx context.Context) (report, error) {
	workers, err := startFleet(ctx, s.workers, s.environment())
	if err != nil {
		return report{}, err
	}
	settled, err := s.operate(ctx, workers)
	if err := errors.Join(err, workers.stop()); err != nil {
		return report{}, err
	}
	return s.report(ctx, settled)
}

func (s *scene) journalSchema() string {
	if !s.journal {
		return ""
	}
	return s.queue.schema
}

func (s *scene) environment() []string {
	return append(os.Environ(),
		envURL+"="+s.vendor.url(), envAPIKey+"="+s.vendor.APIKey, envPass+"="+s.vendor.Seed.PassID,
		envDSN+"="+s.dsn, envSchema+"="+s.queue.schema, envJournal+"="+s.journalSchema())
}

func (s *scene) operate(ctx context.Context, workers fleet) (settled int, err error) {
	if err := s.order(ctx, workers); err != nil {
		return 0, err
	}
	return s.finish(ctx)
}

// order inserts the jobs in bursts, and kills a worker during each.
func (s *scene) order(ctx context.Context, workers fleet) error {
	pause := arrival / time.Duration(s.kills)
	for burst := range s.kills {
		var clients []string
		for i := burst; i < s.jobs; i += s.kills {
			clients = append(clients, fmt.Sprintf("client-%04d", i))
		}
		if err := s.queue.insert(ctx, clients); err != nil {
			return err
		}
		moment := rand.N(200 * time.Millisecond)
		if err := sleep(ctx, moment); err != nil {
			return err
		}
		if err := workers.replace(ctx, rand.IntN(len(workers))); err != nil {
			return err
		}
		if err := sleep(ctx, pause-moment); err != nil {
			return err
		}
	}
	return nil
}

// finish waits for all jobs, and settles operations in doubt. Without a journal
// they cannot be resolved, and their jobs stay open.
func (s *scene) finish(ctx context.Context) (settled int, err error) {
	for {
		now, err := s.queue.counts(ctx)
		if err != nil {
			return settled, err
		}
		doubts := map[int64]string{}
		if s.journal {
			if doubts, err = s.queue.inDoubt(ctx); err != nil {
				return settled, err
			}
		}
		if now.open+len(doubts) == 0 {
			return settled, nil
		}
		n, err := s.settle(ctx, doubts)
		settled += n
		if err != nil {
			return settled, err
		}
		if err := sleep(ctx, time.Second); err != nil {
			return settled, fmt.Errorf("%d jobs are not finished: %w", now.open, err)
		}
	}
}

// settle acts as the person who checks the vendor's dashboard, resolves the
// operation in the journal, and lets its job continue.
func (s *scene) settle(ctx context.Context, doubts map[int64]string) (settled int, err error) {
	if len(doubts) == 0 {
		return 0, nil
	}
	issued, err := s.vendor.issued(ctx, s.client)
	if err != nil {
		return 0, err
	}
	for job, client := range doubts {
		fate := bardge.NotExecuted()
		if passes := issued[client]; len(passes) > 0 {
			fate = bardge.Executed(passes[0])
		}
		open, err := s.client.Operations.Get(ctx, ref(job))
		if err != nil {
			return settled, err
		}
		err = s.client.Resolve(ctx, ref(job), fate.By("support").Generation(open.Generation))
		if errors.Is(err, bardge.ErrMayBeExecuting) {
			continue // too early to say; later
		}
		if err != nil {
			return settled, err
		}
		if _, err := s.queue.JobRetry(ctx, job); err != nil {
			return settled, err
		}
		settled++
	}
	return settled, nil
}
