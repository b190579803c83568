package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleResponse_Timeline() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.Unavailable(0), sandbox.LoseResponse)

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Timeline())
	// Output:
	// 1  503           server error                          ambiguous, again after 1ms
	//  2  no answer     connection reset                      ambiguous, again at once
	//  3  201 replayed  executed                              done
	// =>  done
}

func ExampleResponse() {
	sb, client := start()
	defer sb.Close()

	_, resp, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"), len(resp.Raw) > 0)
	fmt.Println(resp) // no header and no body
	// Output:
	// 200 application/json true
	// GetClient: done, status 200, attempts 1, request req_0001
}

func ExampleError() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
		ClassInstanceID: sb.Seed.FullInstanceID, ClientID: sb.Seed.ClientID,
	})
	if failed, ok := errors.AsType[*bardge.Error](err); ok {
		fmt.Println(failed.Operation, failed.Outcome, failed.Code, failed.Response.StatusCode)
	}
	fmt.Println(errors.Is(err, bardge.ErrClassFull))
	fmt.Println(err)
	// Output:
	// BookClass rejected class_full 409
	// true
	// bardge: BookClass: rejected: 409 class_full (resource_conflict_error): rejected by the API [request req_0001]
}

// Starting a lookup twice makes two: it is not repeated where it may have been
// executed.
func ExampleCanRepeat() {
	sb, client := start()
	defer sb.Close()

	sb.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
	_, _, lookup := client.Lookups.Initiate(context.Background(), bardge.InitiateLookupParams{
		IssuerID: sb.Seed.IssuerID, ClientID: sb.Seed.OtherClientID,
	})
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, issue := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithMaxAttempts(1))
	for _, err := range []error{lookup, issue} {
		fmt.Println(bardge.OutcomeOf(err), "can repeat:", bardge.CanRepeat(err))
	}
	// Output:
	// unknown can repeat: false
	// unknown can repeat: true
}

func ExampleWithObserver() {
	sb, client := start(bardge.WithObserver(func(e bardge.Event) {
		if e.Kind == bardge.EventAttemptEnded {
			fmt.Println(e.Operation, e.Attempt.Number, e.Attempt.Status, e.Attempt.Verdict)
		}
	}))
	defer sb.Close()
	sb.Next(sandbox.GetClient, sandbox.ServerErrorBefore(500))

	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	fmt.Println(err)
	// Output:
	// GetClient 1 500 ambiguous
	// GetClient 2 200 done
	// <nil>
}

func ExampleWithLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "took", "call_id": // differ from run to run
				return slog.Attr{}
			default:
				return a
			}
		},
	}))
	sb, client := start(bardge.WithLogger(logger))
	defer sb.Close()

	_, _, err := client.IssuedPasses.Get(context.Background(), "brgpass_none")
	if errors.Is(err, bardge.ErrPassNotFound) {
		fmt.Println("no such pass")
	}
	// Output:
	// level=DEBUG msg="bardge: attempt started" operation=GetIssuedPass outcome="not sent" attempt=1
	// level=DEBUG msg="bardge: attempt ended" operation=GetIssuedPass outcome=rejected attempt=1 status=404 verdict=rejected reason="rejected by the API" wait=0s request_id=req_0001
	// level=DEBUG msg="bardge: call ended" operation=GetIssuedPass outcome=rejected attempts=1 reason="rejected by the API" request_id=req_0001
	// no such pass
}
