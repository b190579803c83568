package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/sandbox"
)

type report struct {
	settings

	Attempts  int // of all jobs
	Rescued   int // jobs of dead workers that others took over
	Completed int // jobs
	Settled   int // operations in doubt that a person settled
	Requests  int // to issue a pass
	Replayed  int // of those, answered from the server's memory
	Passes    int // issued
	Clients   int // that have one
}

func (s *scene) report(ctx context.Context, settled int) (report, error) {
	jobs, err := s.queue.counts(ctx)
	if err != nil {
		return report{}, err
	}
	issued, err := s.vendor.issued(ctx, s.client)
	if err != nil {
		return report{}, err
	}
	r := report{
		settings: s.settings, Settled: settled, Clients: len(issued),
		Attempts: jobs.attempts, Rescued: jobs.rescued, Completed: jobs.completed,
		Requests: s.vendor.Requests(sandbox.IssuePass),
	}
	for _, passes := range issued {
		r.Passes += len(passes)
	}
	for _, e := range s.vendor.Ledger() {
		if e.Operation == sandbox.IssuePass && e.Result == sandbox.ResultReplayed {
			r.Replayed++
		}
	}
	return r, nil
}

func (r report) String() string {
	with := "without a journal"
	if r.journal {
		with = "with a journal"
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d jobs, %d workers, %d of them killed, %s\n", r.jobs, r.workers, r.kills, with)
	for _, line := range []struct {
		count int
		what  string
	}{
		{r.Completed, "jobs completed"},
		{r.Attempts, "attempts"},
		{r.Rescued, "jobs of dead workers taken over"},
		{r.Settled, "in doubt, and settled by a person"},
		{r.jobs - r.Completed, "left in doubt"},
		{r.Requests, "requests to issue a pass"},
		{r.Replayed, "answered from the server's memory of keys"},
		{r.Clients, "clients with a pass"},
		{r.Passes, "passes issued"},
	} {
		fmt.Fprintf(&text, "%6d  %s\n", line.count, line.what)
	}
	if twice := r.Passes - r.Clients; twice > 0 {
		fmt.Fprintf(&text, "%d passes were bought without an order.\n", twice)
	} else {
		fmt.Fprintln(&text, "Each pass was issued once.")
	}
	return text.String()
}

// verdict returns an error if the run did not show the expected result.
func (r report) verdict() error {
	switch {
	case r.journal && (r.Passes != r.jobs || r.Clients != r.jobs || r.Completed != r.jobs):
		return errors.New("with a journal each pass should be issued once")
	case !r.journal && r.Passes == r.Clients:
		return errors.New("without a journal some pass should be issued twice")
	default:
		return nil
	}
}
