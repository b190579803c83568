package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
)

// A call that has no time to wait for its turn ends at once, and nothing was
// sent: there is nothing to put right.
func ExampleWithRateLimit() {
	sb, client := start(bardge.WithRateLimit(1. / 60)) // one request a minute
	defer sb.Close()

	pass := bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID}
	_, _, err := client.IssuedPasses.Issue(context.Background(), pass)
	fmt.Println(err)

	_, _, err = client.IssuedPasses.Issue(context.Background(), pass, bardge.WithTimeout(10*time.Second))
	var failed *bardge.Error
	if errors.Is(err, bardge.ErrRateLimited) && errors.As(err, &failed) {
		fmt.Println(failed.Outcome, "for", failed.RetryAfter.Round(10*time.Second))
	}
	// Output:
	// <nil>
	// not sent for 1m0s
}

// budget allows so many requests; a *rate.Limiter of golang.org/x/time/rate, or
// one that processes share, is used alike.
type budget struct{ left int }

func (b *budget) Wait(context.Context) error {
	if b.left == 0 {
		return errors.New("today's requests are used up")
	}
	b.left--
	return nil
}

func ExampleWithLimiter() {
	sb, client := start(bardge.WithLimiter(&budget{left: 1}))
	defer sb.Close()

	for range 2 {
		_, _, err := client.Passes.List(context.Background(), bardge.ListPassesParams{})
		fmt.Println(bardge.OutcomeOf(err), err)
	}
	// Output:
	// done <nil>
	// not sent bardge: ListPasses: not sent: the limiter failed
}

func ExampleWithMaxConcurrent() {
	sb, client := start(bardge.WithMaxConcurrent(2))
	defer sb.Close()

	errs := make(chan error)
	for range 10 {
		go func() {
			_, _, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
				ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
			})
			errs <- err
		}()
	}
	var failed []error
	for range 10 {
		failed = append(failed, <-errs)
	}
	fmt.Println(errors.Join(failed...))
	// Output: <nil>
}
