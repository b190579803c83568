package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/bardge/bardge-go"
)

// IssueArgs is a job: one client wants one pass.
type IssueArgs struct {
	// ClientID is the reseller's own id of the client.
	ClientID string `json:"client_id"`
}

// Kind returns the name of such jobs in the queue.
func (IssueArgs) Kind() string { return "issue_pass" }

// issuer works the jobs. Its client may have a journal.
type issuer struct {
	river.WorkerDefaults[IssueArgs]
	client  *bardge.Client
	passID  string
	journal bool
}

// Work issues the pass and sends it to the client. Queues may run it any number
// of times for one job.
func (w *issuer) Work(ctx context.Context, job *river.Job[IssueArgs]) error {
	once, err := w.once(job.ID)
	if err != nil {
		return err
	}
	_, _, err = w.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: job.Args.ClientID, PassID: w.passID, FirstName: "Ada", LastName: "Okafor",
	}, once)
	switch {
	case bardge.OutcomeOf(err) == bardge.OutcomeDone:
		return sendMail(ctx, job) // it was issued: now, in an earlier attempt, or by another process
	case errors.Is(err, bardge.ErrRefReused):
		return river.JobCancel(err) // another request was made under this job's number: a bug
	case errors.Is(err, bardge.ErrKeyExpired):
		// It may have been executed, and no attempt can find out: the server
		// has forgotten the key, and has no endpoint that lists a client's
		// passes. The job waits for a person who checks, resolves the ref, and
		// retries the job.
		return river.JobCancel(err)
	default:
		// Rejected, not sent, or in doubt: with a ref the next attempt is safe
		// whenever it comes.
		return err
	}
}

// once connects all attempts of a job: by a ref, which the journal remembers,
// or by the job's own key, which the server forgets.
func (w *issuer) once(id int64) (bardge.CallOption, error) {
	if w.journal {
		return bardge.WithRef(ref(id)), nil
	}
	// A worker without a journal cannot know that the key was never sent.
	key, err := bardge.UnsentKey(ref(id))
	return bardge.WithIdempotencyKey(key), err
}

// NextRetry retries a job after the server has forgotten its key.
func (w *issuer) NextRetry(job *river.Job[IssueArgs]) time.Time {
	return job.AttemptedAt.Add(retryAfter)
}

// ref names what a job buys. Where several jobs belong to one order, use the
// order's number.
func ref(job int64) string { return fmt.Sprintf("job-%d", job) }

// sendMail represents the work after a purchase. It takes a while, and fails on
// purpose: for each fifth job at its first attempt.
func sendMail(ctx context.Context, job *river.Job[IssueArgs]) error {
	if err := sleep(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	if job.Attempt == 1 && job.ID%5 == 0 {
		return errors.New("the mail server is down")
	}
	return nil
}
