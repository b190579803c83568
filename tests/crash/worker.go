// Package crash kills processes in the middle of their work, at random, and
// compares their claims with the server's ledger.
package crash

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// The environment that makes the test binary a worker.
const (
	envWorker  = "BARDGE_CRASH_WORKER" // "work" or "recover"
	envURL     = "BARDGE_CRASH_URL"
	envAPIKey  = "BARDGE_CRASH_API_KEY" //nolint:gosec // the name of a variable, not its value
	envPass    = "BARDGE_CRASH_PASS"    //nolint:gosec // the name of a variable, not its value
	envJournal = "BARDGE_CRASH_JOURNAL" // "sqlite:PATH" or "postgres:DSN"
	envRefs    = "BARDGE_CRASH_REFS"    // how many
	envFirst   = "BARDGE_CRASH_FIRST"   // where this worker begins
)

// keyMemory is how long the server remembers a key here: short, so that some
// operations outlive it, and longer than a lease, so that most do not.
const keyMemory = 30 * time.Second

// policy fits the shortened window.
var policy = bardge.RetryPolicy{
	KeyTTL: keyMemory, KeyTTLMargin: time.Second, AttemptTimeout: 3 * time.Second,
	BaseDelay: 20 * time.Millisecond, MaxDelay: 500 * time.Millisecond, DisableRetryBudget: true,
}

// callers is how many operations a worker has under way at a time.
const callers = 8

// runWorker is the work of a child process until it is killed or done. Each
// claim goes to standard output as one line, written at once, so that claims
// before the kill count.
func runWorker(mode string) error {
	ctx := context.Background()
	j, closeJournal, err := openJournal(ctx, os.Getenv(envJournal))
	if err != nil {
		return err
	}
	defer closeJournal()
	client, err := bardge.New(os.Getenv(envAPIKey), bardge.WithBaseURL(os.Getenv(envURL)),
		bardge.WithJournal(j, "acme"), bardge.WithRetryPolicy(policy))
	if err != nil {
		return err
	}
	if mode == "recover" {
		return recoverAll(ctx, client)
	}
	refs, err := strconv.Atoi(os.Getenv(envRefs))
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(os.Getenv(envFirst))
	if err != nil {
		return err
	}
	work(ctx, client, refs, first)
	return nil
}

func openJournal(ctx context.Context, where string) (journal.Journal, func(), error) {
	kind, rest, _ := strings.Cut(where, ":")
	if kind == "postgres" {
		j, err := postgres.Open(ctx, rest)
		if err != nil {
			return nil, nil, err
		}
		return j, func() { _ = j.Close() }, nil
	}
	j, err := sqlite.Open(rest)
	if err != nil {
		return nil, nil, err
	}
	return j, func() { _ = j.Close() }, nil
}

// work does every ref once more, as a job queue does that lost the results.
func work(ctx context.Context, client *bardge.Client, refs, first int) {
	next := make(chan string)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for ref := range next {
				_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
					ClientID: ref, PassID: os.Getenv(envPass), FirstName: "Ada", LastName: "Okafor",
				}, bardge.WithRef(ref))
				claim(ref, bardge.OutcomeOf(err))
			}
		})
	}
	for i := range refs {
		next <- fmt.Sprintf("order-%d", (first+i)%refs)
	}
	close(next)
	wg.Wait()
}

func recoverAll(ctx context.Context, client *bardge.Client) error {
	for one, err := range client.Recover(ctx) {
		if err != nil {
			return err
		}
		claim(one.Ref, one.Outcome)
	}
	return nil
}

var stdout sync.Mutex

func claim(ref string, o bardge.Outcome) {
	stdout.Lock()
	defer stdout.Unlock()
	_, _ = fmt.Fprintf(os.Stdout, "%s %d\n", ref, o)
}

// claims reads a worker's claims.
func claims(s *bufio.Scanner, into func(ref string, o bardge.Outcome)) {
	for s.Scan() {
		ref, number, ok := strings.Cut(s.Text(), " ")
		o, err := strconv.Atoi(number)
		if ok && err == nil {
			into(ref, bardge.Outcome(o))
		}
	}
}
