package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// start starts the embedded server and makes a client for it, as the examples
// use them. Waits are short, so that the examples are.
func start(opts ...bardge.Option) (*sandbox.Sandbox, *bardge.Client) {
	sb, err := sandbox.New()
	if err != nil {
		panic(err)
	}
	client, err := bardge.New(sb.APIKey, append([]bardge.Option{
		bardge.WithBaseURL(sb.URL),
		bardge.WithHTTPClient(sb.Client()),
		bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: time.Millisecond}),
	}, opts...)...)
	if err != nil {
		panic(err)
	}
	return sb, client
}

// A pass is issued once, although the answer to the first attempt is lost.
func Example() {
	sb, err := sandbox.New() // the vendor's server, embedded
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	// In a program of yours: bardge.New(os.Getenv("BARDGE_API_KEY"))
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)

	pass, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.PassName, "for", pass.ClientID)
	fmt.Println("attempts:", len(resp.Attempts), "replayed:", resp.Replayed)
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// Premium Wellness Pass for client_ada
	// attempts: 2 replayed: true
	// executed: 1
}

// What to do when a call fails depends on its outcome, not on the error.
func Example_outcomes() {
	sb, client := start()
	defer sb.Close()

	book := func(instance string) string {
		_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
			ClassInstanceID: instance, ClientID: sb.Seed.ClientID,
		}, bardge.WithMaxAttempts(1))
		switch bardge.OutcomeOf(err) {
		case bardge.OutcomeDone:
			return "booked"
		case bardge.OutcomeNotSent, bardge.OutcomeRejected:
			return "not booked: fix it, and book again"
		default:
			return "unknown: repeat with the error's key, or look"
		}
	}
	fmt.Println(book(sb.Seed.ClassInstanceID))
	fmt.Println(book(sb.Seed.FullInstanceID))
	sb.Next(sandbox.BookClass, sandbox.LoseResponse)
	fmt.Println(book(sb.Seed.LastPlaceInstanceID))
	// Output:
	// booked
	// not booked: fix it, and book again
	// unknown: repeat with the error's key, or look
}

func ExampleOutcomeOf() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Passes.List(context.Background(), bardge.ListPassesParams{Limit: 1000})
	fmt.Println(bardge.OutcomeOf(err))
	fmt.Println(bardge.OutcomeOf(nil))
	fmt.Println(bardge.OutcomeOf(errors.New("an error of somebody else")))
	// Output:
	// not sent
	// done
	// unknown
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
